//! What create, modify and delete mean: one file per kind.
//!
//! A rule checks, then writes, inside one transaction; a refusal rolls everything back.

pub(crate) mod aside;
mod endpoint;
mod holding;
mod namespace;
mod network;
mod policy;

pub(crate) use endpoint::{is_remote, port};
pub(crate) use holding::{gives, holdings, share_a_prefix};
pub(crate) use namespace::HOST_DEFAULT;

use hcn::{Code, Guid, Kind};

use crate::refusal::{Refusal, Ruling};
use crate::store::{Object, Tx};

/// What a create was given.
pub(crate) struct New<'a> {
    /// The network behind the handle that came along.
    pub(crate) network: Option<Object>,
    /// Zero lets the document's `ID`, else the service, choose.
    pub(crate) id: Guid,
    pub(crate) settings: &'a str,
}

/// Refuse the kinds that are not modelled.
pub(crate) fn modelled(kind: Kind) -> Ruling<()> {
    match kind {
        Kind::Network | Kind::Endpoint | Kind::Namespace => Ok(()),
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => Err(not_modelled(kind)),
    }
}

fn not_modelled(kind: Kind) -> Refusal {
    Refusal::not_modelled(format_args!("{}s", kind.noun()))
}

/// Make an object; its row.
pub(crate) fn create(tx: &Tx<'_>, kind: Kind, new: &New<'_>) -> Ruling<i64> {
    match kind {
        Kind::Network => network::create(tx, new),
        Kind::Endpoint => endpoint::create(tx, new),
        Kind::Namespace => namespace::create(tx, new),
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => Err(not_modelled(kind)),
    }
}

/// Change an object.
pub(crate) fn modify(tx: &Tx<'_>, object: &Object, settings: &str) -> Ruling<()> {
    match object.kind {
        Kind::Network => network::modify(tx, object, settings),
        Kind::Endpoint => endpoint::modify(tx, object, settings),
        Kind::Namespace => namespace::modify(tx, object, settings),
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => Err(not_modelled(object.kind)),
    }
}

/// Remove an object with all that goes with it.
pub(crate) fn delete(tx: &Tx<'_>, object: &Object) -> Ruling<()> {
    match object.kind {
        // A network's endpoints vanish with it, and so does what they had taken; namespaces go on naming them.
        Kind::Network => {
            tx.abandon(object.seq)?;
            tx.remove(object.seq)
        }
        Kind::Endpoint => endpoint::delete(tx, object),
        Kind::Namespace => namespace::delete(tx, object),
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => Err(not_modelled(object.kind)),
    }
}

/// The object of this kind and id, or the kind's own code for "not there".
pub(crate) fn find(tx: &Tx<'_>, kind: Kind, id: Guid) -> Ruling<Object> {
    let absent = match kind {
        Kind::Network => Code::NETWORK_NOT_FOUND,
        Kind::Endpoint => Code::ENDPOINT_NOT_FOUND,
        // There is no HCN_E_ code for an absent namespace.
        Kind::Namespace | Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
            Code::ELEMENT_NOT_FOUND
        }
    };
    tx.find(kind, id)?.ok_or_else(|| absent.into())
}

/// The new object's id: the argument, else the document's, else one of the service's own.
fn identity(argument: Guid, document: Option<Guid>) -> Guid {
    let given = [Some(argument), document].into_iter().flatten().find(|id| !id.is_zero());
    given.unwrap_or_else(Guid::random)
}

/// The longest name, in UTF-16 units: an interface's alias, which is made of it, has no room for more.
const LONGEST_NAME: usize = 256;

/// A name that the service can keep.
///
/// INFERRED: longer ones and such with a NUL are refused with E_INVALIDARG; creating objects with them on a real Windows
/// would settle it.
fn named(name: Option<&str>) -> Ruling<()> {
    let name = name.unwrap_or_default();
    if name.contains('\0') {
        return Err(Refusal::detailed(Code::INVALID_ARGUMENT, "Name holds a NUL"));
    }
    match name.encode_utf16().count() {
        0..=LONGEST_NAME => Ok(()),
        length => Err(Refusal::detailed(
            Code::INVALID_ARGUMENT,
            format_args!("Name has {length} characters; at most {LONGEST_NAME} fit"),
        )),
    }
}

/// A number that nobody can foresee: 62 random bits of a GUID.
fn chance() -> u64 {
    Guid::random().as_u128() as u64 & (u64::MAX >> 2)
}
