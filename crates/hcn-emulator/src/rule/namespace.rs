//! Namespaces: compartments that endpoints and containers are added to.

use hcn::{Code, EndpointMember, Guid, Kind, Modify, Namespace, NamespaceKind, RequestType, SchemaVersion};
use serde::Deserialize;

use super::{New, find, identity};
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
    let id = match asked.kind() {
        NamespaceKind::HostDefault => HOST_DEFAULT,
        _ => identity(new.id, asked.id.map(Guid::from)),
    };
    match tx.find(Kind::Namespace, id)? {
        Some(there) if id == HOST_DEFAULT => Ok(there.seq),
        Some(_) => Err(Code::ALREADY_EXISTS.into()),
        None => keep(tx, id, asked),
    }
}

fn understood(tx: &Tx<'_>, settings: &str) -> Ruling<Namespace> {
    let asked = match Dialect::of_document(settings) {
        Dialect::V2 => parse(&canonical(&tx.profile, &namespace::NAMESPACE, settings)?)?,
        Dialect::V1 => from_v1(&canonical(&tx.profile, &namespace::NAMESPACE_V1, settings)?)?,
    };
    match &asked.resources {
        Some(resources) if !resources.is_empty() => {
            Err(Refusal::not_modelled("creating a namespace with resources in it; add them afterwards"))
        }
        _ => Ok(asked),
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
    struct V1 {
        #[serde(rename = "IsDefault", default)]
        is_default: bool,
    }
    let v1: V1 = serde_json::from_str(canonical).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let kind = if v1.is_default { NamespaceKind::HostDefault } else { NamespaceKind::Host };
    Ok(Namespace { kind: Some(kind), ..parse(canonical)? })
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
        (Some("Endpoint"), RequestType::Add) => add_endpoint(tx, namespace, endpoint(tx, &request)?),
        (Some("Endpoint"), RequestType::Remove) => remove(tx, namespace, &member(endpoint(tx, &request)?)),
        (_, RequestType::Add) => tx.join(namespace.seq, &container(tx, &request)?, None),
        (_, RequestType::Remove) => remove(tx, namespace, &container(tx, &request)?),
        (_, other) => Err(Refusal::not_modelled(format_args!("the request {other} on a namespace"))),
    }
}

fn endpoint(tx: &Tx<'_>, request: &Modify) -> Ruling<Guid> {
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
    Ok(Member { kind: "Container".into(), id })
}

fn member(endpoint: Guid) -> Member {
    Member { kind: "Endpoint".into(), id: endpoint.to_string() }
}

/// INFERRED: an endpoint that is in a namespace, this one included, is refused with 0x803B002B, and an absent one
/// with 0x803B0002; both adds on a real Windows would settle it.
fn add_endpoint(tx: &Tx<'_>, namespace: &Object, id: Guid) -> Ruling<()> {
    let endpoint = find(tx, Kind::Endpoint, id)?;
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
