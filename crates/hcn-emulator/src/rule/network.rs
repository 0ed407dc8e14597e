//! Networks: switches with subnets, a pool of MAC addresses and name resolution.
//!
//! NAT and ICS networks get from the service what they do not name: a private /20 whose first host is the gateway.
//! Types that lean on a physical adapter keep their documents; no adapter is emulated. An Overlay network also gets what
//! the service makes of the outside world: the host's address and a router's MAC address.

mod older;
mod overlay;
mod subnet;

use hcn::{
    Code, Dns, Guid, Kind, MacPool, MacRange, Modify, Network, NetworkKind, RequestType, SchemaVersion,
};
use serde::Deserialize;

use super::{New, aside, chance, identity, named, policy};
use crate::dialect::Dialect;
use crate::mac::{self, Mac, Pool};
use crate::refusal::{Refusal, Ruling};
use crate::shape::{canonical, modify, network};
use crate::store::{Object, Tx, damaged};

pub(super) use subnet::{is_dhcp, ranges};

/// Make a network.
pub(super) fn create(tx: &Tx<'_>, new: &New<'_>) -> Ruling<i64> {
    let asked = understood(tx, new.settings)?;
    named(asked.name.as_deref())?;
    let id = identity(new.id, asked.id.map(Guid::from));
    id_is_free(tx, id)?;
    name_is_free(tx, asked.name.as_deref().unwrap_or_default())?;
    let others = all(tx)?;
    let ipams = subnet::ipams(&asked, &others)?;
    let mac_pool = mac_pool(&asked, &others)?;
    let dns = Some(asked.dns.clone().filter(|dns| *dns != Dns::default()).unwrap_or_else(|| host_dns(tx)));
    let policies = overlay::policies(&tx.profile, &asked)?;
    keep(tx, id, Network { ipams, mac_pool, dns, policies, ..asked })
}

fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Network> {
    match Dialect::of_document(settings) {
        Dialect::V2 => parsed(&canonical(&tx.profile, &network::NETWORK, settings)?),
        Dialect::V1 => older::understood(tx, settings),
    }
}

fn parsed(canonical: &str) -> Ruling<Network> {
    Network::from_json(canonical).map_err(|_| Refusal::from(Code::INVALID_JSON))
}

fn id_is_free(tx: &Tx<'_>, id: Guid) -> Ruling<()> {
    match tx.find(Kind::Network, id)? {
        Some(_) => Err(Code::NETWORK_ALREADY_EXISTS.into()),
        None => Ok(()),
    }
}

/// INFERRED: networks without a name do not clash; creating two of them on a real Windows would settle it.
fn name_is_free(tx: &Tx<'_>, name: &str) -> Ruling<()> {
    if name.is_empty() || tx.named(Kind::Network, name)?.is_empty() {
        return Ok(());
    }
    Err(Code::NETWORK_ALREADY_EXISTS.into())
}

fn all(tx: &Tx<'_>) -> Ruling<Vec<Network>> {
    tx.all(Kind::Network)?.iter().map(document).collect()
}

/// A network's document as it is kept.
pub(super) fn document(object: &Object) -> Ruling<Network> {
    Network::from_json(&object.doc).map_err(|error| damaged(object, error))
}

/// Does the service own the prefix and route it, so that no other network may have it too?
pub(super) fn is_translated(network: &Network) -> bool {
    matches!(network.kind(), NetworkKind::Nat | NetworkKind::Ics)
}

/// The pool as it was asked for, else 4096 addresses of the network's own.
///
/// INFERRED: the code for a pool that is no pool, and for when all blocks are given away; a network whose pool ends
/// before it starts on a real Windows would settle the first.
fn mac_pool(asked: &Network, others: &[Network]) -> Ruling<Option<MacPool>> {
    let given = asked.mac_pool.iter().flat_map(|pool| pool.ranges.iter().flatten());
    let given = given.map(|range| pool(range).ok_or_else(|| Code::INVALID_NETWORK.into()));
    if !given.collect::<Ruling<Vec<_>>>()?.is_empty() {
        return Ok(asked.mac_pool.clone());
    }
    let taken: Vec<Pool> = others.iter().flat_map(pools).collect();
    let new = mac::new_pool(chance(), &taken).ok_or(Code::INVALID_NETWORK)?;
    let range = MacRange {
        start_mac_address: Some(new.first.to_string()),
        end_mac_address: Some(new.last.to_string()),
        ..MacRange::default()
    };
    Ok(Some(MacPool { ranges: Some(vec![range]), ..MacPool::default() }))
}

fn pool(range: &MacRange) -> Option<Pool> {
    let end = |text: &Option<String>| text.as_deref()?.parse::<Mac>().ok();
    let pool = Pool { first: end(&range.start_mac_address)?, last: end(&range.end_mac_address)? };
    Some(pool).filter(|pool| pool.first <= pool.last)
}

/// The pools that a kept network gives MAC addresses from.
pub(super) fn pools(network: &Network) -> impl Iterator<Item = Pool> {
    network.mac_pool.iter().flat_map(|pool| pool.ranges.iter().flatten()).filter_map(pool)
}

/// The emulated host's own name resolution.
fn host_dns(tx: &Tx<'_>) -> Dns {
    Dns { server_list: Some(vec![tx.profile.dns_server.to_owned()]), ..Dns::default() }
}

fn keep(tx: &Tx<'_>, id: Guid, network: Network) -> Ruling<i64> {
    let doc = Network {
        id: None,
        version: None,
        health: None,
        telemetry: None,
        state: None,
        kind: Some(network.kind()),
        schema_version: Some(SchemaVersion::V2),
        ..network
    };
    let name = doc.name.clone().unwrap_or_default();
    tx.insert(&Object { seq: 0, kind: Kind::Network, id, parent: None, name, doc: doc.to_json() })
}

/// Change its policies, its name resolution or a switch extension.
pub(super) fn modify(tx: &Tx<'_>, object: &Object, settings: &str) -> Ruling<()> {
    let request = modify::request(&tx.profile, &modify::NETWORK, settings)?;
    let network = document(object)?;
    let changed = match request.resource_type.as_deref() {
        Some("Policy") => with_policies(tx, network, &request)?,
        Some("Extension") => with_extension(tx, network, &request)?,
        // The part of ordinal 0.
        Some("DNS") | None => with_dns(tx, network, &request)?,
        Some(part) => return Err(Refusal::not_modelled(format_args!("changes of a network's {part}"))),
    };
    tx.replace(object.seq, &changed.to_json())
}

fn with_policies(tx: &Tx<'_>, mut network: Network, request: &Modify) -> Ruling<Network> {
    let given = (request, network.policies.take().unwrap_or_default());
    let policies = policy::changed(&tx.profile, &modify::NETWORK_POLICIES, given)?;
    Ok(Network { policies: Some(policies).filter(|policies| !policies.is_empty()), ..network })
}

/// INFERRED: other requests than Update are refused with 0x803B0015; an Add of DNS on a real Windows would settle it.
fn only_updates(request: &Modify) -> Ruling<()> {
    match request.request_type.clone().unwrap_or_default() {
        RequestType::Update => Ok(()),
        _ => Err(Code::REQUEST_UNSUPPORTED.into()),
    }
}

/// An empty one is the host's again. Endpoints that are there keep theirs.
fn with_dns(tx: &Tx<'_>, network: Network, request: &Modify) -> Ruling<Network> {
    only_updates(request)?;
    let dns: Dns = modify::settings(&tx.profile, &network::DNS, request)?;
    let dns = if dns == Dns::default() { host_dns(tx) } else { dns };
    Ok(Network { dns: Some(dns), ..network })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Extension {
    id: Option<Guid>,
    is_enabled: Option<bool>,
}

/// Which of the host's switch extensions are not as they are by default is kept aside.
fn with_extension(tx: &Tx<'_>, mut network: Network, request: &Modify) -> Ruling<Network> {
    only_updates(request)?;
    let asked: Extension = modify::settings(&tx.profile, &modify::EXTENSION, request)?;
    let id = asked.id.ok_or_else(|| Refusal::json("Id", "MissingField"))?;
    let known = tx.profile.extensions.iter().find(|known| known.id == id);
    let known = known.ok_or(Code::SWITCH_EXTENSION_NOT_FOUND)?;
    let mut changed: Vec<Guid> = aside::read(&network.extra, aside::EXTENSIONS).unwrap_or_default();
    changed.retain(|other| *other != id);
    if asked.is_enabled.unwrap_or_default() != known.is_enabled {
        changed.push(id);
    }
    network.extra = aside::with(&network.extra, aside::EXTENSIONS, &changed);
    Ok(network)
}

#[cfg(test)]
mod tests;
