//! The library as a program uses it, against a service that obeys the rules: the emulator, in memory.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod attachment;
mod object;
mod pages;
mod sync;

use hcn::{
    Endpoint, EndpointId, Hcn, IpConfig, Ipam, IpamKind, Namespace, NamespaceId, Network, NetworkId, Route,
    SchemaVersion, Subnet,
};
use hcn_emulator::Emulator;

fn hcn() -> Hcn {
    Hcn::new(Emulator::in_memory())
}

/// A NAT network with one subnet and its gateway.
fn lab(hcn: &Hcn) -> NetworkId {
    let subnet = Subnet {
        ip_address_prefix: Some("10.1.0.0/24".to_owned()),
        routes: Some(vec![Route::default_through("10.1.0.1")]),
        ..Subnet::default()
    };
    let ipam = Ipam { kind: Some(IpamKind::Static), subnets: Some(vec![subnet]), ..Ipam::default() };
    let network = Network {
        name: Some("lab".to_owned()),
        schema_version: Some(SchemaVersion::V2),
        ipams: Some(vec![ipam]),
        ..Network::default()
    };
    hcn.networks().create(&network).unwrap().id.unwrap()
}

fn namespace(hcn: &Hcn) -> NamespaceId {
    hcn.namespaces().create(&Namespace::for_container()).unwrap().id.unwrap()
}

/// An endpoint on the network with this address.
fn endpoint(network: NetworkId, address: &str) -> Endpoint {
    let address = IpConfig { ip_address: Some(address.to_owned()), ..IpConfig::default() };
    Endpoint {
        host_compute_network: Some(network),
        ip_configurations: Some(vec![address]),
        schema_version: Some(SchemaVersion::V2),
        ..Endpoint::default()
    }
}

/// The ids of the endpoints that there are.
fn endpoints(hcn: &Hcn) -> Vec<EndpointId> {
    hcn.endpoints().ids().unwrap()
}
