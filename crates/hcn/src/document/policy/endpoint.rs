//! Policies of endpoints: published ports, address translation, routes.

document! {
    /// Reaches a port of the endpoint through a port of the host.
    pub struct PortMapping {
        /// The protocol's number: 6 is TCP, 17 UDP.
        protocol: u32 = "Protocol",
        /// The container's port.
        internal_port: u16 = "InternalPort",
        /// The host's port.
        external_port: u16 = "ExternalPort",
        /// The address that it answers on; absent for all of the host's.
        vip: String = "VIP",
        /// Bits of [`NatFlags`].
        flags: u32 = "Flags",
    }
}

settings!(PortMapping: OnEndpoint "PortMapping" 0);

impl PortMapping {
    /// The number of TCP.
    pub const TCP: u32 = 6;
    /// The number of UDP.
    pub const UDP: u32 = 17;

    /// The container's TCP port `internal` through the host's port `external`.
    pub fn tcp(internal: u16, external: u16) -> Self {
        Self::of(Self::TCP, internal, external)
    }

    /// The container's UDP port `internal` through the host's port `external`.
    pub fn udp(internal: u16, external: u16) -> Self {
        Self::of(Self::UDP, internal, external)
    }

    fn of(protocol: u32, internal: u16, external: u16) -> Self {
        Self {
            protocol: Some(protocol),
            internal_port: Some(internal),
            external_port: Some(external),
            ..Self::default()
        }
    }
}

/// The bits of the `Flags` of [`PortMapping`] and [`OutBoundNat`].
#[derive(Clone, Copy, Debug)]
pub struct NatFlags;

impl NatFlags {
    /// The host itself reaches the address, too: a port of an L2Bridge endpoint needs it.
    pub const LOCAL_ROUTED_VIP: u32 = 1;
    /// IPv6; from schema 2.8 on.
    pub const IPV6: u32 = 1 << 1;
    /// The external port is reserved already.
    pub const EXTERNAL_PORT_RESERVED: u32 = 1 << 2;
}

document! {
    /// Translates the endpoint's address for traffic that leaves the host.
    pub struct OutBoundNat {
        /// The address to translate to; absent for the host's.
        virtual_ip: String = "VirtualIP",
        /// Prefixes that keep the endpoint's address. Newer releases refuse prefixes with host bits set.
        exceptions: Vec<String> = "Exceptions",
        /// Prefixes to which alone it applies.
        destinations: Vec<String> = "Destinations",
        /// Bits of [`NatFlags`].
        flags: u32 = "Flags",
        /// How many ports it may use.
        max_port_pool_usage: u16 = "MaxPortPoolUsage",
    }
}

settings!(OutBoundNat: OnEndpoint "OutBoundNAT" 4);

impl OutBoundNat {
    /// Translates to everywhere but these prefixes (`10.0.0.0/8`), which see the endpoint's own address.
    pub fn except<T: Into<String>>(prefixes: impl IntoIterator<Item = T>) -> Self {
        Self { exceptions: Some(prefixes.into_iter().map(Into::into).collect()), ..Self::default() }
    }
}

document! {
    /// A route of the software-defined network: what leads to another host's endpoints. Transparent networks refuse it.
    pub struct SdnRoute {
        /// Where it leads: `10.0.0.0/8`.
        destination_prefix: String = "DestinationPrefix",
        /// The gateway's address; absent where the traffic is encapsulated.
        next_hop: String = "NextHop",
        /// Is the traffic encapsulated?
        need_encap: bool = "NeedEncap",
        /// Does the service watch the endpoint by itself?
        automatic_endpoint_monitor: bool = "AutomaticEndpointMonitor",
    }
}

settings!(SdnRoute: OnEndpoint "SDNRoute" 5);

impl SdnRoute {
    /// Leads to `prefix` in encapsulated packets.
    pub fn encapsulated(prefix: impl Into<String>) -> Self {
        Self { destination_prefix: Some(prefix.into()), need_encap: Some(true), ..Self::default() }
    }

    /// Leads to `prefix` through a gateway.
    pub fn through(prefix: impl Into<String>, next_hop: impl Into<String>) -> Self {
        let (prefix, next_hop) = (prefix.into(), next_hop.into());
        Self { destination_prefix: Some(prefix), next_hop: Some(next_hop), ..Self::default() }
    }
}
