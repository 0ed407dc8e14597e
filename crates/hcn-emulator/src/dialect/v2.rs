//! V2 documents: ids in lower case, plain enums by name, flags as numbers.

use hcn::{
    ExtraHealth, Guid, Health, Kind, Namespace, NamespaceId, NamespaceKind, Raw, Resource, ResourceData,
    ResourceKind, SchemaVersion,
};

use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};
use crate::store::{Member, Object, Tx, damaged};

/// The compartment of the host itself.
pub(super) const HOST_COMPARTMENT: Guid = Guid::from_u128(0xb1062982_2b18_4b4f_b3d5_a78ddb9cdd49);

pub(super) fn render(tx: &Tx<'_>, object: &Object) -> Ruling<String> {
    match object.kind {
        Kind::Namespace => Ok(namespace(tx, object)?.to_json()),
        Kind::Network | Kind::Endpoint | Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
            Err(Refusal::not_modelled(format_args!("documents of {}s", object.kind.noun())))
        }
    }
}

/// What every object says of itself.
macro_rules! with_base {
    ($document:ident, $id:expr, $profile:expr) => {{
        $document.id = Some($id.into());
        $document.version = Some(Profile::version(&$profile));
        $document.health = Some(health());
        $document.schema_version = Some(SchemaVersion { major: 2, minor: $profile.schema });
    }};
}

fn health() -> Health {
    let nobody = Raw::parse("[]").ok();
    let details = ExtraHealth { shared_containers: nobody, ..ExtraHealth::default() };
    Health { details: Some(details), ..Health::default() }
}

/// A namespace with its resources. No container ever starts here, so that only the host's has a compartment.
pub(super) fn namespace(tx: &Tx<'_>, object: &Object) -> Ruling<Namespace> {
    let mut namespace = Namespace::from_json(&object.doc).map_err(|error| damaged(object, error))?;
    with_base!(namespace, NamespaceId(object.id), tx.profile);
    namespace.kind = Some(namespace.kind());
    if namespace.kind() == NamespaceKind::HostDefault {
        namespace.namespace_id = Some(1);
        namespace.namespace_guid = Some(HOST_COMPARTMENT);
    }
    let resources: Vec<Resource> = tx.members(object.seq)?.into_iter().map(resource).collect();
    namespace.resources = Some(resources).filter(|resources| !resources.is_empty());
    Ok(namespace)
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
