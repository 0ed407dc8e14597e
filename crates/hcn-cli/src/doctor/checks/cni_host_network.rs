//! Has the conflist the subnet and the gateway of the network that the Host Network Service knows by its name?

use hcn::{Network, Subnet};
use hcn_cni::{Conflist, Plugin};

use super::ipam;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct HostNetwork;

impl Check for HostNetwork {
    fn about(&self) -> About {
        About {
            id: "cni.host-network",
            title: "the configuration agrees with the Host Network Service's network of that name",
            why: "the service gives a container an address of its own network, and the plugin gives it the gateway of \
                  the configuration: where the two differ, no packet finds its way",
            fix: "says what to write into the configuration",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let list = match facts.cni.network() {
            Err(absent) => return vec![absent.into()],
            Ok(list) => list,
        };
        let networks = match facts.hns.networks() {
            Err(absent) => return vec![absent.into()],
            Ok(networks) => networks,
        };
        // Names of networks differ in case alone to nobody.
        let is_its = |network: &&Network| {
            network.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(list.name()))
        };
        vec![match networks.iter().find(is_its) {
            None => {
                Finding::ok(format!("the service has no network {} yet; the plugin makes it", list.name()))
            }
            Some(network) => compared(&list, network),
        }]
    }
}

fn compared(list: &Conflist, network: &Network) -> Finding {
    let name = list.name();
    let wanted = list.plugins().iter().flat_map(|plugin| {
        let gateway = ipam::gateway(plugin);
        ipam::subnets(plugin).into_iter().map(move |subnet| (subnet.to_string(), gateway.clone()))
    });
    let wanted: Vec<(String, Option<String>)> = wanted.collect();
    let is_there = |(subnet, gateway): &(String, Option<String>)| {
        network.subnets().any(|known| agrees(known, subnet, gateway.as_deref()))
    };
    match (wanted.iter().find(|one| !is_there(one)), network.subnets().next()) {
        (Some((subnet, gateway)), Some(known)) => Finding::failure(
            format!(
                "network {name}: the configuration has {}, the service has {}",
                spoken(subnet, gateway.as_deref()),
                spoken(prefix(known), known.gateway())
            ),
            Fix::advice(corrected(known, list.plugins().first())),
        ),
        _ => Finding::ok(format!("network {name} is the same in both")),
    }
}

fn agrees(known: &Subnet, subnet: &str, gateway: Option<&str>) -> bool {
    prefix(known) == subnet && (gateway.is_none() || known.gateway().is_none() || gateway == known.gateway())
}

fn prefix(subnet: &Subnet) -> &str {
    subnet.ip_address_prefix.as_deref().unwrap_or_default()
}

fn spoken(subnet: &str, gateway: Option<&str>) -> String {
    format!(
        "{subnet} and {}",
        gateway.map_or_else(|| "no gateway".to_owned(), |at| format!("the gateway {at}"))
    )
}

/// Microsoft's plugins read the gateway as `GW` of a route.
fn corrected(known: &Subnet, plugin: Option<&Plugin>) -> String {
    let routes = known.gateway().map(|at| format!(r#", "routes": [{{ "GW": "{at}" }}]"#)).unwrap_or_default();
    let kind = plugin.map_or("nat", Plugin::kind);
    format!(r#"write into the plugin {kind}: "ipam": {{ "subnet": "{}"{routes} }}"#, prefix(known))
}

#[cfg(test)]
mod tests {
    use hcn::NetworkKind;

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::{Recorded, configuration};

    const LIST: &str = r#"{"cniVersion":"1.0.0","name":"nat","plugins":[
        {"type":"nat","ipam":{"subnet":"172.20.0.0/16","routes":[{"GW":"172.20.0.1"}]}}]}"#;

    fn told(name: &str, subnet: &str, gateway: &str) -> String {
        let subnet = Subnet::new(subnet).with_gateway(gateway);
        let networks = Ok(vec![Network::new(NetworkKind::Nat, name).with_subnet(subnet)]);
        let configurations = Ok(vec![configuration("0-nat.conflist", LIST)]);
        Recorded { networks, configurations, ..Recorded::healthy() }.tell(&HostNetwork)
    }

    #[test]
    fn a_network_that_is_the_same_in_both_is_well_and_so_is_one_that_is_still_to_be_made() {
        insta::assert_snapshot!(told("NAT", "172.20.0.0/16", "172.20.0.1"), @"ok: network nat is the same in both");
        insta::assert_snapshot!(told("other", "10.0.0.0/8", "10.0.0.1"), @"ok: the service has no network nat yet; the plugin makes it");
    }

    #[test]
    fn a_subnet_or_gateway_that_differs_is_shown_of_both_with_what_to_write() {
        insta::assert_snapshot!(told("nat", "172.30.0.0/20", "172.30.0.1"), @r#"
        failure: network nat: the configuration has 172.20.0.0/16 and the gateway 172.20.0.1, the service has 172.30.0.0/20 and the gateway 172.30.0.1
          Advice("write into the plugin nat: \"ipam\": { \"subnet\": \"172.30.0.0/20\", \"routes\": [{ \"GW\": \"172.30.0.1\" }] }")
        "#);
        assert!(told("nat", "172.20.0.0/16", "172.20.0.2").starts_with("failure: "));
    }

    #[test]
    fn without_a_service_or_a_network_it_is_skipped() {
        let host = Recorded { networks: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&HostNetwork), @"skipped: no answer");
    }
}
