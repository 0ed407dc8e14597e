//! Policies: the types of each owner by ordinal, and what their settings may contain.
//!
//! Settings keep their bytes; here they are only checked. What a release does not know it calls an invalid type.

use super::{Is, Member, Names, Shape, Since, member, names, newer};

/// A type of policy.
#[derive(Debug)]
pub(crate) struct PolicyShape {
    pub(crate) name: &'static str,
    pub(crate) settings: Shape,
    pub(crate) since: Since,
}

const fn policy(name: &'static str, settings: &'static [Member]) -> PolicyShape {
    PolicyShape { name, settings: Shape(settings), since: Since::ALWAYS }
}

const fn newer_policy(name: &'static str, settings: &'static [Member], since: Since) -> PolicyShape {
    PolicyShape { name, settings: Shape(settings), since }
}

const TEXTS: Is = Is::List(&Is::Text);
const OBJECTS: Is = Is::List(&Is::AnyObject);
const U16: Is = Is::Number(u16::MAX as u64);
const U32: Is = Is::Number(u32::MAX as u64);
const U64: Is = Is::Number(u64::MAX);

const ISOLATION: &[Member] = &[member("IsolationId", U32)];
const PROVIDER_ADDRESS: &[Member] = &[member("ProviderAddress", Is::Text)];
const INTERFACE_CONSTRAINT: &[Member] = &[
    member("InterfaceGuid", Is::Text),
    member("InterfaceLuid", U64),
    member("InterfaceIndex", U32),
    member("InterfaceMediaType", U32),
    member("InterfaceAlias", Is::Text),
    member("InterfaceDescription", Is::Text),
];
/// hcsshim spells two of them its own way.
const L4_PROXY: &[Member] = &[
    member("IP", Is::Text),
    member("Port", Is::Text),
    member("Protocol", U32),
    member("Destination", Is::Text),
    member("ExceptionList", TEXTS),
    member("Exceptions", TEXTS),
    member("OutboundNat", Is::Bool),
];
static ACTION: Names =
    names(&[("Allow", Since::ALWAYS), ("Block", Since::ALWAYS), ("Pass", Since::Schema(10))]);
static DIRECTION: Names = names(&[("In", Since::ALWAYS), ("Out", Since::ALWAYS)]);
static RULE_TYPE: Names = names(&[("Host", Since::ALWAYS), ("Switch", Since::ALWAYS)]);
const ACL: &[Member] = &[
    member("Protocols", Is::Text),
    member("Action", Is::Name(&ACTION)),
    member("Direction", Is::Name(&DIRECTION)),
    member("LocalAddresses", Is::Text),
    member("RemoteAddresses", Is::Text),
    member("LocalPorts", Is::Text),
    member("RemotePorts", Is::Text),
    member("RuleType", Is::Name(&RULE_TYPE)),
    member("Priority", U16),
    member("Id", Is::Text),
];

/// Policies of a network.
pub(crate) const NETWORK: &[PolicyShape] = &[
    policy("SourceMacAddress", &[member("SourceMacAddress", Is::Text)]),
    policy("NetAdapterName", &[member("NetworkAdapterName", Is::Text)]),
    policy("InterfaceConstraint", INTERFACE_CONSTRAINT),
    policy("VSwitchExtension", &[member("ExtensionID", Is::Text), member("Enable", Is::Bool)]),
    policy("ProviderAddress", PROVIDER_ADDRESS),
    policy("DrMacAddress", &[member("Address", Is::Text)]),
    policy("AutomaticDNS", &[member("Enable", Is::Bool)]),
    policy(
        "RemoteSubnetRoute",
        &[
            member("DestinationPrefix", Is::Text),
            member("IsolationId", U32),
            member("ProviderAddress", Is::Text),
            member("DistributedRouterMacAddress", Is::Text),
        ],
    ),
    newer_policy("VxlanPort", &[member("Port", U16)], Since::Service(10, 3)),
    policy("HostRoute", &[]),
    newer_policy(
        "SetPolicy",
        &[
            member("Id", Is::Text),
            member("Name", Is::Text),
            member("PolicyType", Is::Any),
            member("Values", Is::Text),
        ],
        Since::Service(13, 0),
    ),
    newer_policy("L4Proxy", L4_PROXY, Since::Service(9, 5)),
    policy("LayerConstraint", &[member("LayerId", Is::Guid)]),
    newer_policy("NetworkACL", ACL, Since::Service(15, 0)),
    newer_policy(
        "NeighborDiscovery",
        &[
            member("TargetIpPrefix", Is::Text),
            member("SenderIpAddress", Is::Text),
            member("SenderMacAddress", Is::Text),
        ],
        Since::Schema(14),
    ),
];

/// Policies of a subnet.
pub(crate) const SUBNET: &[PolicyShape] = &[policy("VLAN", ISOLATION), policy("VSID", ISOLATION)];

/// Policies of an endpoint.
pub(crate) const ENDPOINT: &[PolicyShape] = &[
    policy(
        "PortMapping",
        &[
            member("Protocol", U32),
            member("InternalPort", U16),
            member("ExternalPort", U16),
            member("VIP", Is::Text),
            member("Flags", U32),
        ],
    ),
    policy("ACL", ACL),
    policy("QOS", &[member("MaximumOutgoingBandwidthInBytes", U64)]),
    policy("L2Driver", &[]),
    policy(
        "OutBoundNAT",
        &[
            member("VirtualIP", Is::Text),
            member("Exceptions", TEXTS),
            member("Destinations", TEXTS),
            member("Flags", U32),
            member("MaxPortPoolUsage", U16),
        ],
    ),
    policy(
        "SDNRoute",
        &[
            member("DestinationPrefix", Is::Text),
            member("NextHop", Is::Text),
            member("NeedEncap", Is::Bool),
            member("AutomaticEndpointMonitor", Is::Bool),
        ],
    ),
    newer_policy("L4Proxy", L4_PROXY, Since::Service(9, 5)),
    newer_policy(
        "L4WFPPROXY",
        &[
            member("InboundProxyPort", Is::Text),
            member("OutboundProxyPort", Is::Text),
            member("FilterTuple", Is::AnyObject),
            member("UserSID", Is::Text),
            newer("InboundExceptions", Is::AnyObject, Since::Schema(14)),
            newer("OutboundExceptions", Is::AnyObject, Since::Schema(14)),
        ],
        Since::Schema(5),
    ),
    policy("ProviderAddress", PROVIDER_ADDRESS),
    policy("PortName", &[member("Name", Is::Text)]),
    policy("EncapOverhead", &[member("Overhead", U16)]),
    policy("InterfaceConstraint", INTERFACE_CONSTRAINT),
    newer_policy("Encryption", ENCRYPTION, Since::Schema(1)),
    newer_policy("VLAN", ISOLATION, Since::Schema(4)),
    newer_policy("InterfaceParameters", &[member("Mtu", U16)], Since::Schema(4)),
    newer_policy(
        "Iov",
        &[
            member("IovOffloadWeight", U32),
            member("QueuePairsRequested", U32),
            member("InterruptModeration", U32),
        ],
        Since::Schema(9),
    ),
    newer_policy("TierAcl", TIER_ACL, Since::Schema(10)),
    newer_policy(
        "VmNic",
        &[member("DeviceInstanceId", Is::Text), member("VfInstanceId", Is::Text)],
        Since::Schema(16),
    ),
    newer_policy(
        "Firewall",
        &[member("VmCreatorId", Is::Guid), member("PolicyFlags", U32)],
        Since::Schema(16),
    ),
];

const ENCRYPTION: &[Member] = &[
    member("EncryptionMethodType", Is::Any),
    member("AuthenticationMethods", OBJECTS),
    member("Name", Is::Text),
    member("Endpoints1", TEXTS),
    member("Endpoints2", TEXTS),
    member("ProtocolType", U32),
    member("Endpoint1Ports", Is::List(&Is::Any)),
    member("Endpoint2Ports", Is::List(&Is::Any)),
];
const TIER_ACL: &[Member] = &[
    member("Name", Is::Text),
    member("Direction", Is::Name(&DIRECTION)),
    member("Order", U16),
    member("TierAclRules", OBJECTS),
];
