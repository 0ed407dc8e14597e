//! Are a network's addresses also somewhere else, behind a VPN for instance?

use std::net::IpAddr;

use hcn_cni::Plugin;
use hcn_cni::ipnet::IpNet;

use super::ipam;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};
use crate::os::Os;
use crate::sys::Route;

pub(super) struct Routes;

impl Check for Routes {
    fn about(&self) -> About {
        About {
            id: "hcn.routes",
            title: "the addresses of containers are nobody else's that this host reaches",
            why: "a network whose subnet is also that of a VPN or of the company takes the packets for those machines, or \
                  they take the containers'",
            fix: "says what to do with which network",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let found = networks(facts).and_then(|networks| Ok((networks, facts.host.routes()?)));
        let (networks, routes) = match found {
            Err(absent) => return vec![absent.into()],
            Ok(found) => found,
        };
        let found: Vec<_> =
            networks.iter().filter_map(|network| judged(facts.os, network, &routes)).collect();
        match found.is_empty() {
            true => vec![Finding::ok(format!("{} subnets, none of which is elsewhere too", networks.len()))],
            false => found,
        }
    }
}

/// A subnet of a network, and how its own interface on this host is known.
struct Subnet {
    network: String,
    subnet: IpNet,
    gateway: Option<IpAddr>,
    /// The interface's name.
    interface: String,
}

fn networks(facts: &Facts<'_>) -> Fact<Vec<Subnet>> {
    match facts.os {
        Os::Windows => Ok(facts.hns.networks()?.iter().flat_map(of_the_service).collect()),
        Os::Linux => {
            let list = facts.cni.network()?;
            Ok(list.plugins().iter().flat_map(|plugin| of_a_plugin(list.name(), plugin)).collect())
        }
    }
}

fn of_the_service(network: &hcn::Network) -> Vec<Subnet> {
    let name = network.name.clone().unwrap_or_default();
    let subnet = |subnet: &hcn::Subnet| {
        Some(Subnet {
            subnet: subnet.ip_address_prefix.as_deref()?.parse().ok()?,
            gateway: subnet.gateway().and_then(|at| at.parse().ok()),
            // INFERRED: so the service names the host's own port on a network; `Get-NetAdapter` on a real Windows would settle it.
            interface: format!("vEthernet ({name})"),
            network: name.clone(),
        })
    };
    network.subnets().filter_map(subnet).collect()
}

fn of_a_plugin(network: &str, plugin: &Plugin) -> Vec<Subnet> {
    let bridge = plugin.object().get("bridge").and_then(|raw| serde_json::from_str(raw.get()).ok());
    let subnet = |subnet| Subnet {
        network: network.to_owned(),
        subnet,
        gateway: ipam::gateway(plugin).and_then(|at| at.parse().ok()),
        interface: bridge.clone().unwrap_or_else(|| "cni0".to_owned()),
    };
    ipam::subnets(plugin).into_iter().map(subnet).collect()
}

fn judged(os: Os, network: &Subnet, routes: &[Route]) -> Option<Finding> {
    let Subnet { network: name, subnet, .. } = network;
    let elsewhere = routes.iter().find(|route| is_elsewhere(network, route, routes))?;
    let seen = format!(
        "network {name} has {subnet}, and this host reaches {} through {}",
        elsewhere.destination,
        if elsewhere.interface.is_empty() { "another interface" } else { &elsewhere.interface }
    );
    Some(Finding::warning(
        seen,
        Fix::advice(match os {
            Os::Windows => format!(
                "make the network anew with a subnet of its own: `hcn network delete {name}`, then `hcn network create {name} \
             --type NAT --subnet SUBNET --gateway ADDRESS`, and write both into the conflist"
            ),
            Os::Linux => format!(
                "write another subnet into the conflist of {name}, and remove its bridge {}",
                network.interface
            ),
        }),
    ))
}

/// The default route is everywhere, also in the two halves that VPNs write; multicast nowhere.
fn is_elsewhere(network: &Subnet, route: &Route, routes: &[Route]) -> bool {
    let (subnet, other) = (&network.subnet, &route.destination);
    let overlaps = subnet.contains(other) || other.contains(subnet);
    overlaps
        && other.prefix_len() > 1
        && !other.addr().is_multicast()
        && !is_own(network, &route.interface, routes)
}

/// The interface of the network itself has the gateway's address, which Windows lists as a route.
fn is_own(network: &Subnet, interface: &str, routes: &[Route]) -> bool {
    let is_gateway = |route: &Route| {
        route.interface == interface && network.gateway.is_some_and(|at| route.destination == IpNet::from(at))
    };
    interface == network.interface || routes.iter().any(is_gateway)
}

#[cfg(test)]
mod tests {
    use hcn::{Network, NetworkKind};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn routes(all: &[(&str, &str)]) -> Fact<Vec<Route>> {
        let route = |(destination, interface): &(&str, &str)| Route {
            destination: destination.parse().unwrap(),
            interface: (*interface).to_owned(),
        };
        Ok(all.iter().map(route).collect())
    }

    fn windows(all: &[(&str, &str)]) -> String {
        let subnet = hcn::Subnet::new("172.20.0.0/16").with_gateway("172.20.0.1");
        let networks = Ok(vec![Network::new(NetworkKind::Nat, "nat").with_subnet(subnet)]);
        Recorded { os: Os::Windows, networks, routes: routes(all), ..Recorded::healthy() }.tell(&Routes)
    }

    #[test]
    fn the_network_s_own_interface_and_the_default_route_are_well() {
        let own = [
            ("0.0.0.0/0", "Ethernet"),
            ("172.20.0.0/16", "own"),
            ("172.20.0.1/32", "own"),
            ("224.0.0.0/4", "own"),
        ];
        insta::assert_snapshot!(windows(&own), @"ok: 1 subnets, none of which is elsewhere too");
        insta::assert_snapshot!(windows(&[("172.20.0.0/16", "vEthernet (nat)")]), @"ok: 1 subnets, none of which is elsewhere too");
        let linux = Recorded { routes: routes(&[("10.88.0.0/16", "cni0")]), ..Recorded::healthy() };
        insta::assert_snapshot!(linux.tell(&Routes), @"ok: 1 subnets, none of which is elsewhere too");
    }

    #[test]
    fn a_vpn_over_the_subnet_or_in_it_is_named() {
        insta::assert_snapshot!(windows(&[("172.16.0.0/12", "VPN")]), @r#"
        warning: network nat has 172.20.0.0/16, and this host reaches 172.16.0.0/12 through VPN
          Advice("make the network anew with a subnet of its own: `hcn network delete nat`, then `hcn network create nat --type NAT --subnet SUBNET --gateway ADDRESS`, and write both into the conflist")
        "#);
        assert!(windows(&[("172.20.7.0/24", "VPN")]).starts_with("warning: network nat has 172.20.0.0/16"));
        let linux = Recorded { routes: routes(&[("10.0.0.0/8", "tun0")]), ..Recorded::healthy() };
        insta::assert_snapshot!(linux.tell(&Routes), @r#"
        warning: network lab has 10.88.0.0/24, and this host reaches 10.0.0.0/8 through tun0
          Advice("write another subnet into the conflist of lab, and remove its bridge cni0")
        "#);
    }

    #[test]
    fn without_routes_it_is_not_available() {
        let host = Recorded { routes: Err(Absent::NotHere("no /proc".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Routes), @"not available: no /proc");
    }
}
