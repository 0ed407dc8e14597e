//! The envelope of a modify, and what each request's settings may contain.

use hcn::{Code, Modify, Raw};
use serde::de::DeserializeOwned;

use super::{Is, Names, Shape, Since, canonical, member, names, policy};
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};

static REQUEST_TYPE: Names = names(&[
    ("Add", Since::ALWAYS),
    ("Remove", Since::ALWAYS),
    ("Update", Since::ALWAYS),
    ("Refresh", Since::ALWAYS),
    ("Reset", Since::ALWAYS),
]);
static NETWORK_RESOURCE: Names = names(&[
    ("DNS", Since::ALWAYS),
    ("Extension", Since::ALWAYS),
    ("Policy", Since::ALWAYS),
    ("Subnet", Since::Schema(6)),
    ("IPSubnet", Since::Schema(6)),
]);
static ENDPOINT_RESOURCE: Names = names(&[("Port", Since::ALWAYS), ("Policy", Since::ALWAYS)]);
static NAMESPACE_RESOURCE: Names = names(&[("Container", Since::ALWAYS), ("Endpoint", Since::ALWAYS)]);

/// The envelope of requests about these parts.
macro_rules! envelope {
    ($resources:expr) => {
        Shape(&[
            member("ResourceUri", Is::Text),
            member("RequestType", Is::Name(&REQUEST_TYPE)),
            member("ResourceType", Is::Name($resources)),
            member("Settings", Is::AnyObject),
        ])
    };
}

/// `HcnModifyNetwork`.
pub(crate) static NETWORK: Shape = envelope!(&NETWORK_RESOURCE);
/// `HcnModifyEndpoint`.
pub(crate) static ENDPOINT: Shape = envelope!(&ENDPOINT_RESOURCE);
/// `HcnModifyNamespace`.
pub(crate) static NAMESPACE: Shape = envelope!(&NAMESPACE_RESOURCE);

/// Settings that list a network's policies.
pub(crate) static NETWORK_POLICIES: Shape =
    Shape(&[member("Policies", Is::List(&Is::Policy(policy::NETWORK)))]);
/// Settings that list an endpoint's policies.
pub(crate) static ENDPOINT_POLICIES: Shape =
    Shape(&[member("Policies", Is::List(&Is::Policy(policy::ENDPOINT)))]);
/// Settings that turn a switch extension on or off.
pub(crate) static EXTENSION: Shape = Shape(&[member("Id", Is::Guid), member("IsEnabled", Is::Bool)]);
/// Settings that attach an endpoint to a switch port.
pub(crate) static PORT: Shape = Shape(&[
    member("PortId", Is::Guid),
    member("VirtualNicName", Is::Text),
    member("VirtualMachineId", Is::Guid),
]);
/// Settings that name an endpoint.
pub(crate) static ENDPOINT_ID: Shape = Shape(&[member("EndpointId", Is::Guid)]);
/// Settings that name a container.
pub(crate) static CONTAINER_ID: Shape = Shape(&[member("ContainerId", Is::Text)]);

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
