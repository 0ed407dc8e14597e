//! Documents: the service's JSON objects as plain structs.
//!
//! Every member is an `Option`: what was not set is never written (older releases refuse members that they do
//! not know), `null` reads as absent, and what hcn does not know is kept in [`Extra`] byte for byte, after the
//! known members, duplicates included. Accessors such as [`Network::kind`] supply the service's defaults.
//!
//! One file per kind of document. `serde(flatten)` could not do this: it reorders, merges duplicates, loses
//! numbers beyond 64 bits and the path of an error. Hence the `document!` macro.

#[macro_use]
mod macros;
mod base;
mod endpoint;
mod extra;
mod modify;
mod namespace;
mod network;
mod open;
mod policy;
mod query;
mod raw;

pub use base::{ExtraHealth, Health, SchemaVersion, Telemetry};
pub use endpoint::{Endpoint, EndpointFlags, IpConfig};
pub use extra::Extra;
pub use modify::{
    ContainerMember, EndpointMember, Extension, IpSubnets, Modify, Part, Port, RequestType, Subnets,
};
pub use namespace::{Namespace, NamespaceKind, Resource, ResourceData, ResourceKind};
pub use network::{
    Dns, IpSubnet, IpSubnetFlags, Ipam, IpamKind, MacPool, MacRange, Network, NetworkFlags, NetworkKind,
    Route, Subnet, SubnetFlags,
};
pub use open::Unknown;
pub use policy::{
    Acl, AclAction, AclDirection, AclRuleType, NatFlags, NetAdapterName, OnEndpoint, OnNetwork, OnSubnet,
    OutBoundNat, Policy, PolicyKind, PolicyOwner, PortMapping, ProviderAddress, SdnRoute, Settings, Vlan,
    Vsid,
};
pub use query::{Filter, QueryDocument};
pub use raw::{InvalidDocument, Raw};

#[cfg(test)]
mod tests;
