//! What an endpoint's document says that it has taken, for the check of a store.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use hcn::{Endpoint, Network};

use super::network::{self, pools, ranges};
use super::{endpoint, policy};
use crate::ipam;
use crate::mac::Mac;

/// What must be marked as taken by an endpoint, and nothing else.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Holdings {
    pub(crate) addresses: HashSet<String>,
    pub(crate) macs: HashSet<Mac>,
    pub(crate) ports: HashSet<String>,
}

/// What this endpoint of this network has.
pub(crate) fn holdings(network: &Network, document: &Endpoint) -> Holdings {
    let policies = document.policies.as_deref().unwrap_or_default();
    let ports = policy::ports(&network.kind(), policies).unwrap_or_default();
    let mac = document.mac_address.as_deref().and_then(|text| text.parse().ok());
    Holdings {
        addresses: endpoint::own_addresses(document).map(str::to_owned).collect(),
        macs: mac.filter(|mac| endpoint::takes_mac(network, document, *mac)).into_iter().collect(),
        ports: ports.iter().map(ToString::to_string).collect(),
    }
}

/// Is the address one that an endpoint of this network may have?
pub(crate) fn gives(network: &Network, address: &str) -> bool {
    let address: Option<Ipv4Addr> = address.parse().ok();
    address.is_some_and(|address| ranges(network).any(|range| range.gives(address)))
}

/// Do two networks have a subnet in common that only one of them may have?
pub(crate) fn share_a_prefix(one: &Network, other: &Network) -> bool {
    let both = network::is_translated(one) && network::is_translated(other);
    both && ranges(one).any(|a| ranges(other).any(|b| ipam::overlap(a.prefix, b.prefix)))
}

/// Is the MAC address one of the network's own?
pub(super) fn is_pooled(network: &Network, mac: Mac) -> bool {
    pools(network).any(|pool| pool.first <= mac && mac <= pool.last)
}
