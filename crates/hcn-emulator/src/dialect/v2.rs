//! V2 documents: ids in lower case, plain enums by name, flags as numbers.

use hcn::{
    Endpoint, EndpointId, Extra, ExtraHealth, Guid, Health, Kind, Namespace, NamespaceId, NamespaceKind,
    Network, NetworkId, Raw, Resource, ResourceData, ResourceKind, SchemaVersion,
};

use crate::refusal::{Refusal, Ruling};
use crate::store::{Member, Object, Tx, damaged};

/// The compartment of the host itself.
const HOST_COMPARTMENT: Guid = Guid::from_u128(0xb1062982_2b18_4b4f_b3d5_a78ddb9cdd49);

pub(super) fn render(tx: &Tx<'_>, object: &Object) -> Ruling<String> {
    match object.kind {
        Kind::Network => Ok(Network { extra: Extra::default(), ..network(tx, object)? }.to_json()),
        Kind::Endpoint => Ok(Endpoint { extra: Extra::default(), ..endpoint(tx, object)? }.to_json()),
        Kind::Namespace => Ok(namespace(tx, object)?.to_json()),
        Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
            Err(Refusal::not_modelled(format_args!("documents of {}s", object.kind.noun())))
        }
    }
}

/// What the service says of every object.
struct Said {
    version: Option<u64>,
    health: Option<Health>,
    schema_version: Option<SchemaVersion>,
}

fn said(tx: &Tx<'_>) -> Said {
    let details = ExtraHealth { shared_containers: Raw::parse("[]").ok(), ..ExtraHealth::default() };
    Said {
        version: Some(tx.profile.version()),
        health: Some(Health { details: Some(details), ..Health::default() }),
        schema_version: Some(SchemaVersion { major: 2, minor: tx.profile.schema }),
    }
}

/// A network with what is kept aside. NAT is what the service leaves out as a type, being the default.
pub(super) fn network(tx: &Tx<'_>, object: &Object) -> Ruling<Network> {
    let kept = Network::from_json(&object.doc).map_err(|error| damaged(object, error))?;
    let Said { version, health, schema_version } = said(tx);
    let kind = Some(kept.kind()).filter(|kind| *kind != Default::default());
    Ok(Network { id: Some(NetworkId(object.id)), version, health, schema_version, kind, ..kept })
}

/// An endpoint with what is kept aside, and with the namespace that it is in; in none, that is the zero GUID.
pub(super) fn endpoint(tx: &Tx<'_>, object: &Object) -> Ruling<Endpoint> {
    let kept = Endpoint::from_json(&object.doc).map_err(|error| damaged(object, error))?;
    let Said { version, health, schema_version } = said(tx);
    let host_compute_namespace = Some(NamespaceId(tx.namespace_of(object.seq)?.unwrap_or_default()));
    let id = Some(EndpointId(object.id));
    Ok(Endpoint { id, version, health, schema_version, host_compute_namespace, ..kept })
}

/// A namespace with its resources. No container ever starts here, so that only the host's has a compartment.
pub(super) fn namespace(tx: &Tx<'_>, object: &Object) -> Ruling<Namespace> {
    let kept = Namespace::from_json(&object.doc).map_err(|error| damaged(object, error))?;
    let Said { version, health, schema_version } = said(tx);
    let kind = kept.kind();
    let compartment = Some((1, HOST_COMPARTMENT)).filter(|_| kind == NamespaceKind::HostDefault);
    let resources: Vec<Resource> = tx.members(object.seq)?.into_iter().map(resource).collect();
    Ok(Namespace {
        id: Some(NamespaceId(object.id)),
        version,
        health,
        schema_version,
        namespace_id: compartment.map(|(number, _)| number),
        namespace_guid: compartment.map(|(_, guid)| guid),
        kind: Some(kind),
        resources: Some(resources).filter(|resources| !resources.is_empty()),
        ..kept
    })
}

/// An endpoint's id is in upper case here: clients compare it so.
fn resource(member: Member) -> Resource {
    let (kind, id) = match member.kind.as_str() {
        "Endpoint" => (ResourceKind::Endpoint, member.id.to_uppercase()),
        _ => (ResourceKind::Container, member.id),
    };
    let data = ResourceData { id: Some(id), ..ResourceData::default() };
    Resource { kind: Some(kind), data: Some(data), ..Resource::default() }
}
