//! Endpoints (`HostComputeEndpoint`): a NIC with addresses and policies on a network.

use super::{Dns, OnEndpoint, Policy, Route, SchemaVersion};
use crate::{EndpointId, Guid, NamespaceId, NetworkId};

document! {
    /// A NIC with addresses and policies on a network.
    pub struct Endpoint: Base<EndpointId> {
        /// The network it is on.
        host_compute_network: NetworkId = "HostComputeNetwork",
        /// The namespace it is in, zero when in none: see [`Endpoint::namespace`]. Read only.
        host_compute_namespace: NamespaceId = "HostComputeNamespace",
        /// Its policies.
        policies: Vec<Policy<OnEndpoint>> = "Policies",
        /// Its addresses; on create, absent lets the service choose.
        ip_configurations: Vec<IpConfig> = "IpConfigurations",
        /// Its name resolution.
        dns: Dns = "Dns",
        /// Its routes; on create, absent gives the subnet's gateway.
        routes: Vec<Route> = "Routes",
        /// Its MAC address in the form `00-15-5D-52-C0-00`.
        mac_address: String = "MacAddress",
        /// Bits of [`EndpointFlags`].
        flags: u32 = "Flags",
    }
}

impl Endpoint {
    /// An endpoint on this network, whose addresses the service chooses.
    pub fn on(network: NetworkId) -> Self {
        Self {
            schema_version: Some(SchemaVersion::V2),
            host_compute_network: Some(network),
            ..Self::default()
        }
    }

    /// With one more address of its own.
    #[must_use]
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.ip_configurations.get_or_insert_default().push(IpConfig::new(address));
        self
    }

    /// With one more policy.
    #[must_use]
    pub fn with_policy(mut self, policy: impl Into<Policy<OnEndpoint>>) -> Self {
        self.policies.get_or_insert_default().push(policy.into());
        self
    }

    /// The namespace it is in.
    pub fn namespace(&self) -> Option<NamespaceId> {
        self.host_compute_namespace.filter(|id| !id.0.is_zero())
    }

    /// Its bits.
    pub fn flags(&self) -> u32 {
        self.flags.unwrap_or_default()
    }

    /// Its addresses without their prefix lengths.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.ip_configurations.iter().flatten().filter_map(|config| config.ip_address.as_deref())
    }
}

/// The bits of an endpoint's `Flags`.
#[derive(Clone, Copy, Debug)]
pub struct EndpointFlags;

impl EndpointFlags {
    /// It is on another host: no port here, no namespace.
    pub const REMOTE_ENDPOINT: u32 = 1;
    /// No traffic to other containers.
    pub const DISABLE_INTER_COMPUTE_COMMUNICATION: u32 = 1 << 1;
    /// Mirrored.
    pub const ENABLE_MIRRORING: u32 = 1 << 2;
    /// Its interface has a low metric.
    pub const ENABLE_LOW_INTERFACE_METRIC: u32 = 1 << 3;
    /// Its DNS servers come before those of other interfaces.
    pub const OVERRIDE_DNS_SERVER_ORDER: u32 = 1 << 4;
    /// It gets its address by DHCP.
    pub const ENABLE_DHCP: u32 = 1 << 5;
}

document! {
    /// One address of an endpoint.
    pub struct IpConfig {
        /// The address.
        ip_address: String = "IpAddress",
        /// The length of its subnet's prefix; on create, absent or 0 takes the subnet's.
        prefix_length: u8 = "PrefixLength",
        /// The part of the subnet that it comes from.
        ip_subnet_id: Guid = "IpSubnetId",
    }
}

impl IpConfig {
    /// This address, with the prefix length of its subnet.
    pub fn new(address: impl Into<String>) -> Self {
        Self { ip_address: Some(address.into()), ..Self::default() }
    }
}
