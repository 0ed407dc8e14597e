//! Can the plugin use the bridge that is there?

use hcn_cni::Conflist;
use serde_json::Value;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};
use crate::doctor::shell;

/// What the plugin bridge makes where the configuration names none.
const DEFAULT: &str = "cni0";

/// The address of a bridge that had ports and lost them before it was given one of its own.
const NONE: &str = "00:00:00:00:00:00";

pub(super) struct Bridge;

impl Check for Bridge {
    fn about(&self) -> About {
        About {
            id: "linux.bridge",
            title: "the network's bridge can be used",
            why: "where the first attachment fails after the plugin made the bridge, it stays without an address, and \
                  the kernel refuses when the plugin fixes that of later ones: `could not set bridge's mac: invalid \
                  argument`",
            fix: "removes the bridge, which the next container makes anew",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let network = match facts.cni.network() {
            Err(absent) => return vec![absent.into()],
            Ok(network) => network,
        };
        let Some(name) = name(&network) else {
            return vec![Finding::skipped("the network has no bridge")];
        };
        vec![match facts.host.text(&format!("/sys/class/net/{name}/address")) {
            Err(Absent::NotHere(_)) => {
                Finding::ok(format!("the bridge {name} is made with the first container"))
            }
            Err(absent) => absent.into(),
            Ok(address) if address.trim() != NONE => {
                Finding::ok(format!("the bridge {name} has the address {}", address.trim()))
            }
            Ok(_) => Finding::failure(
                format!("the bridge {name} has no port, and the address {NONE}"),
                Fix::command(format!("ip link delete {}", shell::quoted(facts.os, &name))),
            ),
        }]
    }
}

/// The bridge of a network.
pub(super) fn name(network: &Conflist) -> Option<String> {
    let plugin = network.plugins().iter().find(|plugin| plugin.kind() == "bridge")?;
    let named = plugin.object().get("bridge").and_then(|name| serde_json::from_str(name.get()).ok());
    Some(match named {
        Some(Value::String(name)) if !name.is_empty() => name,
        _ => DEFAULT.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::{LAB, Recorded, configuration};

    fn told(address: Option<&'static str>) -> String {
        let mut host = Recorded::healthy();
        host.texts.extend(address.map(|address| ("/sys/class/net/cni0/address", address)));
        host.tell(&Bridge)
    }

    #[test]
    fn one_that_is_not_there_yet_and_one_with_an_address_are_well() {
        insta::assert_snapshot!(told(None), @"ok: the bridge cni0 is made with the first container");
        insta::assert_snapshot!(told(Some("02:42:ac:11:00:02\n")), @"ok: the bridge cni0 has the address 02:42:ac:11:00:02");
    }

    #[test]
    fn one_without_an_address_is_removed() {
        insta::assert_snapshot!(told(Some("00:00:00:00:00:00\n")), @r#"
        failure: the bridge cni0 has no port, and the address 00:00:00:00:00:00
          Command("ip link delete cni0")
        "#);
    }

    #[test]
    fn without_a_bridge_or_a_network_it_is_skipped() {
        let other = configuration("10.conflist", &LAB.replace("\"bridge\"", "\"macvlan\""));
        let host = Recorded { configurations: Ok(vec![other]), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Bridge), @"skipped: the network has no bridge");
        let none = Recorded { configurations: Ok(Vec::new()), ..host };
        insta::assert_snapshot!(none.tell(&Bridge), @"skipped: there is no usable network configuration");
    }
}
