//! Endpoints: NICs on a network, each with an address, a MAC address, routes and name resolution.
//!
//! What the caller leaves out the service supplies; what the caller names must be the network's to give and not
//! taken.

mod older;
pub(crate) mod port;
mod site;

use hcn::{Code, Endpoint, Guid, Kind, Modify, Network, NetworkId, SchemaVersion};

use self::site::Site;
use super::holding::is_pooled;
use super::network;
use super::policy;
use super::{New, identity, named};
use crate::dialect::Dialect;
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
    named(asked.name.as_deref())?;
    belongs(&asked, object.id)?;
    let id = identity(new.id, asked.id.map(Guid::from));
    if tx.find(Kind::Endpoint, id)?.is_some() {
        return Err(Code::ALREADY_EXISTS.into());
    }
    let network = network::document(object)?;
    let site = Site { tx, seq: object.seq, network: &network };
    let ports = policy::of_endpoint(&network, &asked)?;
    let (addresses, mac) = (site.addresses(&asked)?, site.mac(&asked)?);
    let (own, takes_mac) = (!is_remote(&asked), takes_mac(&network, &asked, mac));
    let endpoint = keep(tx, (object, id), site.finished(asked, &addresses, mac))?;
    let own = addresses.iter().filter(|_| own);
    own.into_iter().try_for_each(|own| tx.take_address(object.seq, own.address, endpoint))?;
    if takes_mac {
        tx.take_mac(object.seq, mac, endpoint)?;
    }
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
    let asked = match Dialect::of_document(settings) {
        Dialect::V2 => parsed(&canonical(&tx.profile, &endpoint::ENDPOINT, settings)?)?,
        Dialect::V1 => older::understood(tx, settings)?,
    };
    match asked.namespace() {
        Some(_) => Err(Refusal::not_modelled("creating an endpoint inside a namespace; add it afterwards")),
        None => Ok(asked),
    }
}

fn parsed(canonical: &str) -> Ruling<Endpoint> {
    Endpoint::from_json(canonical).map_err(|_| Refusal::from(Code::INVALID_JSON))
}

/// INFERRED: the document's network has to be the handle's; a mismatch on a real Windows would settle it.
fn belongs(asked: &Endpoint, network: Guid) -> Ruling<()> {
    match asked.host_compute_network {
        Some(NetworkId(other)) if other != network => Err(Code::INVALID_ARGUMENT.into()),
        _ => Ok(()),
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

/// A kept endpoint's document.
pub(super) fn document(object: &Object) -> Ruling<Endpoint> {
    Endpoint::from_json(&object.doc).map_err(|error| damaged(object, error))
}

/// Change its policies or its switch port.
pub(super) fn modify(tx: &Tx<'_>, object: &Object, settings: &str) -> Ruling<()> {
    let request = modify::request(&tx.profile, &modify::ENDPOINT, settings)?;
    let endpoint = document(object)?;
    let changed = match request.resource_type.as_deref() {
        Some("Policy") => with_policies(tx, (object, endpoint), &request)?,
        // The part of ordinal 0.
        _ => port::changed(tx, endpoint, &request)?,
    };
    tx.replace(object.seq, &changed.to_json())
}

/// The ports that it no longer maps are free.
fn with_policies(
    tx: &Tx<'_>,
    (object, mut endpoint): (&Object, Endpoint),
    request: &Modify,
) -> Ruling<Endpoint> {
    let given = (request, endpoint.policies.take().unwrap_or_default());
    let policies = policy::changed(&tx.profile, &modify::ENDPOINT_POLICIES, given)?;
    let changed = Endpoint { policies: Some(policies).filter(|policies| !policies.is_empty()), ..endpoint };
    let network = object.parent.map(|seq| tx.find_seq(seq)).transpose()?.flatten();
    let network = network::document(&network.ok_or(Code::NETWORK_NOT_FOUND)?)?;
    tx.free_ports(object.seq)?;
    let ports = policy::of_endpoint(&network, &changed)?;
    ports.iter().try_for_each(|port| tx.take_port(port, object.seq))?;
    Ok(changed)
}

/// Remove an endpoint: it leaves its namespace first, and all that it had taken is free.
pub(super) fn delete(tx: &Tx<'_>, endpoint: &Object) -> Ruling<()> {
    tx.detach(endpoint.seq)?;
    tx.remove(endpoint.seq)
}

#[cfg(test)]
mod tests;
