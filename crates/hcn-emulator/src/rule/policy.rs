//! What an endpoint's policies take and demand.

use hcn::{Code, NetworkKind, OnEndpoint, Policy, PortMapping};

use crate::refusal::{Refusal, Ruling};
use crate::store::Port;

const TCP: u32 = 6;
const UDP: u32 = 17;

/// The ports of the host that these policies take.
pub(super) fn ports(network: NetworkKind, policies: &[Policy<OnEndpoint>]) -> Ruling<Vec<Port>> {
    let mappings = policies.iter().filter_map(Policy::read::<PortMapping>);
    mappings
        .map(|mapping| port(&network, &mapping.map_err(|_| Refusal::from(Code::INVALID_POLICY))?))
        .collect()
}

fn port(network: &NetworkKind, mapping: &PortMapping) -> Ruling<Port> {
    if !maps_ports(network) {
        return Err(Code::MAPPING_NOT_SUPPORTED.into());
    }
    if mapping.internal_port.unwrap_or_default() == 0 {
        return Err(Code::INVALID_INTERNAL_PORT.into());
    }
    // INFERRED: other protocols are refused; a mapping of protocol 1 on a real Windows would settle it.
    let protocol = mapping.protocol.unwrap_or_default();
    if ![TCP, UDP].contains(&protocol) {
        return Err(Code::INVALID_POLICY.into());
    }
    match mapping.external_port.unwrap_or_default() {
        0 => Err(Refusal::not_modelled("port mappings whose external port the service chooses")),
        number => Ok(Port { protocol, number, vip: mapping.vip.clone().unwrap_or_default() }),
    }
}

/// L2Bridge maps ports too: a client did so with its flag for locally routed addresses.
fn maps_ports(network: &NetworkKind) -> bool {
    [NetworkKind::Nat, NetworkKind::Ics, NetworkKind::L2Bridge].contains(network)
}
