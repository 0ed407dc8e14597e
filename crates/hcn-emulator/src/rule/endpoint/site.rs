//! The network on which an endpoint is made, and what it gives: addresses, a MAC address, routes, name resolution.

use std::net::Ipv4Addr;

use hcn::{Code, Dns, Endpoint, IpConfig, Network, NetworkKind, Route};

use super::is_remote;
use crate::ipam::Range;
use crate::mac::Mac;
use crate::refusal::{Refusal, Ruling};
use crate::rule::chance;
use crate::rule::network::{is_dhcp, pools, ranges};
use crate::store::Tx;

/// A bit of an endpoint's `Flags`.
const DHCP: u32 = 1 << 5;
/// The length of a prefix that is one address.
const ALONE: u8 = 32;

/// Where an endpoint is made.
pub(super) struct Site<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) seq: i64,
    pub(super) network: &'a Network,
}

/// An address of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) address: Ipv4Addr,
    length: u8,
    gateway: Option<Ipv4Addr>,
}

impl Address {
    fn of(range: Range, address: Ipv4Addr) -> Self {
        Self { address, length: range.prefix.prefix_len(), gateway: range.gateway }
    }
}

impl Site<'_> {
    /// The addresses that were asked for, else a free one where the service gives addresses.
    ///
    /// INFERRED: an endpoint may ask for several of one family; one with two addresses on a real Windows would settle it.
    pub(super) fn addresses(&self, asked: &Endpoint) -> Ruling<Vec<Address>> {
        let mut addresses: Vec<Address> = Vec::new();
        let configurations = asked.ip_configurations.as_deref().unwrap_or_default();
        for config in configurations {
            let named = config.ip_address.as_deref().filter(|text| !text.is_empty());
            addresses.extend(match named {
                Some(text) if is_remote(asked) => Some(self.elsewhere(text, config)?),
                Some(text) => Some(self.named(text)?),
                None => self.allocated(asked, &addresses)?,
            });
        }
        if configurations.is_empty() {
            addresses.extend(self.allocated(asked, &[])?);
        }
        let distinct = |(at, one): (usize, &Address)| {
            addresses[at + 1..].iter().all(|other| other.address != one.address)
        };
        match addresses.iter().enumerate().all(distinct) {
            true => Ok(addresses),
            false => Err(Code::ADDR_INVALID_OR_RESERVED.into()),
        }
    }

    fn named(&self, text: &str) -> Ruling<Address> {
        let address = parsed(text)?;
        let range = self.range_of(address).ok_or(Code::INVALID_IP)?;
        // One that is taken is refused when it is taken.
        if range.gives(address) {
            Ok(Address::of(range, address))
        } else {
            Err(Code::ADDR_INVALID_OR_RESERVED.into())
        }
    }

    /// INFERRED: a remote endpoint's address may be of any prefix, for its host may have another subnet; a remote
    /// endpoint with an address outside the network's subnets on a real Windows would settle it.
    fn elsewhere(&self, text: &str, config: &IpConfig) -> Ruling<Address> {
        let address = parsed(text)?;
        let sent = config.prefix_length.filter(|length| (1..=ALONE).contains(length)).unwrap_or(ALONE);
        Ok(match self.range_of(address) {
            Some(range) => Address::of(range, address),
            None => Address { address, length: sent, gateway: None },
        })
    }

    fn range_of(&self, address: Ipv4Addr) -> Option<Range> {
        ranges(self.network).find(|range| range.prefix.contains(&address))
    }

    /// INFERRED: the code when a subnet has no free address, and that a remote endpoint or one that is to use DHCP is
    /// given none; filling a subnet, and creating such endpoints, on a real Windows would settle them.
    fn allocated(&self, asked: &Endpoint, others: &[Address]) -> Ruling<Option<Address>> {
        let gives = [NetworkKind::Nat, NetworkKind::Ics, NetworkKind::L2Bridge];
        let by_itself = is_dhcp(self.network) || asked.flags() & DHCP != 0;
        if is_remote(asked) || by_itself || !gives.contains(&self.network.kind()) {
            return Ok(None);
        }
        for range in ranges(self.network) {
            let is_taken = |address| {
                let is_other = others.iter().any(|other| other.address == address);
                Ok(is_other || self.tx.has_address(self.seq, address)?)
            };
            if let Some(free) = range.free(chance() as u32, is_taken)? {
                return Ok(Some(Address::of(range, free)));
            }
        }
        match ranges(self.network).next() {
            Some(_) => Err(Code::ADDR_INVALID_OR_RESERVED.into()),
            None => Err(Code::SUBNET_NOT_FOUND.into()),
        }
    }

    /// The MAC address that was asked for, else a free one of the network's pool.
    pub(super) fn mac(&self, asked: &Endpoint) -> Ruling<Mac> {
        if let Some(text) = asked.mac_address.as_deref().filter(|text| !text.is_empty()) {
            return text.parse().map_err(|_| Code::ADDR_INVALID_OR_RESERVED.into());
        }
        for pool in pools(self.network) {
            if let Some(mac) = pool.free(chance(), |mac| self.tx.has_mac(mac))? {
                return Ok(mac);
            }
        }
        // INFERRED: the code when the pool is empty; a pool of one address and two endpoints would settle it.
        Err(Code::ADDR_INVALID_OR_RESERVED.into())
    }

    /// The endpoint with all that the service supplies.
    pub(super) fn finished(&self, asked: Endpoint, addresses: &[Address], mac: Mac) -> Endpoint {
        let given = asked.routes.clone().unwrap_or_default().into_iter().filter(leads_somewhere);
        let mut routes: Vec<Route> = given.collect();
        let gateway = addresses.iter().find_map(|address| address.gateway);
        if let (true, false, Some(gateway)) = (routes.is_empty(), is_remote(&asked), gateway) {
            routes.push(Route::default_through(gateway.to_string()));
        }
        let given = asked.dns.clone().filter(|dns| *dns != Dns::default());
        let inherited = || self.network.dns.clone().filter(|_| !is_remote(&asked));
        let configurations: Vec<IpConfig> = addresses.iter().map(configuration).collect();
        Endpoint {
            ip_configurations: Some(configurations).filter(|all| !all.is_empty()),
            routes: Some(routes).filter(|routes| !routes.is_empty()),
            dns: given.or_else(inherited),
            mac_address: asked
                .mac_address
                .clone()
                .filter(|text| !text.is_empty())
                .or_else(|| Some(mac.to_string())),
            ..asked
        }
    }
}

fn parsed(text: &str) -> Ruling<Ipv4Addr> {
    text.parse().map_err(|_| Refusal::from(Code::INVALID_IP))
}

/// Plugins without address management send a route of empty texts.
fn leads_somewhere(route: &Route) -> bool {
    let says = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    says(&route.next_hop) || says(&route.destination_prefix)
}

/// INFERRED: reads back with the subnet's length, whatever length was sent; an endpoint with a narrower one on a
/// real Windows would settle it.
fn configuration(address: &Address) -> IpConfig {
    IpConfig {
        ip_address: Some(address.address.to_string()),
        prefix_length: Some(address.length),
        ..IpConfig::default()
    }
}
