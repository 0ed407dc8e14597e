//! Do frames between containers of one bridge pass the host's firewall?

use hcn_cni::Plugin;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};

const FILE: &str = "/proc/sys/net/bridge/bridge-nf-call-iptables";

pub(super) struct BridgeFilter;

impl Check for BridgeFilter {
    fn about(&self) -> About {
        About {
            id: "linux.bridge-filter",
            title: "frames on a bridge pass the firewall where published ports need it",
            why: "a container that reaches its neighbour through a published port of the host gets answers straight \
                  over the bridge, from an address that it did not ask, unless they pass iptables or are masqueraded",
            fix: "loads the module and switches it on, until the next boot",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let value = match facts.host.text(FILE) {
            Ok(value) => value.trim() == "1",
            // The module is not loaded.
            Err(Absent::NotHere(_)) => false,
            Err(absent) => return vec![absent.into()],
        };
        let network = match facts.cni.network() {
            Err(absent) => return vec![absent.into()],
            Ok(network) => network,
        };
        vec![match (value, network.plugins().iter().any(needs_it)) {
            (true, _) => Finding::ok("frames on bridges pass iptables"),
            (false, false) => {
                Finding::ok("frames on bridges do not pass iptables, and the network does not need it")
            }
            (false, true) => Finding::warning(
                "frames on bridges do not pass iptables, and portmap is told not to masquerade",
                Fix::command("modprobe br_netfilter\necho 1 > /proc/sys/net/bridge/bridge-nf-call-iptables"),
            ),
        }]
    }
}

/// Published ports whose answers are not masqueraded.
fn needs_it(plugin: &Plugin) -> bool {
    plugin.kind() == "portmap" && plugin.object().get("snat").is_some_and(|snat| snat.get() == "false")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::{Recorded, configuration};

    fn told(value: Option<&'static str>, plugins: &str) -> String {
        let list = format!(r#"{{"cniVersion":"1.0.0","name":"n","plugins":[{plugins}]}}"#);
        let mut host =
            Recorded { configurations: Ok(vec![configuration("10.conflist", &list)]), ..Recorded::healthy() };
        host.texts.remove(FILE);
        host.texts.extend(value.map(|value| (FILE, value)));
        host.tell(&BridgeFilter)
    }

    #[test]
    fn it_is_only_needed_where_portmap_does_not_masquerade() {
        let (plain, bare) = (r#"{"type":"portmap"}"#, r#"{"type":"portmap","snat":false}"#);
        insta::assert_snapshot!(told(Some("1\n"), bare), @"ok: frames on bridges pass iptables");
        insta::assert_snapshot!(told(None, plain), @"ok: frames on bridges do not pass iptables, and the network does not need it");
        for value in [None, Some("0\n")] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(told(value, bare), @r#"
                warning: frames on bridges do not pass iptables, and portmap is told not to masquerade
                  Command("modprobe br_netfilter\necho 1 > /proc/sys/net/bridge/bridge-nf-call-iptables")
                "#);
            }
        }
    }

    #[test]
    fn without_a_network_it_is_skipped() {
        let none = Recorded { configurations: Ok(Vec::new()), ..Recorded::healthy() };
        insta::assert_snapshot!(none.tell(&BridgeFilter), @"skipped: there is no usable network configuration");
    }
}
