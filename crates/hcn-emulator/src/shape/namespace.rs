//! Namespaces: what a create may say.

use super::{Is, Names, Shape, Since, base_and, member, names, newer};

static TYPE: Names = names(&[
    ("Host", Since::ALWAYS),
    ("HostDefault", Since::ALWAYS),
    ("Guest", Since::ALWAYS),
    ("GuestDefault", Since::ALWAYS),
]);
static RESOURCE_TYPE: Names = names(&[("Container", Since::ALWAYS), ("Endpoint", Since::ALWAYS)]);
static RESOURCE: Shape = Shape(&[member("Type", Is::Name(&RESOURCE_TYPE)), member("Data", Is::AnyObject)]);

/// A V2 document. `CreateWithCompartment` and `ReadyOnCreate` are what Server 2019 and 2022 call unknown.
///
/// INFERRED: the first service that knows `CreateWithCompartment` (Windows 11's); creates on releases after Server
/// 2022 would settle it.
pub(crate) static NAMESPACE: Shape = base_and![
    member("NamespaceId", Is::Number(u32::MAX as u64)),
    member("NamespaceGuid", Is::Guid),
    member("Type", Is::Name(&TYPE)),
    member("Resources", Is::List(&Is::Object(&RESOURCE))),
    newer("CreateWithCompartment", Is::Bool, Since::Service(14, 0)),
    newer("ReadyOnCreate", Is::Bool, Since::Service(15, 2)),
];

/// A V1 document: containerd's, or the body of `HNSCall("POST", "/namespaces/")`.
pub(crate) static NAMESPACE_V1: Shape = base_and![
    member("IsDefault", Is::Bool),
    member("ResourceList", Is::List(&Is::Object(&RESOURCE))),
    member("CompartmentId", Is::Number(u32::MAX as u64)),
    member("CompartmentGuid", Is::Guid),
];
