//! Endpoints that are created by a V1 document: put into the words of a V2 document, which then says what is right and
//! wrong.

use hcn::{Code, Endpoint};
use serde_json::{Map, Value, json};

use super::parsed;
use crate::dialect::older;
use crate::refusal::{Refusal, Ruling};
use crate::rule::aside;
use crate::shape::{canonical, endpoint};
use crate::store::Tx;

/// What V2 documents have no member for: it is kept, and V1 documents show it.
const KEPT: &[&str] = &["EnableInternalDNS"];
/// Members that V2 documents have as bits of `Flags`.
const BITS: &[(&str, u32)] = &[("IsRemoteEndpoint", 1), ("DisableICC", 1 << 1), ("EnableLowMetric", 1 << 3)];

/// The same as a V2 document would say it.
pub(super) fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Endpoint> {
    let text = canonical(&tx.profile, &endpoint::ENDPOINT_V1, settings)?;
    let v1: Map<String, Value> =
        serde_json::from_str(&text).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let v2 = Value::Object(translated(&v1)).to_string();
    let mut asked = parsed(&canonical(&tx.profile, &endpoint::ENDPOINT, &v2)?)?;
    let kept: Map<String, Value> = older::some(&v1, KEPT);
    if !kept.is_empty() {
        asked.extra = aside::with(&asked.extra, aside::OLDER, &kept);
    }
    Ok(asked)
}

fn translated(v1: &Map<String, Value>) -> Map<String, Value> {
    let mut v2 = older::some(v1, &["ID", "Name", "Owner", "AdditionalParams", "MacAddress"]);
    if let Some(network) = v1.get("VirtualNetwork") {
        v2.insert("HostComputeNetwork".into(), network.clone());
    }
    let mut policies = older::policies(v1.get("Policies"));
    if let Some(overhead) = v1.get("EncapOverhead").filter(|overhead| **overhead != 0) {
        policies.push(json!({ "Type": "EncapOverhead", "Settings": { "Overhead": overhead } }));
    }
    v2.insert("Policies".into(), policies.into());
    v2.insert("IpConfigurations".into(), addresses(v1));
    v2.insert("Routes".into(), older::route(v1.get("GatewayAddress")));
    v2.insert("Dns".into(), older::dns(v1));
    let is_set = |name: &str| v1.get(name).and_then(Value::as_bool).unwrap_or_default();
    let flags: u32 = BITS.iter().filter(|(name, _)| is_set(name)).map(|(_, bit)| bit).sum();
    v2.insert("Flags".into(), flags.into());
    v2
}

fn addresses(v1: &Map<String, Value>) -> Value {
    let family = |address: &str, length: &str| {
        let address = v1.get(address).filter(|text| **text != "")?;
        Some(json!({ "IpAddress": address, "PrefixLength": v1.get(length) }))
    };
    let families = [family("IPAddress", "PrefixLength"), family("IPv6Address", "IPv6PrefixLength")];
    families.into_iter().flatten().collect()
}
