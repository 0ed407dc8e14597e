//! Networks (`HostComputeNetwork`): a switch, its subnets, its pool of MAC addresses, its DNS.

use super::{OnNetwork, OnSubnet, Policy, SchemaVersion};
use crate::{Guid, NetworkId};

document! {
    /// A switch that endpoints join.
    pub struct Network: Base<NetworkId> {
        /// What it does with traffic; absent means [`NetworkKind::Nat`], see [`Network::kind`].
        kind: NetworkKind = "Type",
        /// Its policies; the service adds some of its own.
        policies: Vec<Policy<OnNetwork>> = "Policies",
        /// Where endpoints get their MAC addresses.
        mac_pool: MacPool = "MacPool",
        /// What its endpoints resolve names with.
        dns: Dns = "Dns",
        /// Where endpoints get their addresses.
        ipams: Vec<Ipam> = "Ipams",
        /// Bits of [`NetworkFlags`].
        flags: u32 = "Flags",
    }
}

impl Network {
    /// A network of this kind and name, without subnets: of a NAT network the service then chooses one.
    pub fn new(kind: NetworkKind, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            schema_version: Some(SchemaVersion::V2),
            kind: Some(kind),
            ..Self::default()
        }
    }

    /// With one more subnet, in the first Ipam; where there is none, in a static one.
    #[must_use]
    pub fn with_subnet(mut self, subnet: Subnet) -> Self {
        let ipams = self.ipams.get_or_insert_default();
        if ipams.is_empty() {
            ipams.push(Ipam { kind: Some(IpamKind::Static), ..Ipam::default() });
        }
        ipams[0].subnets.get_or_insert_default().push(subnet);
        self
    }

    /// With one more policy.
    #[must_use]
    pub fn with_policy(mut self, policy: impl Into<Policy<OnNetwork>>) -> Self {
        self.policies.get_or_insert_default().push(policy.into());
        self
    }

    /// What it does with traffic. The service leaves the type of a NAT network out.
    pub fn kind(&self) -> NetworkKind {
        self.kind.clone().unwrap_or_default()
    }

    /// The bits of [`NetworkFlags`].
    pub fn flags(&self) -> u32 {
        self.flags.unwrap_or_default()
    }

    /// Its subnets, those of all its Ipams.
    pub fn subnets(&self) -> impl Iterator<Item = &Subnet> {
        self.ipams.iter().flatten().flat_map(|ipam| ipam.subnets.iter().flatten())
    }
}

open_enum! {
    /// What a network does with traffic.
    pub enum NetworkKind {
        /// Address translation behind the host's address.
        Nat = 0 "NAT",
        /// Internet connection sharing, as WSL uses it.
        Ics = 1 "ICS",
        /// Straight on the physical network.
        Transparent = 2 "Transparent",
        /// On the physical network, behind the host's MAC address.
        L2Bridge = 3 "L2Bridge",
        /// A bridge whose policies the physical host applies.
        L2Tunnel = 4 "L2Tunnel",
        /// VXLAN between hosts.
        Overlay = 5 "Overlay",
        /// Endpoints reach one another only.
        Private = 6 "Private",
        /// Endpoints and the host reach one another only.
        Internal = 7 "Internal",
        /// Mirrors the host's interfaces.
        Mirrored = 8 "Mirrored",
        /// InfiniBand.
        Infiniband = 9 "Infiniband",
        /// Restricted connection sharing.
        ConstrainedIcs = 10 "ConstrainedICS",
    }
}

/// The bits of a network's `Flags`.
#[derive(Clone, Copy, Debug)]
pub struct NetworkFlags;

impl NetworkFlags {
    /// The service answers DNS for its endpoints.
    pub const ENABLE_DNS_PROXY: u32 = 1;
    /// The service hands out leases.
    pub const ENABLE_DHCP_SERVER: u32 = 1 << 1;
    /// Mirrored.
    pub const ENABLE_MIRRORING: u32 = 1 << 2;
    /// Gone after a reboot.
    pub const ENABLE_NON_PERSISTENT: u32 = 1 << 3;
    /// Kept over a reboot.
    pub const ENABLE_PERSISTENT: u32 = 1 << 4;
    /// A switch of its own.
    pub const ISOLATE_VSWITCH: u32 = 1 << 5;
    /// Flow steering.
    pub const ENABLE_FLOW_STEERING: u32 = 1 << 6;
    /// Not shared.
    pub const DISABLE_SHARING: u32 = 1 << 7;
    /// Behind the firewall.
    pub const ENABLE_FIREWALL: u32 = 1 << 8;
    /// No media disconnect.
    pub const SUPPRESS_MEDIA_DISCONNECT: u32 = 1 << 9;
    /// No port for the host.
    pub const DISABLE_HOST_PORT: u32 = 1 << 10;
    /// Weak host model, receiving.
    pub const WEAK_HOST_RECEIVE_ADAPTER: u32 = 1 << 11;
    /// Weak host model, sending.
    pub const WEAK_HOST_SEND_ADAPTER: u32 = 1 << 12;
    /// SR-IOV.
    pub const ENABLE_IOV: u32 = 1 << 13;
}

document! {
    /// Address management of a network.
    pub struct Ipam {
        /// Who gives addresses; absent means [`IpamKind::Static`].
        kind: IpamKind = "Type",
        /// The subnets.
        subnets: Vec<Subnet> = "Subnets",
    }
}

impl Ipam {
    /// Who gives addresses.
    pub fn kind(&self) -> IpamKind {
        self.kind.clone().unwrap_or_default()
    }
}

open_enum! {
    /// Who gives addresses to endpoints.
    pub enum IpamKind {
        /// The service or the caller.
        Static = 0 "Static",
        /// A DHCP server on the network.
        Dhcp = 1 "Dhcp",
    }
}

document! {
    /// A subnet of a network.
    pub struct Subnet: Base<Guid> {
        /// The prefix as `10.1.0.0/24`.
        ip_address_prefix: String = "IpAddressPrefix",
        /// VLAN or VSID.
        policies: Vec<Policy<OnSubnet>> = "Policies",
        /// The route to `0.0.0.0/0` or `::/0` carries the gateway.
        routes: Vec<Route> = "Routes",
        /// Parts of the subnet; from schema 2.3 on.
        ip_subnets: Vec<IpSubnet> = "IpSubnets",
        /// Bits of [`SubnetFlags`]; from schema 2.7 on.
        flags: u32 = "Flags",
    }
}

impl Subnet {
    /// The subnet of this prefix (`10.1.0.0/24`), without a gateway.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { ip_address_prefix: Some(prefix.into()), ..Self::default() }
    }

    /// With this gateway: one more default route.
    #[must_use]
    pub fn with_gateway(mut self, address: impl Into<String>) -> Self {
        self.routes.get_or_insert_default().push(Route::default_through(address));
        self
    }

    /// With one more policy: [`Vlan`](crate::Vlan), [`Vsid`](crate::Vsid).
    #[must_use]
    pub fn with_policy(mut self, policy: impl Into<Policy<OnSubnet>>) -> Self {
        self.policies.get_or_insert_default().push(policy.into());
        self
    }

    /// The gateway's address: the next hop of the first default route.
    pub fn gateway(&self) -> Option<&str> {
        self.routes.iter().flatten().find(|route| route.is_default())?.next_hop.as_deref()
    }
}

/// The bits of a subnet's `Flags`.
#[derive(Clone, Copy, Debug)]
pub struct SubnetFlags;

impl SubnetFlags {
    /// An endpoint may have the gateway's address.
    pub const DO_NOT_RESERVE_GATEWAY_ADDRESS: u32 = 1;
}

document! {
    /// A part of a subnet, from which endpoints can be told to take their addresses
    /// ([`IpConfig::ip_subnet_id`](crate::IpConfig)).
    pub struct IpSubnet: Base<Guid> {
        /// The prefix, within that of the subnet.
        ip_address_prefix: String = "IpAddressPrefix",
        /// Bits of [`IpSubnetFlags`]; from schema 2.5 on.
        flags: u32 = "Flags",
    }
}

impl IpSubnet {
    /// The part of this prefix.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { ip_address_prefix: Some(prefix.into()), ..Self::default() }
    }
}

/// The bits of an IP subnet's `Flags`.
#[derive(Clone, Copy, Debug)]
pub struct IpSubnetFlags;

impl IpSubnetFlags {
    /// The part's last address is for broadcasts.
    pub const ENABLE_BROADCAST: u32 = 1;
    /// No endpoint gets the part's first address.
    pub const RESERVE_NETWORK_ADDRESS: u32 = 1 << 1;
}

document! {
    /// A route.
    pub struct Route {
        /// The gateway's address.
        next_hop: String = "NextHop",
        /// Where it leads: `0.0.0.0/0`.
        destination_prefix: String = "DestinationPrefix",
        /// The metric; lower wins.
        metric: u16 = "Metric",
    }
}

impl Route {
    /// The default route through this address: to `::/0` if it is an IPv6 address, else to `0.0.0.0/0`.
    pub fn default_through(next_hop: impl Into<String>) -> Self {
        let next_hop = next_hop.into();
        let everywhere = if next_hop.contains(':') { "::/0" } else { "0.0.0.0/0" };
        Self::new(everywhere, next_hop)
    }

    /// The route to `prefix` through `next_hop`.
    pub fn new(prefix: impl Into<String>, next_hop: impl Into<String>) -> Self {
        let (prefix, next_hop) = (prefix.into(), next_hop.into());
        Self { next_hop: Some(next_hop), destination_prefix: Some(prefix), ..Self::default() }
    }

    /// Does it lead everywhere?
    pub fn is_default(&self) -> bool {
        matches!(self.destination_prefix.as_deref(), Some("0.0.0.0/0" | "::/0"))
    }
}

document! {
    /// Name resolution.
    pub struct Dns {
        /// The domain of short names.
        domain: String = "Domain",
        /// Further domains to search.
        search: Vec<String> = "Search",
        /// The servers' addresses.
        server_list: Vec<String> = "ServerList",
        /// Resolver options.
        options: Vec<String> = "Options",
    }
}

impl Dns {
    /// Through these servers.
    pub fn servers<T: Into<String>>(addresses: impl IntoIterator<Item = T>) -> Self {
        Self { server_list: Some(addresses.into_iter().map(Into::into).collect()), ..Self::default() }
    }
}

document! {
    /// MAC addresses that endpoints are given.
    pub struct MacPool {
        /// The ranges.
        ranges: Vec<MacRange> = "Ranges",
    }
}

impl MacPool {
    /// One range, both ends included.
    pub fn new(first: impl Into<String>, last: impl Into<String>) -> Self {
        let (first, last) = (first.into(), last.into());
        let range =
            MacRange { start_mac_address: Some(first), end_mac_address: Some(last), ..MacRange::default() };
        Self { ranges: Some(vec![range]), ..Self::default() }
    }
}

document! {
    /// A range of MAC addresses in the form `00-15-5D-52-C0-00`, both ends included.
    pub struct MacRange {
        /// The first.
        start_mac_address: String = "StartMacAddress",
        /// The last.
        end_mac_address: String = "EndMacAddress",
    }
}
