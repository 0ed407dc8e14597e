//! Endpoints: NICs on a network, each with an address, a MAC address, routes and name resolution.
//!
//! What the caller leaves out the service supplies; what the caller names must be the network's to give and not
//! taken.

use std::net::Ipv4Addr;

use hcn::{Code, Dns, Endpoint, Guid, IpConfig, Kind, Network, NetworkId, NetworkKind, Route, SchemaVersion};

use super::holding::is_pooled;
use super::network::{self, pools, ranges};
use super::policy;
use super::{New, chance, identity};
use crate::dialect::Dialect;
use crate::ipam::Range;
use crate::mac::Mac;
use crate::refusal::{Refusal, Ruling};
use crate::shape::{canonical, endpoint, modify};
use crate::store::{Object, Tx, damaged};

/// A bit of an endpoint's `Flags`.
const REMOTE: u32 = 1;

/// Make an endpoint on a network.
///
/// INFERRED: an id that is taken gives 0x800700B7; creating twice under one id on a real Windows would settle it.
pub(super) fn create(tx: &Tx<'_>, new: &New<'_>) -> Ruling<i64> {
    let object = new.network.as_ref().ok_or(Code::INVALID_ARGUMENT)?;
    let asked = understood(tx, new.settings)?;
    belongs(&asked, object.id)?;
    let id = identity(new.id, asked.id.map(Guid::from));
    if tx.find(Kind::Endpoint, id)?.is_some() {
        return Err(Code::ALREADY_EXISTS.into());
    }
    let network = network::document(object)?;
    let site = Site { tx, seq: object.seq, network: &network };
    let ports = policy::ports(&network.kind(), asked.policies.as_deref().unwrap_or_default())?;
    let address = site.address(&asked)?;
    let mac = site.mac(&asked)?;
    let endpoint = keep(tx, (object, id), finished(asked, &site, (address, mac)))?;
    address.map_or(Ok(()), |(address, _)| tx.take_address(object.seq, address, endpoint))?;
    tx.take_mac(object.seq, mac, endpoint)?;
    ports.iter().try_for_each(|port| tx.take_port(port, endpoint))?;
    Ok(endpoint)
}

/// Does it stand for a NIC on another host?
pub(crate) fn is_remote(endpoint: &Endpoint) -> bool {
    endpoint.flags() & REMOTE != 0
}

/// The addresses that nobody else on the network may have: a remote endpoint's are its own host's affair.
pub(super) fn own_addresses(endpoint: &Endpoint) -> impl Iterator<Item = &str> {
    endpoint.addresses().filter(|_| !is_remote(endpoint))
}

/// Is this MAC address its alone? One that somebody gave a remote endpoint is its own host's affair, unless it is of
/// the network's pool.
pub(super) fn takes_mac(network: &Network, endpoint: &Endpoint, mac: Mac) -> bool {
    !is_remote(endpoint) || is_pooled(network, mac)
}

fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Endpoint> {
    if Dialect::of_document(settings) == Dialect::V1 {
        return Err(Refusal::not_modelled("creating an endpoint by a V1 document; send SchemaVersion 2.0"));
    }
    let asked = Endpoint::from_json(&canonical(&tx.profile, &endpoint::ENDPOINT, settings)?)
        .map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    if asked.namespace().is_some() {
        return Err(Refusal::not_modelled("creating an endpoint inside a namespace; add it afterwards"));
    }
    if is_remote(&asked) {
        return Err(Refusal::not_modelled("remote endpoints"));
    }
    Ok(asked)
}

/// INFERRED: the document's network has to be the handle's; a mismatch on a real Windows would settle it.
fn belongs(asked: &Endpoint, network: Guid) -> Ruling<()> {
    match asked.host_compute_network {
        Some(NetworkId(other)) if other != network => Err(Code::INVALID_ARGUMENT.into()),
        _ => Ok(()),
    }
}

/// Where an endpoint is made.
struct Site<'a> {
    tx: &'a Tx<'a>,
    seq: i64,
    network: &'a Network,
}

/// An address and the subnet that it is of.
type Address = (Ipv4Addr, Range);

impl Site<'_> {
    /// The address that was asked for, else a free one where the service gives addresses.
    fn address(&self, asked: &Endpoint) -> Ruling<Option<Address>> {
        let configurations = asked.ip_configurations.as_deref().unwrap_or_default();
        // INFERRED: one address a family; a second one on a real Windows would settle it.
        let ([] | [_]) = configurations else { return Err(Code::INVALID_ENDPOINT.into()) };
        let wanted = configurations.first().and_then(|config| config.ip_address.as_deref());
        match wanted.filter(|text| !text.is_empty()) {
            Some(text) => self.named(text).map(Some),
            None => self.allocated(),
        }
    }

    fn named(&self, text: &str) -> Ruling<Address> {
        let address: Ipv4Addr = text.parse().map_err(|_| Refusal::from(Code::INVALID_IP))?;
        let range = ranges(self.network).find(|range| range.prefix.contains(&address));
        let range = range.ok_or(Code::INVALID_IP)?;
        // One that is taken is refused when it is taken.
        if range.gives(address) { Ok((address, range)) } else { Err(Code::ADDR_INVALID_OR_RESERVED.into()) }
    }

    /// INFERRED: the code when a subnet has no free address; filling one on a real Windows would settle it.
    fn allocated(&self) -> Ruling<Option<Address>> {
        let gives = [NetworkKind::Nat, NetworkKind::Ics, NetworkKind::L2Bridge];
        if !gives.contains(&self.network.kind()) {
            return Ok(None);
        }
        let range = ranges(self.network).next().ok_or(Code::SUBNET_NOT_FOUND)?;
        let free = range.free(chance() as u32, |address| self.tx.has_address(self.seq, address))?;
        Ok(Some((free.ok_or(Code::ADDR_INVALID_OR_RESERVED)?, range)))
    }

    /// The MAC address that was asked for, else a free one of the network's pool.
    fn mac(&self, asked: &Endpoint) -> Ruling<Mac> {
        if let Some(text) = asked.mac_address.as_deref().filter(|text| !text.is_empty()) {
            return text.parse().map_err(|_| Code::ADDR_INVALID_OR_RESERVED.into());
        }
        for pool in pools(self.network) {
            if let Some(mac) = pool.free(chance(), |mac| self.tx.has_mac(mac))? {
                return Ok(mac);
            }
        }
        // INFERRED: the code when the pool is empty; a pool of one address and two endpoints would settle it.
        Err(Code::ADDR_INVALID_OR_RESERVED.into())
    }
}

/// The endpoint with all that the service supplies.
fn finished(asked: Endpoint, site: &Site<'_>, (address, mac): (Option<Address>, Mac)) -> Endpoint {
    let given = asked.routes.clone().unwrap_or_default().into_iter().filter(leads_somewhere);
    let mut routes: Vec<Route> = given.collect();
    let gateway = address.and_then(|(_, range)| range.gateway);
    if let (true, Some(gateway)) = (routes.is_empty(), gateway) {
        routes.push(Route::default_through(gateway.to_string()));
    }
    Endpoint {
        ip_configurations: address.map(|address| vec![configuration(address)]),
        routes: Some(routes).filter(|routes| !routes.is_empty()),
        dns: asked.dns.clone().filter(|dns| *dns != Dns::default()).or_else(|| site.network.dns.clone()),
        mac_address: asked
            .mac_address
            .clone()
            .filter(|text| !text.is_empty())
            .or_else(|| Some(mac.to_string())),
        ..asked
    }
}

/// Plugins without address management send a route of empty texts.
fn leads_somewhere(route: &Route) -> bool {
    let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    says(&route.next_hop) || says(&route.destination_prefix)
}

/// INFERRED: reads back with the subnet's length, whatever length was sent; an endpoint with a narrower one on a
/// real Windows would settle it.
fn configuration((address, range): Address) -> IpConfig {
    IpConfig {
        ip_address: Some(address.to_string()),
        prefix_length: Some(range.prefix.prefix_len()),
        ..IpConfig::default()
    }
}

fn keep(tx: &Tx<'_>, (network, id): (&Object, Guid), endpoint: Endpoint) -> Ruling<i64> {
    let doc = Endpoint {
        id: None,
        version: None,
        health: None,
        telemetry: None,
        state: None,
        host_compute_network: Some(NetworkId(network.id)),
        host_compute_namespace: None,
        schema_version: Some(SchemaVersion::V2),
        ..endpoint
    };
    let name = doc.name.clone().unwrap_or_default();
    tx.insert(&Object {
        seq: 0,
        kind: Kind::Endpoint,
        id,
        parent: Some(network.seq),
        name,
        doc: doc.to_json(),
    })
}

/// Change its policies; the ports that it no longer maps are free.
pub(super) fn modify(tx: &Tx<'_>, object: &Object, settings: &str) -> Ruling<()> {
    let request = modify::request(&tx.profile, &modify::ENDPOINT, settings)?;
    if request.resource_type.as_deref() != Some("Policy") {
        return Err(Refusal::not_modelled("switch ports of endpoints"));
    }
    let mut endpoint = Endpoint::from_json(&object.doc).map_err(|error| damaged(object, error))?;
    let given = (&request, endpoint.policies.take().unwrap_or_default());
    let policies = policy::changed(&tx.profile, &modify::ENDPOINT_POLICIES, given)?;
    let network = object.parent.map(|seq| tx.find_seq(seq)).transpose()?.flatten();
    let network = network::document(&network.ok_or(Code::NETWORK_NOT_FOUND)?)?;
    tx.free_ports(object.seq)?;
    policy::ports(&network.kind(), &policies)?.iter().try_for_each(|port| tx.take_port(port, object.seq))?;
    endpoint.policies = Some(policies).filter(|policies| !policies.is_empty());
    tx.replace(object.seq, &endpoint.to_json())
}

/// Remove an endpoint: it leaves its namespace first, and all that it had taken is free.
pub(super) fn delete(tx: &Tx<'_>, endpoint: &Object) -> Ruling<()> {
    tx.detach(endpoint.seq)?;
    tx.remove(endpoint.seq)
}

#[cfg(test)]
mod tests;
