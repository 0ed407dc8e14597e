//! Namespaces: what a create may say.

use super::{Is, Names, Shape, base_and, member, names, newer};

static TYPE: Names = names(&[("Host", 0), ("HostDefault", 0), ("Guest", 0), ("GuestDefault", 0)]);
static RESOURCE_TYPE: Names = names(&[("Container", 0), ("Endpoint", 0)]);
static RESOURCE: Shape = Shape(&[member("Type", Is::Name(&RESOURCE_TYPE)), member("Data", Is::AnyObject)]);

/// The minor number of schema 2 that no published schema reaches: members of releases after Server 2022.
const AFTER_SERVER_2022: u32 = 17;

/// A V2 document. `CreateWithCompartment` and `ReadyOnCreate` are what Server 2019 and 2022 call unknown.
pub(crate) static NAMESPACE: Shape = base_and![
    member("NamespaceId", Is::Number(u32::MAX as u64)),
    member("NamespaceGuid", Is::Guid),
    member("Type", Is::Name(&TYPE)),
    member("Resources", Is::List(&Is::Object(&RESOURCE))),
    newer("CreateWithCompartment", Is::Bool, AFTER_SERVER_2022),
    newer("ReadyOnCreate", Is::Bool, AFTER_SERVER_2022),
];

/// A V1 document: containerd's, or the body of `HNSCall("POST", "/namespaces/")`.
pub(crate) static NAMESPACE_V1: Shape = base_and![
    member("IsDefault", Is::Bool),
    member("ResourceList", Is::List(&Is::Object(&RESOURCE))),
    member("CompartmentId", Is::Number(u32::MAX as u64)),
    member("CompartmentGuid", Is::Guid),
];
