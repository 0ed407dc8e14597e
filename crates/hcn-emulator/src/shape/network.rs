//! Networks: what a create may say.

use hcn::Code;

use super::policy::{NETWORK as POLICIES, SUBNET as SUBNET_POLICIES};
use super::{Is, Names, Shape, Since, base_and, member, names, newer};

static MODE: Names = Names {
    known: &[
        ("NAT", Since::ALWAYS),
        ("ICS", Since::ALWAYS),
        ("Transparent", Since::ALWAYS),
        ("L2Bridge", Since::ALWAYS),
        ("L2Tunnel", Since::ALWAYS),
        ("Overlay", Since::ALWAYS),
        ("Private", Since::ALWAYS),
        ("Internal", Since::ALWAYS),
        ("Mirrored", Since::Schema(4)),
        ("Infiniband", Since::Schema(4)),
        ("ConstrainedICS", Since::Schema(10)),
    ],
    otherwise: Code::INVALID_NETWORK_TYPE,
};

/// A V2 document.
pub(crate) static NETWORK: Shape = base_and![
    member("Type", Is::Name(&MODE)),
    member("Policies", Is::List(&Is::Policy(POLICIES))),
    member("MacPool", Is::Object(&MAC_POOL)),
    member("Dns", Is::Object(&DNS)),
    member("Ipams", Is::List(&Is::Object(&IPAM))),
    member("Flags", Is::Number(u32::MAX as u64)),
];

static MAC_POOL: Shape = Shape(&[member("Ranges", Is::List(&Is::Object(&MAC_RANGE)))]);
static MAC_RANGE: Shape = Shape(&[member("StartMacAddress", Is::Text), member("EndMacAddress", Is::Text)]);

/// Name resolution of a network or an endpoint.
pub(crate) static DNS: Shape = Shape(&[
    member("Domain", Is::Text),
    member("Search", Is::List(&Is::Text)),
    member("ServerList", Is::List(&Is::Text)),
    member("Options", Is::List(&Is::Text)),
]);

static IPAM_TYPE: Names = names(&[("Static", Since::ALWAYS), ("Dhcp", Since::ALWAYS)]);
static IPAM: Shape =
    Shape(&[member("Type", Is::Name(&IPAM_TYPE)), member("Subnets", Is::List(&Is::Object(&SUBNET)))]);
static SUBNET: Shape = base_and![
    member("IpAddressPrefix", Is::Text),
    member("Policies", Is::List(&Is::Policy(SUBNET_POLICIES))),
    member("Routes", Is::List(&Is::Object(&ROUTE))),
    newer("IpSubnets", Is::List(&Is::AnyObject), Since::Schema(3)),
    newer("Flags", Is::Number(u32::MAX as u64), Since::Schema(7)),
];

/// A route of a subnet or an endpoint.
pub(super) static ROUTE: Shape = Shape(&[
    member("NextHop", Is::Text),
    member("DestinationPrefix", Is::Text),
    member("Metric", Is::Number(u16::MAX as u64)),
]);

/// Members of V1 documents that only the service writes: clients send back what they read, and it is passed over.
macro_rules! written_by_the_service {
    ($($member:expr),* $(,)?) => {
        $crate::shape::base_and![
            $crate::shape::member("ActivityId", $crate::shape::Is::Any),
            $crate::shape::member("Resources", $crate::shape::Is::Any),
            $($member),*
        ]
    };
}
pub(super) use written_by_the_service;

/// A V1 document, as older clients and WSL send it. Its parts are checked once more as those of a V2 document.
pub(crate) static NETWORK_V1: Shape = written_by_the_service![
    member("Type", Is::Text),
    member("NetworkAdapterName", Is::Text),
    member("SourceMac", Is::Text),
    member("Policies", Is::List(&Is::AnyObject)),
    member("MacPools", Is::List(&Is::Object(&MAC_RANGE))),
    member("Subnets", Is::List(&Is::Object(&SUBNET_V1))),
    member("DNSSuffix", Is::Text),
    member("DNSServerList", Is::Text),
    member("DNSServerCompartment", Is::Number(u32::MAX as u64)),
    member("ManagementIP", Is::Text),
    member("AutomaticDNS", Is::Bool),
    member("Flags", Is::Number(u32::MAX as u64)),
    member("IPv6", Is::Bool),
    member("IsolateSwitch", Is::Bool),
    member("MaxConcurrentEndpoints", Is::Any),
    member("CurrentEndpointCount", Is::Any),
    member("TotalEndpoints", Is::Any),
    member("Extensions", Is::Any),
    member("LayeredOn", Is::Any),
    member("NatName", Is::Any),
    member("InterfaceConstraint", Is::AnyObject),
];

static SUBNET_V1: Shape = written_by_the_service![
    member("AddressPrefix", Is::Text),
    member("GatewayAddress", Is::Text),
    member("Policies", Is::List(&Is::AnyObject)),
    newer("IpSubnets", Is::List(&Is::AnyObject), Since::Schema(3)),
    member("Flags", Is::Any),
    member("ObjectType", Is::Any),
];
