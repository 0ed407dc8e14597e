//! The envelope of a modify, and what each request's settings may contain.

use hcn::{Code, Modify, Raw};
use serde::de::DeserializeOwned;

use super::{Is, Names, Shape, Since, canonical, member, names};
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};

static REQUEST_TYPE: Names = names(&[
    ("Add", Since::ALWAYS),
    ("Remove", Since::ALWAYS),
    ("Update", Since::ALWAYS),
    ("Refresh", Since::ALWAYS),
    ("Reset", Since::ALWAYS),
]);
static NAMESPACE_RESOURCE: Names = names(&[("Container", Since::ALWAYS), ("Endpoint", Since::ALWAYS)]);

/// `HcnModifyNamespace`.
pub(crate) static NAMESPACE: Shape = Shape(&[
    member("ResourceUri", Is::Text),
    member("RequestType", Is::Name(&REQUEST_TYPE)),
    member("ResourceType", Is::Name(&NAMESPACE_RESOURCE)),
    member("Settings", Is::AnyObject),
]);
/// Settings that name an endpoint.
pub(crate) static ENDPOINT: Shape = Shape(&[member("EndpointId", Is::Guid)]);
/// Settings that name a container.
pub(crate) static CONTAINER: Shape = Shape(&[member("ContainerId", Is::Text)]);

/// Understand a modify as far as its settings.
pub(crate) fn request(profile: &Profile, shape: &Shape, text: &str) -> Ruling<Modify> {
    let text = canonical(profile, shape, text)?;
    Modify::from_json(&text).map_err(|_| Refusal::from(Code::INVALID_JSON))
}

/// The settings, which the request cannot do without.
pub(crate) fn settings<T: DeserializeOwned>(profile: &Profile, shape: &Shape, request: &Modify) -> Ruling<T> {
    let missing = || Refusal::json("Settings", "MissingField");
    let settings = request.settings.as_ref().map(Raw::as_str).ok_or_else(missing)?;
    serde_json::from_str(&canonical(profile, shape, settings)?).map_err(|_| missing())
}
