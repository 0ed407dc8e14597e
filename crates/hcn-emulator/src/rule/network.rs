//! Networks: switches with subnets, a pool of MAC addresses and name resolution.
//!
//! NAT and ICS networks get from the service what they do not name: a private /20 whose first host is the gateway.
//! Types that lean on a physical adapter keep their documents; no adapter is emulated. Types whose read-back the
//! service makes out of the outside world (Overlay and later ones) are not modelled.

use std::net::Ipv4Addr;

use hcn::{
    Code, Dns, Guid, Ipam, IpamKind, Kind, MacPool, MacRange, Network, NetworkKind, Route, SchemaVersion,
    Subnet,
};
use ipnet::{IpNet, Ipv4Net};

use super::{New, chance, identity, policy};
use crate::dialect::Dialect;
use crate::ipam::{self, Range};
use crate::mac::{self, Mac, Pool};
use crate::refusal::{Refusal, Ruling};
use crate::shape::{canonical, modify, network};
use crate::store::{Object, Tx, damaged};

const DEFAULT_ROUTE: &str = "0.0.0.0/0";

/// Make a network.
pub(super) fn create(tx: &Tx<'_>, new: &New<'_>) -> Ruling<i64> {
    let asked = understood(tx, new.settings)?;
    let id = identity(new.id, asked.id.map(Guid::from));
    id_is_free(tx, id)?;
    name_is_free(tx, asked.name.as_deref().unwrap_or_default())?;
    let others = all(tx)?;
    let ipams = ipams(&asked, &others)?;
    let mac_pool = mac_pool(&asked, &others)?;
    let dns = Some(asked.dns.clone().filter(|dns| *dns != Dns::default()).unwrap_or_else(|| host_dns(tx)));
    keep(tx, id, Network { ipams, mac_pool, dns, ..asked })
}

fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Network> {
    if Dialect::of_document(settings) == Dialect::V1 {
        return Err(Refusal::not_modelled("creating a network by a V1 document; send SchemaVersion 2.0"));
    }
    let asked = Network::from_json(&canonical(&tx.profile, &network::NETWORK, settings)?)
        .map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    match asked.kind() {
        NetworkKind::Nat
        | NetworkKind::Ics
        | NetworkKind::Transparent
        | NetworkKind::L2Bridge
        | NetworkKind::Private
        | NetworkKind::Internal => Ok(asked),
        other => Err(Refusal::not_modelled(format_args!("networks of type {other}"))),
    }
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

fn ipams(asked: &Network, others: &[Network]) -> Ruling<Option<Vec<Ipam>>> {
    if asked.ipams.iter().flatten().any(|ipam| ipam.kind() != IpamKind::Static) {
        return Err(Refusal::not_modelled("addresses from DHCP"));
    }
    let taken: Vec<Ipv4Net> = others
        .iter()
        .filter(|other| is_translated(other))
        .flat_map(ranges)
        .map(|range| range.prefix)
        .collect();
    let subnets = asked.subnets().map(|subnet| checked(asked, subnet, &taken));
    let mut subnets = subnets.collect::<Ruling<Vec<_>>>()?;
    if is_translated(asked) && subnets.is_empty() {
        subnets.push(chosen(&taken)?);
    }
    // INFERRED: one subnet, for dual stack came with service 11.10; a second one on Server 2019 would settle it.
    if is_translated(asked) && subnets.len() > 1 {
        return Err(Code::INVALID_NETWORK.into());
    }
    let ipam = Ipam { kind: Some(IpamKind::Static), subnets: Some(subnets), ..Ipam::default() };
    Ok(Some(vec![ipam]).filter(|_| is_translated(asked) || asked.ipams.is_some()))
}

/// A subnet of the service's choice.
///
/// INFERRED: the code when all private prefixes are taken; NAT networks without end on a real Windows would settle it.
fn chosen(taken: &[Ipv4Net]) -> Ruling<Subnet> {
    let prefix = ipam::private_prefix(chance() as u32, taken).ok_or(Code::INVALID_NETWORK)?;
    Ok(Subnet {
        id: Some(Guid::random()),
        ip_address_prefix: Some(prefix.to_string()),
        routes: Some(vec![Route::default_through(ipam::first_host(prefix).to_string())]),
        ..Subnet::default()
    })
}

/// A subnet as it was asked for, with what the service adds.
fn checked(network: &Network, asked: &Subnet, taken: &[Ipv4Net]) -> Ruling<Subnet> {
    let prefix = prefix(asked.ip_address_prefix.as_deref().unwrap_or_default())?;
    let mut subnet = asked.clone();
    subnet.id = asked.id.or_else(|| Some(Guid::random()));
    if is_translated(network) {
        if taken.iter().any(|other| ipam::overlap(prefix, *other)) {
            // INFERRED: this of the two codes that were reported (0x80070057 is the other), and that networks which do
            // not overlap live side by side (one report has 0x803B000A for any second NAT network); two NAT networks
            // on a real Windows would settle both.
            return Err(Code::ALREADY_EXISTS.into());
        }
        // INFERRED: a subnet without a default route gets its first host as the gateway, as one that the service
        // chose does; creating one on a real Windows would settle it.
        if gateway(asked)?.is_none() {
            let route = Route::default_through(ipam::first_host(prefix).to_string());
            subnet.routes.get_or_insert_default().push(route);
        }
    }
    match gateway(&subnet)? {
        Some(address) if !(Range { prefix, gateway: None }).gives(address) => {
            Err(Code::INVALID_NETWORK.into())
        }
        _ => Ok(subnet),
    }
}

/// Host bits make the document unusable, as a client saw.
///
/// INFERRED: the codes for the rest; networks with such prefixes on a real Windows would settle them.
fn prefix(text: &str) -> Ruling<Ipv4Net> {
    match text.parse::<IpNet>() {
        Ok(IpNet::V4(prefix)) if prefix.addr() != prefix.network() => {
            Err(Refusal::json("IpAddressPrefix", "InvalidPrefix"))
        }
        Ok(IpNet::V4(prefix)) if ipam::has_room(prefix) => Ok(prefix),
        Ok(IpNet::V4(_)) | Err(_) => Err(Code::INVALID_PREFIX.into()),
        Ok(IpNet::V6(_)) => Err(Refusal::detailed(
            Code::INVALID_NETWORK,
            "IPv6 subnets came with service 11.10, after the emulated Server 2019",
        )),
    }
}

/// The next hop of a subnet's default route.
fn gateway(subnet: &Subnet) -> Ruling<Option<Ipv4Addr>> {
    let mut routes = subnet.routes.iter().flatten();
    let default = routes.find(|route| route.destination_prefix.as_deref() == Some(DEFAULT_ROUTE));
    let hop = default.and_then(|route| route.next_hop.as_deref()).filter(|hop| !hop.is_empty());
    hop.map(|hop| hop.parse().map_err(|_| Code::INVALID_NETWORK.into())).transpose()
}

/// The subnets of a kept network as ranges of addresses.
pub(super) fn ranges(network: &Network) -> impl Iterator<Item = Range> {
    network.subnets().filter_map(|subnet| {
        let prefix = subnet.ip_address_prefix.as_deref()?.parse().ok()?;
        Some(Range { prefix, gateway: gateway(subnet).ok().flatten() })
    })
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

/// Change its policies.
pub(super) fn modify(tx: &Tx<'_>, object: &Object, settings: &str) -> Ruling<()> {
    let request = modify::request(&tx.profile, &modify::NETWORK, settings)?;
    if request.resource_type.as_deref() != Some("Policy") {
        let part = request.resource_type.as_deref().unwrap_or("DNS");
        return Err(Refusal::not_modelled(format_args!("changes of a network's {part}")));
    }
    let mut network = document(object)?;
    let given = (&request, network.policies.take().unwrap_or_default());
    let policies = policy::changed(&tx.profile, &modify::NETWORK_POLICIES, given)?;
    network.policies = Some(policies).filter(|policies| !policies.is_empty());
    tx.replace(object.seq, &network.to_json())
}

#[cfg(test)]
mod tests;
