//! Endpoints: what a create may say.

use super::network::{DNS, ROUTE, written_by_the_service};
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

/// A V1 document, as older clients send it. Its parts are checked once more as those of a V2 document.
pub(crate) static ENDPOINT_V1: Shape = written_by_the_service![
    member("VirtualNetwork", Is::Guid),
    member("VirtualNetworkName", Is::Text),
    member("Policies", Is::List(&Is::AnyObject)),
    member("MacAddress", Is::Text),
    member("IPAddress", Is::Text),
    member("PrefixLength", Is::Number(u8::MAX as u64)),
    member("IPv6Address", Is::Text),
    member("IPv6PrefixLength", Is::Number(u8::MAX as u64)),
    member("GatewayAddress", Is::Text),
    member("GatewayAddressV6", Is::Text),
    member("DNSSuffix", Is::Text),
    member("DNSServerList", Is::Text),
    member("DNSDomain", Is::Text),
    member("EnableInternalDNS", Is::Bool),
    member("DisableICC", Is::Bool),
    member("IsRemoteEndpoint", Is::Bool),
    member("EnableLowMetric", Is::Bool),
    member("EncapOverhead", Is::Number(u16::MAX as u64)),
    member("Namespace", Is::AnyObject),
    member("SharedContainers", Is::Any),
    member("StartTime", Is::Any),
    member("CreateProcessingStartTime", Is::Any),
    member("Type", Is::Any),
];
