//! What policies take and demand, and what requests do to a list of them.

use hcn::{
    Code, Endpoint, Modify, Network, NetworkKind, OnEndpoint, Policy, PolicyOwner, PortMapping, Raw,
    RequestType,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::is_remote;
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};
use crate::shape::{Shape, modify};
use crate::store::Port;

const TCP: u32 = 6;
const UDP: u32 = 17;

/// The ports of the host that an endpoint's policies take, once they are what its network allows.
///
/// INFERRED: port mappings of remote endpoints are refused with 0x803B000F, for they have no port here; one on a real
/// Windows would settle it.
pub(super) fn of_endpoint(network: &Network, endpoint: &Endpoint) -> Ruling<Vec<Port>> {
    let (kind, policies) = (network.kind(), endpoint.policies.as_deref().unwrap_or_default());
    policies.iter().try_for_each(|policy| allowed(&kind, policy))?;
    let ports = ports(&kind, policies)?;
    match ports.is_empty() || !is_remote(endpoint) {
        true => Ok(ports),
        false => Err(Code::INVALID_REMOTE_ENDPOINT_OPERATION.into()),
    }
}

/// INFERRED: the codes. A client saw that Transparent networks refuse SDN routes, and ACLs that lack the type of rule or
/// the priority; the codes of both on a real Windows would settle them.
fn allowed(network: &NetworkKind, policy: &Policy<OnEndpoint>) -> Ruling<()> {
    if *network != NetworkKind::Transparent {
        return Ok(());
    }
    match policy.kind() {
        "SDNRoute" => Err(Code::INVALID_POLICY_TYPE.into()),
        "ACL" if !says(policy, &["RuleType", "Priority"]) => {
            Err(Refusal::detailed(Code::INVALID_POLICY, "an ACL needs RuleType and Priority here"))
        }
        _ => Ok(()),
    }
}

/// Has the policy all these settings?
fn says(policy: &Policy<OnEndpoint>, names: &[&str]) -> bool {
    let settings: Option<Map<String, Value>> = policy.settings.as_ref().and_then(|raw| raw.read().ok());
    let settings = settings.unwrap_or_default();
    let has =
        |name: &&str| settings.iter().any(|(key, value)| key.eq_ignore_ascii_case(name) && !value.is_null());
    names.iter().all(has)
}

/// The ports of the host that these policies take.
pub(super) fn ports(network: &NetworkKind, policies: &[Policy<OnEndpoint>]) -> Ruling<Vec<Port>> {
    let mappings = policies.iter().filter_map(Policy::read::<PortMapping>);
    mappings
        .map(|mapping| port(network, &mapping.map_err(|_| Refusal::from(Code::INVALID_POLICY))?))
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

/// L2Bridge and Overlay map ports too: clients did so.
///
/// INFERRED: and L2Tunnel, which is bridged alike; a port mapping on one on a real Windows would settle it.
fn maps_ports(network: &NetworkKind) -> bool {
    let maps = [
        NetworkKind::Nat,
        NetworkKind::Ics,
        NetworkKind::L2Bridge,
        NetworkKind::L2Tunnel,
        NetworkKind::Overlay,
    ];
    maps.contains(network)
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "On: PolicyOwner"))]
struct Settings<On> {
    #[serde(rename = "Policies", default = "Vec::new")]
    policies: Vec<Policy<On>>,
}

/// A list of policies after a request about it. Update replaces those of the types that it names.
pub(super) fn changed<On: PolicyOwner>(
    profile: &Profile,
    shape: &Shape,
    (request, mut policies): (&Modify, Vec<Policy<On>>),
) -> Ruling<Vec<Policy<On>>> {
    let Settings { policies: given }: Settings<On> = modify::settings(profile, shape, request)?;
    match request.request_type.clone().unwrap_or_default() {
        RequestType::Add => policies.extend(given),
        RequestType::Remove => given.iter().try_for_each(|gone| remove(&mut policies, gone))?,
        RequestType::Update => {
            policies.retain(|policy| !given.iter().any(|new| new.kind() == policy.kind()));
            policies.extend(given);
        }
        // INFERRED: those of the types that it names go; a Reset on a real Windows would settle it.
        RequestType::Reset => policies.retain(|policy| !given.iter().any(|new| new.kind() == policy.kind())),
        // INFERRED: the code; a Refresh of policies on a real Windows would settle it.
        _ => return Err(Code::REQUEST_UNSUPPORTED.into()),
    }
    Ok(policies)
}

/// INFERRED: one that is not there is refused with 0x803B0008; removing a policy twice on a real Windows would
/// settle it.
fn remove<On: PolicyOwner>(policies: &mut Vec<Policy<On>>, gone: &Policy<On>) -> Ruling<()> {
    let at = policies.iter().position(|policy| is_same(policy, gone)).ok_or(Code::POLICY_NOT_FOUND)?;
    policies.remove(at);
    Ok(())
}

/// Equal as JSON: clients resend settings in an order of their own. What cannot be read as a value, such as a number
/// beyond all bounds, equals nothing but its own text.
fn is_same<On: PolicyOwner>(one: &Policy<On>, other: &Policy<On>) -> bool {
    let settings = match (&one.settings, &other.settings) {
        (Some(one), Some(other)) => one == other || is_same_value(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    settings && one.kind() == other.kind()
}

fn is_same_value(one: &Raw, other: &Raw) -> bool {
    let [one, other] = [one, other].map(|raw| raw.read::<Value>().ok());
    one.is_some() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(settings: &str) -> Policy<OnEndpoint> {
        serde_json::from_str(&format!(r#"{{"Type":"ACL"{settings}}}"#)).unwrap()
    }

    #[test]
    fn policies_are_the_same_by_what_their_settings_mean() {
        for (one, other, same) in [
            ("", "", true),
            (r#","Settings":{"A":1,"B":2}"#, r#","Settings":{"B":2, "A":1}"#, true),
            (r#","Settings":{"A":1}"#, r#","Settings":{"A":2}"#, false),
            (r#","Settings":{}"#, "", false),
            (r#","Settings":{"A":1e999}"#, r#","Settings":{"A":1e999}"#, true),
            (r#","Settings":{"A":1e999}"#, r#","Settings":{"A":2e999}"#, false),
            (r#","Settings":{"A":1e999}"#, "", false),
        ] {
            assert_eq!(is_same(&policy(one), &policy(other)), same, "{one} {other}");
        }
    }
}
