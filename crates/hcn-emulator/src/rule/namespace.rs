//! Namespaces: compartments that endpoints and containers are added to.

use hcn::{
    Code, EndpointMember, Guid, Kind, Modify, Namespace, NamespaceKind, RequestType, Resource, SchemaVersion,
};
use serde::Deserialize;

use super::{New, endpoint, find, identity, is_remote, named};
use crate::dialect::Dialect;
use crate::refusal::{Refusal, Ruling};
use crate::shape::{canonical, modify, namespace};
use crate::store::{Member, Object, Tx};

/// The host's own namespace has this id on unrelated machines.
pub(crate) const HOST_DEFAULT: Guid = Guid::from_u128(0x910f7d92_ba2d_4c3f_98ae_7c0ac590d2dc);

/// Make a namespace. The host's own is what every create of its type returns, whatever id it asks for.
///
/// INFERRED: the host's own is made on first use and can be deleted, as clients' tests expect it to be; listing the
/// namespaces of a fresh host would settle it. An id that is taken gives 0x800700B7; creating twice under one id on
/// a real Windows would settle it.
pub(super) fn create(tx: &Tx<'_>, new: &New<'_>) -> Ruling<i64> {
    let asked = understood(tx, new.settings)?;
    named(asked.name.as_deref())?;
    let id = match asked.kind() {
        NamespaceKind::HostDefault => HOST_DEFAULT,
        _ => identity(new.id, asked.id.map(Guid::from)),
    };
    match tx.find(Kind::Namespace, id)? {
        Some(there) if id == HOST_DEFAULT => Ok(there.seq),
        Some(_) => Err(Code::ALREADY_EXISTS.into()),
        None => filled(tx, id, asked),
    }
}

/// A new namespace with what its document puts into it.
///
/// INFERRED: it is as if each resource had been added afterwards; a create with an endpoint in it on a real Windows
/// would settle it.
fn filled(tx: &Tx<'_>, id: Guid, asked: Namespace) -> Ruling<i64> {
    let resources = asked.resources.clone().unwrap_or_default();
    let seq = keep(tx, id, asked)?;
    let namespace = tx.find_seq(seq)?.ok_or(Code::UNEXPECTED)?;
    for resource in resources {
        match (resource.endpoint(), resource.container()) {
            (Some(endpoint), _) => add_endpoint(tx, &namespace, endpoint.into())?,
            (_, Some(container)) => tx.join(seq, &contained(container), None)?,
            _ => return Err(Refusal::json("Data", "MissingField")),
        }
    }
    Ok(seq)
}

fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Namespace> {
    match Dialect::of_document(settings) {
        Dialect::V2 => parse(&canonical(&tx.profile, &namespace::NAMESPACE, settings)?),
        Dialect::V1 => from_v1(&canonical(&tx.profile, &namespace::NAMESPACE_V1, settings)?),
    }
}

fn parse(canonical: &str) -> Ruling<Namespace> {
    Namespace::from_json(canonical).map_err(|_| Code::INVALID_JSON.into())
}

/// A V1 document knows only whether it is about the host's own namespace.
///
/// INFERRED: members of V2 documents are unknown to it (`Type` without a SchemaVersion is refused); such a create on
/// a real Windows would settle it.
fn from_v1(canonical: &str) -> Ruling<Namespace> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct V1 {
        #[serde(default)]
        is_default: bool,
        resource_list: Option<Vec<Resource>>,
    }
    let v1: V1 = serde_json::from_str(canonical).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let kind = if v1.is_default { NamespaceKind::HostDefault } else { NamespaceKind::Host };
    Ok(Namespace { kind: Some(kind), resources: v1.resource_list, ..parse(canonical)? })
}

/// A compartment comes with the first container, so that none is kept; the `NamespaceId` of a create has no effect.
fn keep(tx: &Tx<'_>, id: Guid, asked: Namespace) -> Ruling<i64> {
    let name = asked.name.clone().unwrap_or_default();
    let doc = Namespace {
        owner: asked.owner,
        name: asked.name,
        additional_params: asked.additional_params,
        kind: asked.kind,
        schema_version: Some(SchemaVersion::V2),
        ..Namespace::default()
    };
    tx.insert(&Object { seq: 0, kind: Kind::Namespace, id, parent: None, name, doc: doc.to_json() })
}

/// Add or remove an endpoint or a container.
pub(super) fn modify(tx: &Tx<'_>, namespace: &Object, settings: &str) -> Ruling<()> {
    let request = modify::request(&tx.profile, &modify::NAMESPACE, settings)?;
    let asked = request.request_type.clone().unwrap_or_default();
    match (request.resource_type.as_deref(), asked) {
        (Some("Endpoint"), RequestType::Add) => add_endpoint(tx, namespace, endpoint_id(tx, &request)?),
        (Some("Endpoint"), RequestType::Remove) => remove(tx, namespace, &member(endpoint_id(tx, &request)?)),
        (_, RequestType::Add) => tx.join(namespace.seq, &container(tx, &request)?, None),
        (_, RequestType::Remove) => remove(tx, namespace, &container(tx, &request)?),
        // INFERRED: the code; an Update on a real Windows would settle it.
        (_, _) => Err(Code::REQUEST_UNSUPPORTED.into()),
    }
}

fn endpoint_id(tx: &Tx<'_>, request: &Modify) -> Ruling<Guid> {
    let settings: EndpointMember = modify::settings(&tx.profile, &modify::ENDPOINT_ID, request)?;
    settings.endpoint_id.map(Guid::from).ok_or_else(|| Refusal::json("EndpointId", "MissingField"))
}

fn container(tx: &Tx<'_>, request: &Modify) -> Ruling<Member> {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(rename = "ContainerId")]
        id: Option<String>,
    }
    let settings: Settings = modify::settings(&tx.profile, &modify::CONTAINER_ID, request)?;
    let id = settings.id.ok_or_else(|| Refusal::json("ContainerId", "MissingField"))?;
    Ok(contained(&id))
}

fn contained(container: &str) -> Member {
    Member { kind: "Container".into(), id: container.to_owned() }
}

fn member(endpoint: Guid) -> Member {
    Member { kind: "Endpoint".into(), id: endpoint.to_string() }
}

/// INFERRED: an endpoint that is in a namespace, this one included, is refused with 0x803B002B, and an absent one
/// with 0x803B0002; both adds on a real Windows would settle it. INFERRED: a remote endpoint with 0x803B0035; adding one
/// on a real Windows would settle it.
fn add_endpoint(tx: &Tx<'_>, namespace: &Object, id: Guid) -> Ruling<()> {
    let endpoint = find(tx, Kind::Endpoint, id)?;
    if is_remote(&endpoint::document(&endpoint)?) {
        return Err(Code::ENDPOINT_NOT_LOCAL.into());
    }
    match tx.namespace_of(endpoint.seq)? {
        Some(_) => Err(Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS.into()),
        None => tx.join(namespace.seq, &member(id), Some(endpoint.seq)),
    }
}

/// INFERRED: what is not in the namespace gives 0x80070490 (0x803B0034 is the other candidate); removing an
/// endpoint twice on a real Windows would settle it.
fn remove(tx: &Tx<'_>, namespace: &Object, member: &Member) -> Ruling<()> {
    if tx.leave(namespace.seq, member)? { Ok(()) } else { Err(Code::ELEMENT_NOT_FOUND.into()) }
}

/// Remove a namespace. A container in it is in the way.
///
/// INFERRED: endpoints are not, and stay, detached (plugins see it so after a failed DEL); deleting a namespace with
/// one in it on a real Windows would settle it.
pub(super) fn delete(tx: &Tx<'_>, namespace: &Object) -> Ruling<()> {
    if tx.members(namespace.seq)?.iter().any(|member| member.kind == "Container") {
        return Err(Code::REQUEST_UNSUPPORTED.into());
    }
    tx.remove(namespace.seq)
}

#[cfg(test)]
mod tests;
