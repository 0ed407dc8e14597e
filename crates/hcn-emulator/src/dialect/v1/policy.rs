//! Policies in their V1 form: the settings lie beside the type, some under older names.

use hcn::{OnEndpoint, OnNetwork, OnSubnet, Policy, PolicyOwner, Raw};
use serde_json::{Map, Value};

type Members = Map<String, Value>;

pub(super) fn of_network(policies: &[Policy<OnNetwork>]) -> Vec<Value> {
    policies.iter().map(v1).collect()
}

pub(super) fn of_subnet(policies: &[Policy<OnSubnet>]) -> Vec<Value> {
    policies.iter().map(v1).collect()
}

pub(super) fn of_endpoint(policies: &[Policy<OnEndpoint>]) -> Vec<Value> {
    policies.iter().map(v1).collect()
}

fn v1<On: PolicyOwner>(policy: &Policy<On>) -> Value {
    let settings = policy.settings.as_ref().and_then(|raw: &Raw| raw.read::<Members>().ok());
    let kind = older_type(policy.kind());
    let mut members: Members =
        settings.unwrap_or_default().into_iter().map(|(name, value)| older(kind, &name, value)).collect();
    members.insert("Type".into(), kind.into());
    Value::Object(members)
}

fn older_type(kind: &str) -> &str {
    match kind {
        "PortMapping" => "NAT",
        "SDNRoute" => "ROUTE",
        "ProviderAddress" => "PA",
        "L4Proxy" => "PROXY",
        other => other,
    }
}

/// A member under its older name, and a protocol by name.
fn older(kind: &str, name: &str, value: Value) -> (String, Value) {
    let name = match (kind, name) {
        ("OutBoundNAT", "VirtualIP") => "VIP",
        ("OutBoundNAT", "Exceptions") => "ExceptionList",
        ("PA", "ProviderAddress") => "PA",
        ("VLAN", "IsolationId") => "VLAN",
        ("VSID", "IsolationId") => "VSID",
        (_, other) => other,
    };
    let value = match (kind, name, value.as_u64()) {
        ("NAT", "Protocol", Some(6)) => "TCP".into(),
        ("NAT", "Protocol", Some(17)) => "UDP".into(),
        _ => value,
    };
    (name.into(), value)
}

#[cfg(test)]
mod tests {
    use hcn::{OutBoundNat, PortMapping, Settings};
    use serde_json::json;

    use super::*;

    fn endpoint<S: Settings<OnEndpoint>>(settings: &S) -> Value {
        of_endpoint(&[Policy::new(settings).unwrap()]).remove(0)
    }

    #[test]
    fn port_mappings_and_outbound_nat_have_their_older_names() {
        let mapping = PortMapping {
            protocol: Some(6),
            internal_port: Some(80),
            external_port: Some(8080),
            ..PortMapping::default()
        };
        assert_eq!(
            endpoint(&mapping),
            json!({ "Type": "NAT", "Protocol": "TCP", "InternalPort": 80, "ExternalPort": 8080 })
        );
        let nat = OutBoundNat { exceptions: Some(vec!["10.0.0.0/8".into()]), ..OutBoundNat::default() };
        assert_eq!(endpoint(&nat), json!({ "Type": "OutBoundNAT", "ExceptionList": ["10.0.0.0/8"] }));
    }
}
