//! A network's subnets: what is asked for, what the service adds, and what they give to endpoints.

use std::net::Ipv4Addr;

use hcn::{Code, Guid, Ipam, IpamKind, Network, NetworkKind, Route, Subnet};
use ipnet::{IpNet, Ipv4Net};

use super::is_translated;
use crate::ipam::{self, Range};
use crate::refusal::{Refusal, Ruling};
use crate::rule::chance;

const DEFAULT_ROUTE: &str = "0.0.0.0/0";

/// Do endpoints get their addresses from a DHCP server, so that the service gives none?
pub(in crate::rule) fn is_dhcp(network: &Network) -> bool {
    network.ipams.iter().flatten().any(|ipam| ipam.kind() == IpamKind::Dhcp)
}

/// The Ipam of a network: one, with the subnets of all that were asked for.
pub(super) fn ipams(asked: &Network, others: &[Network]) -> Ruling<Option<Vec<Ipam>>> {
    let kind = if is_dhcp(asked) { IpamKind::Dhcp } else { IpamKind::Static };
    // INFERRED: DHCP is for types that lean on a physical adapter; NAT networks with it on a real Windows would settle
    // it.
    let physical = [NetworkKind::Transparent, NetworkKind::L2Bridge, NetworkKind::L2Tunnel];
    if kind == IpamKind::Dhcp && !physical.contains(&asked.kind()) {
        return Err(Refusal::detailed(Code::INVALID_NETWORK, "no DHCP server serves a network of this type"));
    }
    let taken: Vec<Ipv4Net> = others
        .iter()
        .filter(|other| is_translated(other))
        .flat_map(ranges)
        .map(|range| range.prefix)
        .collect();
    let subnets = asked.subnets().map(|subnet| checked(asked, subnet, &taken));
    let mut subnets = subnets.collect::<Ruling<Vec<_>>>()?;
    if is_translated(asked) && subnets.is_empty() {
        subnets.push(chosen(&taken)?);
    }
    apart(asked, &subnets)?;
    let ipam = Ipam { kind: Some(kind), subnets: Some(subnets), ..Ipam::default() };
    Ok(Some(vec![ipam]).filter(|_| is_translated(asked) || asked.ipams.is_some()))
}

/// INFERRED: one subnet of a translated network, for dual stack came with service 11.10, and no two of any network that
/// overlap; a second one on Server 2019 would settle both.
fn apart(asked: &Network, subnets: &[Subnet]) -> Ruling<()> {
    let prefixes: Vec<Ipv4Net> = subnets.iter().filter_map(range).map(|range| range.prefix).collect();
    let overlaps =
        |(at, one): (usize, &Ipv4Net)| prefixes[at + 1..].iter().any(|other| ipam::overlap(*one, *other));
    if is_translated(asked) && subnets.len() > 1 || prefixes.iter().enumerate().any(overlaps) {
        return Err(Code::INVALID_NETWORK.into());
    }
    Ok(())
}

/// A subnet of the service's choice.
///
/// INFERRED: the code when all private prefixes are taken; NAT networks without end on a real Windows would settle it.
fn chosen(taken: &[Ipv4Net]) -> Ruling<Subnet> {
    let prefix = ipam::private_prefix(chance() as u32, taken).ok_or(Code::INVALID_NETWORK)?;
    Ok(Subnet {
        id: Some(Guid::random()),
        ip_address_prefix: Some(prefix.to_string()),
        routes: Some(vec![Route::default_through(ipam::first_host(prefix).to_string())]),
        ..Subnet::default()
    })
}

/// A subnet as it was asked for, with what the service adds.
fn checked(network: &Network, asked: &Subnet, taken: &[Ipv4Net]) -> Ruling<Subnet> {
    let prefix = prefix(asked.ip_address_prefix.as_deref().unwrap_or_default())?;
    let mut subnet = asked.clone();
    subnet.id = asked.id.or_else(|| Some(Guid::random()));
    if is_translated(network) {
        if taken.iter().any(|other| ipam::overlap(prefix, *other)) {
            // INFERRED: this of the two codes that were reported (0x80070057 is the other), and that networks which do
            // not overlap live side by side (one report has 0x803B000A for any second NAT network); two NAT networks
            // on a real Windows would settle both.
            return Err(Code::ALREADY_EXISTS.into());
        }
        // INFERRED: a subnet without a default route gets its first host as the gateway, as one that the service
        // chose does; creating one on a real Windows would settle it.
        if gateway(asked)?.is_none() {
            let route = Route::default_through(ipam::first_host(prefix).to_string());
            subnet.routes.get_or_insert_default().push(route);
        }
    }
    match gateway(&subnet)? {
        Some(address) if !(Range { prefix, gateway: None, reserved: 0 }).gives(address) => {
            Err(Code::INVALID_NETWORK.into())
        }
        _ => Ok(subnet),
    }
}

/// Host bits make the document unusable, as a client saw.
///
/// INFERRED: the codes for the rest; networks with such prefixes on a real Windows would settle them.
fn prefix(text: &str) -> Ruling<Ipv4Net> {
    match text.parse::<IpNet>() {
        Ok(IpNet::V4(prefix)) if prefix.addr() != prefix.network() => {
            Err(Refusal::json("IpAddressPrefix", "InvalidPrefix"))
        }
        Ok(IpNet::V4(prefix)) if ipam::has_room(prefix) => Ok(prefix),
        Ok(IpNet::V4(_)) | Err(_) => Err(Code::INVALID_PREFIX.into()),
        Ok(IpNet::V6(_)) => Err(Refusal::detailed(
            Code::INVALID_NETWORK,
            "IPv6 subnets came with service 11.10, after the emulated Server 2019",
        )),
    }
}

/// The next hop of a subnet's default route.
fn gateway(subnet: &Subnet) -> Ruling<Option<Ipv4Addr>> {
    let mut routes = subnet.routes.iter().flatten();
    let default = routes.find(|route| route.destination_prefix.as_deref() == Some(DEFAULT_ROUTE));
    let hop = default.and_then(|route| route.next_hop.as_deref()).filter(|hop| !hop.is_empty());
    hop.map(|hop| hop.parse().map_err(|_| Code::INVALID_NETWORK.into())).transpose()
}

/// The subnets of a kept network as ranges of addresses.
///
/// INFERRED: a Transparent network without a default route keeps its first two hosts for itself, as one client saw of
/// x.2; endpoints at x.1 to x.4 of such a network on a real Windows would settle it.
pub(in crate::rule) fn ranges(network: &Network) -> impl Iterator<Item = Range> {
    let transparent = network.kind() == NetworkKind::Transparent;
    network.subnets().filter_map(range).map(move |range| match range.gateway {
        None if transparent => Range { reserved: 2, ..range },
        _ => range,
    })
}

fn range(subnet: &Subnet) -> Option<Range> {
    let prefix = subnet.ip_address_prefix.as_deref()?.parse().ok()?;
    Some(Range { prefix, gateway: gateway(subnet).ok().flatten(), reserved: 0 })
}
