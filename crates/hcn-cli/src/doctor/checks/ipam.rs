//! What several checks read of a plugin's `ipam`.

use std::path::PathBuf;

use hcn_cni::Plugin;
use hcn_cni::ipnet::IpNet;
use serde_json::Value;

/// Where host-local keeps its addresses, unless told otherwise.
const FOLDER: &str = "/var/lib/cni/networks";

fn object(plugin: &Plugin) -> Option<Value> {
    serde_json::from_str(plugin.object().get("ipam")?.get()).ok()
}

/// The plugin that gives the addresses.
pub(super) fn kind(plugin: &Plugin) -> Option<String> {
    object(plugin)?.get("type")?.as_str().filter(|kind| !kind.is_empty()).map(str::to_owned)
}

/// The gateway: of host-local in `gateway`, of Microsoft's plugins in `GW` of a route.
pub(super) fn gateway(plugin: &Plugin) -> Option<String> {
    let object = object(plugin)?;
    let routes = object.get("routes").and_then(Value::as_array).into_iter().flatten();
    let mut all = object.get("gateway").into_iter().chain(routes.filter_map(|route| route.get("GW")));
    all.find_map(Value::as_str).map(str::to_owned)
}

/// The folder where host-local keeps the addresses of a network.
pub(super) fn folder(plugin: &Plugin, network: &str) -> Option<PathBuf> {
    let object = object(plugin)?;
    let is_host_local = object.get("type")?.as_str() == Some("host-local");
    let folder = object.get("dataDir").and_then(Value::as_str).filter(|folder| !folder.is_empty());
    is_host_local.then(|| PathBuf::from(folder.unwrap_or(FOLDER)).join(network))
}

/// The subnets that addresses are taken from.
pub(super) fn subnets(plugin: &Plugin) -> Vec<IpNet> {
    let Some(object) = object(plugin) else { return Vec::new() };
    let sets = object.get("ranges").and_then(Value::as_array).into_iter().flatten();
    let ranges = sets.filter_map(Value::as_array).flatten();
    let all = ranges.chain([&object]).filter_map(|range| range.get("subnet")?.as_str()?.parse().ok());
    all.map(|subnet: IpNet| subnet.trunc()).collect()
}
