//! Endpoints (`HostComputeEndpoint`): a NIC with addresses and policies on a network.

use super::{Dns, OnEndpoint, Policy, Route};
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
        /// 1: a remote endpoint, 2: no traffic between containers, 8: low interface metric, 32: DHCP.
        flags: u32 = "Flags",
    }
}

impl Endpoint {
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
