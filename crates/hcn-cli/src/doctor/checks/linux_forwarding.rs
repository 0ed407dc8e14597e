//! Does the kernel pass packets on between interfaces?

use hcn_cni::Plugin;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

const FILE: &str = "/proc/sys/net/ipv4/ip_forward";

pub(super) struct Forwarding;

impl Check for Forwarding {
    fn about(&self) -> About {
        About {
            id: "linux.forwarding",
            title: "the kernel forwards packets",
            why: "a container's packets pass the host on their way; without forwarding it reaches the host and nothing \
                  behind it",
            fix: "switches it on, until the next boot",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let value = match facts.host.text(FILE) {
            Err(absent) => return vec![absent.into()],
            Ok(value) => value,
        };
        if value.trim() == "1" {
            return vec![Finding::ok("net.ipv4.ip_forward is 1")];
        }
        let seen = format!("net.ipv4.ip_forward is {}", value.trim());
        let fix = Fix::command("echo 1 > /proc/sys/net/ipv4/ip_forward");
        let mends = facts.cni.network().is_ok_and(|network| network.plugins().iter().any(switches_it_on));
        vec![match mends {
            true => {
                Finding::warning(format!("{seen}; the plugin bridge sets it with the next container"), fix)
            }
            false => Finding::failure(seen, fix),
        }]
    }
}

/// The plugin bridge does where it is the gateway.
fn switches_it_on(plugin: &Plugin) -> bool {
    let is_true = |key: &str| plugin.object().get(key).is_some_and(|value| value.get() == "true");
    plugin.kind() == "bridge" && (is_true("isGateway") || is_true("isDefaultGateway"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::{LAB, Recorded, configuration};

    fn off(conflist: &str) -> Recorded {
        let mut host = Recorded {
            configurations: Ok(vec![configuration("10.conflist", conflist)]),
            ..Recorded::healthy()
        };
        host.texts.insert(FILE, "0\n");
        host
    }

    #[test]
    fn a_kernel_that_forwards_is_well() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Forwarding), @"ok: net.ipv4.ip_forward is 1");
    }

    #[test]
    fn one_that_does_not_is_a_failure_unless_a_plugin_will_switch_it_on() {
        insta::assert_snapshot!(off(&LAB.replace("isGateway", "isNone")).tell(&Forwarding), @r#"
        failure: net.ipv4.ip_forward is 0
          Command("echo 1 > /proc/sys/net/ipv4/ip_forward")
        "#);
        insta::assert_snapshot!(off(LAB).tell(&Forwarding), @r#"
        warning: net.ipv4.ip_forward is 0; the plugin bridge sets it with the next container
          Command("echo 1 > /proc/sys/net/ipv4/ip_forward")
        "#);
    }

    #[test]
    fn a_kernel_without_ipv4_has_no_such_thing() {
        let mut host = Recorded::healthy();
        host.texts.remove(FILE);
        insta::assert_snapshot!(host.tell(&Forwarding), @"not available: /proc/sys/net/ipv4/ip_forward: there is no such file");
    }
}
