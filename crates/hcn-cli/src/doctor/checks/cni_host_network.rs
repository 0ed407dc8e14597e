//! Has the conflist the subnet and the gateway of the network that the Host Network Service knows by its name?

use hcn::{Network, Subnet};
use hcn_cni::ipnet::IpNet;
use hcn_cni::{Conflist, Plugin};
use serde_json::json;

use super::ipam;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::cni::Configuration;
use crate::doctor::shell;
use crate::spec::Document;
use crate::spec::Step::{self, Element, Member};

pub(super) struct HostNetwork;

impl Check for HostNetwork {
    fn about(&self) -> About {
        About {
            id: "cni.host-network",
            title: "the configuration agrees with the Host Network Service's network of that name",
            why: "the service gives a container an address of its own network, and the plugin gives it the gateway of \
                  the configuration: where the two differ, no packet finds its way",
            fix: "writes the configuration with the service's subnet and gateway",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let (list, first) = match facts.cni.network().and_then(|list| Ok((list, facts.cni.configurations()?)))
        {
            Err(absent) => return vec![absent.into()],
            Ok((list, all)) => (list, all.into_iter().next()),
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
            Some(network) => compared(&list, network, first.as_ref()),
        }]
    }
}

/// A subnet that a plugin asks for.
struct Wanted {
    /// Which plugin of the list.
    plugin: usize,
    subnet: String,
    gateway: Option<String>,
}

fn wanted((at, plugin): (usize, &Plugin)) -> Vec<Wanted> {
    let gateway = ipam::gateway(plugin);
    let one = |subnet: IpNet| Wanted { plugin: at, subnet: subnet.to_string(), gateway: gateway.clone() };
    ipam::subnets(plugin).into_iter().map(one).collect()
}

fn compared(list: &Conflist, network: &Network, file: Option<&Configuration>) -> Finding {
    let name = list.name();
    let is_there = |wanted: &Wanted| {
        network.subnets().any(|known| agrees(known, &wanted.subnet, wanted.gateway.as_deref()))
    };
    let differs = list.plugins().iter().enumerate().flat_map(wanted).find(|wanted| !is_there(wanted));
    match (differs, network.subnets().next()) {
        (Some(Wanted { plugin, subnet, gateway }), Some(known)) => Finding::failure(
            format!(
                "network {name}: the configuration has {}, the service has {}",
                spoken(&subnet, gateway.as_deref()),
                spoken(prefix(known), known.gateway())
            ),
            fix(known, plugin, list.plugins().get(plugin), file),
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

/// The whole file, corrected; where that cannot be told, what to write into it.
fn fix(known: &Subnet, at: usize, plugin: Option<&Plugin>, file: Option<&Configuration>) -> Fix {
    match file.and_then(|file| Some((file, corrected(&file.text, at, known)?))) {
        Some((file, text)) => Fix::command(shell::written(&file.file, &text)),
        None => Fix::advice(described(known, plugin)),
    }
}

/// The text with subnet and gateway as the service has them; every other byte stays.
fn corrected(text: &str, at: usize, known: &Subnet) -> Option<String> {
    let mut document = Document::parse(text).ok()?;
    let is_list = document.length(&[Member("plugins")]).ok()? > 0;
    let mut ipam = if is_list { vec![Member("plugins"), Element(at)] } else { Vec::new() };
    ipam.push(Member("ipam"));
    let subnet = [&ipam[..], &[Member("subnet")]].concat();
    // Ranges and further ways to say it are not ours to guess at.
    document.get(&subnet).ok()??;
    document.set(&subnet, &json!(prefix(known))).ok()?;
    if let Some(own) = known.gateway() {
        let place = gateway(&document, &ipam)?;
        document.set(&place, &json!(own)).ok()?;
    }
    Some(document.into_text())
}

/// Where the gateway stands: host-local reads it as `gateway`, Microsoft's plugins as `GW` of a route.
fn gateway<'a>(document: &Document, ipam: &[Step<'a>]) -> Option<Vec<Step<'a>>> {
    let own = [ipam, &[Member("gateway")]].concat();
    if document.get(&own).ok()?.is_some() {
        return Some(own);
    }
    let routes = [ipam, &[Member("routes")]].concat();
    let way = |at| [&routes[..], &[Element(at), Member("GW")]].concat();
    let count = document.length(&routes).ok()?;
    let place = (0..count).map(way).find(|way| matches!(document.get(way), Ok(Some(_))));
    Some(place.unwrap_or_else(|| way(count)))
}

/// Microsoft's plugins read the gateway as `GW` of a route.
fn described(known: &Subnet, plugin: Option<&Plugin>) -> String {
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
          Command("[IO.File]::WriteAllText('/etc/cni/net.d/0-nat.conflist', @'\n{\"cniVersion\":\"1.0.0\",\"name\":\"nat\",\"plugins\":[\n        {\"type\":\"nat\",\"ipam\":{\"subnet\":\"172.30.0.0/20\",\"routes\":[{\"GW\":\"172.30.0.1\"}]}}]}\n'@)")
        "#);
        assert!(told("nat", "172.20.0.0/16", "172.20.0.2").starts_with("failure: "));
    }

    #[test]
    fn without_a_service_or_a_network_it_is_skipped() {
        let host = Recorded { networks: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&HostNetwork), @"skipped: no answer");
    }
}
