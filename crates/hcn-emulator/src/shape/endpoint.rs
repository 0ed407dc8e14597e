//! Endpoints: what a create may say.

use super::network::{DNS, ROUTE};
use super::policy::ENDPOINT as POLICIES;
use super::{Is, Shape, Since, base_and, member, newer};

/// A V2 document.
pub(crate) static ENDPOINT: Shape = base_and![
    member("HostComputeNetwork", Is::Guid),
    member("HostComputeNamespace", Is::Guid),
    member("Policies", Is::List(&Is::Policy(POLICIES))),
    member("IpConfigurations", Is::List(&Is::Object(&IP_CONFIG))),
    member("Dns", Is::Object(&DNS)),
    member("Routes", Is::List(&Is::Object(&ROUTE))),
    member("MacAddress", Is::Text),
    member("Flags", Is::Number(u32::MAX as u64)),
];

static IP_CONFIG: Shape = Shape(&[
    member("IpAddress", Is::Text),
    member("PrefixLength", Is::Number(u8::MAX as u64)),
    newer("IpSubnetId", Is::Guid, Since::Schema(3)),
]);
