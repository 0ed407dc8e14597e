//! Policies of networks and subnets, two of which endpoints may have as well.

document! {
    /// The host's adapter below the network: of L2Bridge, L2Tunnel, Transparent and Overlay. Without it the service
    /// chooses one.
    pub struct NetAdapterName {
        /// The adapter's name, as `Get-NetAdapter` shows it.
        network_adapter_name: String = "NetworkAdapterName",
    }
}

settings!(NetAdapterName: OnNetwork "NetAdapterName" 1);

impl NetAdapterName {
    /// On the adapter of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { network_adapter_name: Some(name.into()), ..Self::default() }
    }
}

document! {
    /// The physical address behind an overlay: on a network the host's, made by the service; on a remote endpoint
    /// that of its host.
    pub struct ProviderAddress {
        /// The address.
        provider_address: String = "ProviderAddress",
    }
}

settings!(ProviderAddress: OnNetwork "ProviderAddress" 4, OnEndpoint "ProviderAddress" 8);

impl ProviderAddress {
    /// Behind this address.
    pub fn new(address: impl Into<String>) -> Self {
        Self { provider_address: Some(address.into()), ..Self::default() }
    }
}

document! {
    /// The VLAN of a subnet; of an endpoint from schema 2.4 on.
    pub struct Vlan {
        /// Its number.
        isolation_id: u32 = "IsolationId",
    }
}

settings!(Vlan: OnSubnet "VLAN" 0, OnEndpoint "VLAN" 13);

impl Vlan {
    /// This VLAN.
    pub fn new(isolation_id: u32) -> Self {
        Self { isolation_id: Some(isolation_id), ..Self::default() }
    }
}

document! {
    /// The virtual subnet of an overlay's subnet.
    pub struct Vsid {
        /// Its number, 4096 or above.
        isolation_id: u32 = "IsolationId",
    }
}

settings!(Vsid: OnSubnet "VSID" 1);

impl Vsid {
    /// This virtual subnet.
    pub fn new(isolation_id: u32) -> Self {
        Self { isolation_id: Some(isolation_id), ..Self::default() }
    }
}
