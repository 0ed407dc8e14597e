//! V1 documents: the older HNS form, ids in upper case.
//!
//! INFERRED: upper case for all kinds, as on older builds (newer ones write endpoints' ids in lower case); a V1
//! query on Server 2019 would settle it.

use hcn::{Guid, Kind, NamespaceKind};
use serde_json::{Value, json};

use super::v2;
use crate::refusal::{Refusal, Ruling};
use crate::store::{Object, Tx};

pub(super) fn render(tx: &Tx<'_>, object: &Object) -> Ruling<Value> {
    match object.kind {
        Kind::Namespace => namespace(tx, object),
        Kind::Network | Kind::Endpoint | Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
            Err(Refusal::not_modelled(format_args!("documents of {}s", object.kind.noun())))
        }
    }
}

fn upper(id: Guid) -> String {
    id.to_string().to_uppercase()
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
        "ID": upper(object.id),
        "IsDefault": v2.kind() == NamespaceKind::HostDefault,
        "Policies": [],
        "SchemaVersion": { "Major": 0, "Minor": 0 },
        "State": 1,
        "Version": tx.profile.version(),
    });
    if let Some(name) = &v2.name {
        v1["Name"] = name.as_str().into();
    }
    if let Some(resources) = &v2.resources {
        v1["ResourceList"] = json!(resources);
    }
    Ok(v1)
}
