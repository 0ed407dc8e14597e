//! V1 documents: the older HNS form, ids in upper case.
//!
//! INFERRED: upper case for all kinds, as on older builds (newer ones write endpoints' ids in lower case); a V1
//! query on Server 2019 would settle it.

mod policy;

use hcn::{Dns, Endpoint, Extra, Guid, Kind, NamespaceKind, Network, Route, Subnet};
use serde_json::{Map, Value, json};

use super::v2;
use crate::refusal::{Refusal, Ruling};
use crate::rule::{aside, is_remote, port};
use crate::store::{Object, Tx};

/// `State`: of an endpoint that nothing is attached to, and of everything else that is well.
const CREATED: u16 = 1;
/// `State` of an endpoint whose switch port is a virtual machine's.
const ATTACHED: u16 = 2;
/// `State` of an endpoint that a container has.
const ATTACHED_SHARING: u16 = 3;

pub(super) fn render(tx: &Tx<'_>, object: &Object) -> Ruling<Value> {
    let mut document = match object.kind {
        Kind::Network => network(tx, object, &v2::network(tx, object)?)?,
        Kind::Endpoint => endpoint(tx, object, &v2::endpoint(tx, object)?)?,
        Kind::Namespace => namespace(tx, object)?,
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
            return Err(Refusal::not_modelled(format_args!("documents of {}s", object.kind.noun())));
        }
    };
    document["ID"] = upper(object.id).into();
    if document["State"].is_null() {
        document["State"] = CREATED.into();
    }
    document["Version"] = tx.profile.version().into();
    if !object.name.is_empty() {
        document["Name"] = object.name.as_str().into();
    }
    Ok(document)
}

fn upper(id: Guid) -> String {
    id.to_string().to_uppercase()
}

/// A list of texts with commas.
fn list(texts: Option<&Vec<String>>) -> String {
    texts.map(|texts| texts.join(",")).unwrap_or_default()
}

fn dns(document: &mut Value, dns: Option<&Dns>) {
    document["DNSServerList"] = list(dns.and_then(|dns| dns.server_list.as_ref())).into();
    document["DNSSuffix"] = list(dns.and_then(|dns| dns.search.as_ref())).into();
}

fn network(tx: &Tx<'_>, object: &Object, v2: &Network) -> Ruling<Value> {
    let pools = v2.mac_pool.as_ref().and_then(|pool| pool.ranges.as_deref()).unwrap_or_default();
    let subnets: Vec<Value> = v2.subnets().map(subnet).collect();
    let mut v1 = json!({
        "AdditionalParams": v2.additional_params.as_ref().and_then(|raw| raw.read::<Value>().ok()).unwrap_or(json!({})),
        "CurrentEndpointCount": tx.children(object.seq)?.len(),
        "Extensions": extensions(tx, v2),
        "Flags": v2.flags(),
        "IPv6": false,
        "MacPools": pools,
        "Policies": policy::of_network(v2.policies.as_deref().unwrap_or_default()),
        "Subnets": subnets,
        "Type": v2.kind().name(),
    });
    dns(&mut v1, v2.dns.as_ref());
    for (name, setting, older) in PULLED {
        if let Some(value) = setting_of(v2, name, setting) {
            v1[older] = value;
        }
    }
    older_members(&mut v1, &v2.extra);
    Ok(v1)
}

/// Settings of policies that V1 documents also have as members of the network.
const PULLED: [(&str, &str, &str); 2] = [
    ("NetAdapterName", "NetworkAdapterName", "NetworkAdapterName"),
    ("ProviderAddress", "ProviderAddress", "ManagementIP"),
];

fn setting_of(network: &Network, policy: &str, setting: &str) -> Option<Value> {
    let policy = network.policies.iter().flatten().find(|found| found.kind() == policy)?;
    let mut settings: Map<String, Value> = policy.settings.as_ref()?.read().ok()?;
    settings.remove(setting)
}

fn extensions(tx: &Tx<'_>, network: &Network) -> Vec<Value> {
    let changed: Vec<Guid> = aside::read(&network.extra, aside::EXTENSIONS).unwrap_or_default();
    let each = tx.profile.extensions.iter().map(|known| {
        let is_enabled = known.is_enabled != changed.contains(&known.id);
        json!({ "Id": upper(known.id), "IsEnabled": is_enabled, "Name": known.name })
    });
    each.collect()
}

/// What the V1 document said that created it.
fn older_members(v1: &mut Value, extra: &Extra) {
    let kept: Option<Map<String, Value>> = aside::read(extra, aside::OLDER);
    for (name, value) in kept.into_iter().flatten() {
        v1[name] = value;
    }
}

fn subnet(subnet: &Subnet) -> Value {
    json!({
        "AddressPrefix": subnet.ip_address_prefix,
        "Flags": 0,
        "GatewayAddress": gateway(subnet.routes.as_deref()),
        "ID": upper(subnet.id.unwrap_or_default()),
        "ObjectType": 5,
        "Policies": policy::of_subnet(subnet.policies.as_deref().unwrap_or_default()),
    })
}

/// The next hop of the default route.
fn gateway(routes: Option<&[Route]>) -> &str {
    let mut routes = routes.unwrap_or_default().iter();
    let default = routes.find(|route| route.destination_prefix.as_deref() == Some("0.0.0.0/0"));
    default.and_then(|route| route.next_hop.as_deref()).unwrap_or_default()
}

fn endpoint(tx: &Tx<'_>, object: &Object, v2: &Endpoint) -> Ruling<Value> {
    let network = object.parent.map(|seq| tx.find_seq(seq)).transpose()?.flatten();
    let mut v1 = json!({
        "GatewayAddress": gateway(v2.routes.as_deref()),
        "MacAddress": v2.mac_address,
        "Policies": policy::of_endpoint(v2.policies.as_deref().unwrap_or_default()),
        "SharedContainers": [],
        "VirtualNetwork": network.as_ref().map(|network| upper(network.id)),
        "VirtualNetworkName": network.as_ref().map(|network| &network.name),
    });
    if let Some(config) = v2.ip_configurations.iter().flatten().next() {
        v1["IPAddress"] = json!(config.ip_address);
        v1["PrefixLength"] = json!(config.prefix_length);
    }
    if is_remote(v2) {
        v1["IsRemoteEndpoint"] = true.into();
    }
    let mut state = CREATED;
    if let Some(port) = port::of(v2) {
        state = ATTACHED;
        v1["VirtualMachine"] = json!(port.virtual_machine_id.map(upper));
        v1["VirtualNicName"] = json!(port.virtual_nic_name);
    }
    if shares_a_container(tx, v2)? {
        state = ATTACHED_SHARING;
    }
    v1["State"] = state.into();
    older_members(&mut v1, &v2.extra);
    if let Some(namespace) = v2.namespace() {
        v1["Namespace"] = json!({ "ID": upper(namespace.into()) });
    }
    dns(&mut v1, v2.dns.as_ref());
    Ok(v1)
}

/// INFERRED: an endpoint is shared when its namespace holds a container; the V1 documents of one before and after its
/// container starts, on a real Windows, would settle it.
fn shares_a_container(tx: &Tx<'_>, endpoint: &Endpoint) -> Ruling<bool> {
    let Some(namespace) = endpoint.namespace() else { return Ok(false) };
    let Some(namespace) = tx.find(Kind::Namespace, namespace.into())? else { return Ok(false) };
    Ok(tx.members(namespace.seq)?.iter().any(|member| member.kind == "Container"))
}

/// A namespace that was created as V2 says schema version 0.0 here.
fn namespace(tx: &Tx<'_>, object: &Object) -> Ruling<Value> {
    let v2 = v2::namespace(tx, object)?;
    let containers: Vec<&str> = v2.containers().collect();
    let mut v1 = json!({
        "CompartmentGuid": upper(v2.namespace_guid.unwrap_or_default()),
        "CompartmentId": v2.namespace_id.unwrap_or_default(),
        "Containers": containers,
        "Flags": 0,
        "IsDefault": v2.kind() == NamespaceKind::HostDefault,
        "Policies": [],
        "SchemaVersion": { "Major": 0, "Minor": 0 },
    });
    if let Some(resources) = &v2.resources {
        v1["ResourceList"] = json!(resources);
    }
    Ok(v1)
}
