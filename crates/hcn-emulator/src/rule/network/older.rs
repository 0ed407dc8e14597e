//! Networks that are created by a V1 document, as older clients and WSL do: put into the words of a V2 document, which
//! then says what is right and wrong.

use hcn::{Code, Network, NetworkKind};
use serde_json::{Map, Value, json};

use super::parsed;
use crate::dialect::older;
use crate::refusal::{Refusal, Ruling};
use crate::rule::aside;
use crate::shape::{canonical, network};
use crate::store::Tx;

/// What V2 documents have no member for: it is kept, and V1 documents show it.
const KEPT: &[&str] = &["IsolateSwitch", "InterfaceConstraint", "SourceMac", "AutomaticDNS", "Type"];

/// The same as a V2 document would say it.
pub(super) fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Network> {
    let text = canonical(&tx.profile, &network::NETWORK_V1, settings)?;
    let v1: Map<String, Value> =
        serde_json::from_str(&text).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let v2 = translated(&v1)?;
    let mut asked = parsed(&canonical(&tx.profile, &network::NETWORK, &Value::Object(v2).to_string())?)?;
    let kept: Map<String, Value> = older::some(&v1, KEPT);
    asked.extra = aside::with(&asked.extra, aside::OLDER, &kept);
    Ok(asked)
}

fn translated(v1: &Map<String, Value>) -> Ruling<Map<String, Value>> {
    let mut v2 = older::some(v1, &["ID", "Name", "Owner", "AdditionalParams", "Flags"]);
    v2.insert("Type".into(), kind(v1)?.into());
    let mut policies = older::policies(v1.get("Policies"));
    if let Some(adapter) = v1.get("NetworkAdapterName").filter(|name| **name != "") {
        policies.push(json!({ "Type": "NetAdapterName", "Settings": { "NetworkAdapterName": adapter } }));
    }
    v2.insert("Policies".into(), policies.into());
    if let Some(pools) = v1.get("MacPools") {
        v2.insert("MacPool".into(), json!({ "Ranges": pools }));
    }
    if let Some(subnets) = v1.get("Subnets").and_then(Value::as_array).filter(|subnets| !subnets.is_empty()) {
        let subnets: Vec<Value> = subnets.iter().map(subnet).collect();
        v2.insert("Ipams".into(), json!([{ "Subnets": subnets }]));
    }
    v2.insert("Dns".into(), older::dns(v1));
    Ok(v2)
}

/// By name in any case: a client says `nat`.
fn kind(v1: &Map<String, Value>) -> Ruling<&'static str> {
    let name = v1.get("Type").and_then(Value::as_str).unwrap_or("NAT");
    let known = NetworkKind::KNOWN.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    known.map(|(known, ..)| *known).ok_or_else(|| Code::INVALID_NETWORK_TYPE.into())
}

fn subnet(v1: &Value) -> Value {
    let none = Map::new();
    let v1 = v1.as_object().unwrap_or(&none);
    let mut v2 = older::some(v1, &["ID", "AdditionalParams"]);
    v2.insert("IpAddressPrefix".into(), v1.get("AddressPrefix").cloned().unwrap_or_default());
    v2.insert("Policies".into(), older::policies(v1.get("Policies")).into());
    v2.insert("Routes".into(), older::route(v1.get("GatewayAddress")));
    Value::Object(v2)
}
