//! Parts of V1 documents in the words of V2, for creates: the other way round from `v1`.

use serde_json::{Map, Value, json};

type Members = Map<String, Value>;

/// These members, where they are there.
pub(crate) fn some(v1: &Members, names: &[&str]) -> Members {
    names.iter().filter_map(|name| Some(((*name).to_owned(), v1.get(*name)?.clone()))).collect()
}

/// Name resolution: lists are texts with commas.
pub(crate) fn dns(v1: &Members) -> Value {
    let list = |name: &str| -> Vec<&str> {
        let text = v1.get(name).and_then(Value::as_str).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    };
    let mut dns = Members::new();
    for (name, older) in [("ServerList", "DNSServerList"), ("Search", "DNSSuffix")] {
        if !list(older).is_empty() {
            dns.insert(name.into(), json!(list(older)));
        }
    }
    if let Some(domain) = v1.get("DNSDomain").filter(|domain| **domain != "") {
        dns.insert("Domain".into(), domain.clone());
    }
    Value::Object(dns)
}

/// The default route through a gateway; none for none.
pub(crate) fn route(gateway: Option<&Value>) -> Value {
    match gateway.and_then(Value::as_str) {
        Some(hop) if !hop.is_empty() => json!([{ "NextHop": hop, "DestinationPrefix": "0.0.0.0/0" }]),
        _ => json!([]),
    }
}

/// Policies: the settings lie beside the type, some under older names.
pub(crate) fn policies(v1: Option<&Value>) -> Vec<Value> {
    v1.and_then(Value::as_array).into_iter().flatten().map(policy).collect()
}

fn policy(v1: &Value) -> Value {
    let members = v1.as_object().cloned().unwrap_or_default();
    let kind = members.get("Type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let settings: Members = members
        .into_iter()
        .filter(|(name, _)| name != "Type")
        .map(|(name, value)| newer(&kind, name, value))
        .collect();
    json!({ "Type": newer_type(&kind), "Settings": settings })
}

fn newer_type(kind: &str) -> &str {
    match kind {
        "NAT" => "PortMapping",
        "ROUTE" => "SDNRoute",
        "PA" => "ProviderAddress",
        "PROXY" => "L4Proxy",
        other => other,
    }
}

fn newer(kind: &str, name: String, value: Value) -> (String, Value) {
    let named = match (kind, name.as_str()) {
        ("OutBoundNAT", "VIP") => "VirtualIP",
        ("OutBoundNAT", "ExceptionList") => "Exceptions",
        ("PA", "PA") => "ProviderAddress",
        ("VLAN", "VLAN") | ("VSID", "VSID") => "IsolationId",
        ("ACL", "Protocol") => "Protocols",
        ("ACL", "LocalPort") => "LocalPorts",
        ("ACL", "RemotePort") => "RemotePorts",
        (_, other) => other,
    };
    let value = match (kind, named, value) {
        ("NAT", "Protocol", Value::String(text)) => protocol(text),
        ("ACL", "Protocols" | "LocalPorts" | "RemotePorts", Value::Number(number)) => {
            number.to_string().into()
        }
        (_, _, value) => value,
    };
    (named.to_owned(), value)
}

/// By name in any case; other names stay, to be refused.
fn protocol(name: String) -> Value {
    match name.to_ascii_uppercase().as_str() {
        "TCP" => 6.into(),
        "UDP" => 17.into(),
        _ => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_get_their_newer_names() {
        let v1 = json!([
            { "Type": "NAT", "Protocol": "tcp", "InternalPort": 80, "ExternalPort": 8080 },
            { "Type": "OutBoundNAT", "ExceptionList": ["10.0.0.0/8"] },
            { "Type": "VLAN", "VLAN": 7 },
        ]);
        let v2 = json!([
            { "Type": "PortMapping", "Settings": { "Protocol": 6, "InternalPort": 80, "ExternalPort": 8080 } },
            { "Type": "OutBoundNAT", "Settings": { "Exceptions": ["10.0.0.0/8"] } },
            { "Type": "VLAN", "Settings": { "IsolationId": 7 } },
        ]);
        assert_eq!(json!(policies(Some(&v1))), v2);
    }

    #[test]
    fn empty_texts_are_nothing() {
        let v1 = json!({ "DNSServerList": "", "DNSSuffix": "a.b, c.d" });
        assert_eq!(dns(v1.as_object().unwrap()), json!({ "Search": ["a.b", "c.d"] }));
        assert_eq!((route(Some(&"".into())), route(None)), (json!([]), json!([])));
    }
}
