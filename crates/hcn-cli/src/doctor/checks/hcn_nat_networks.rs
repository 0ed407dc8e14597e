//! Is there more than one NAT network?

use hcn::{Network, NetworkKind};

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct NatNetworks;

impl Check for NatNetworks {
    fn about(&self) -> About {
        About {
            id: "hcn.nat-networks",
            title: "there is no more than one NAT network",
            why: "Windows means one address translation for the whole host: with several the service takes much time and \
                  memory, and published ports may end in the wrong one",
            fix: "shows them, so that those that nobody uses can be deleted",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let networks = match facts.hns.networks() {
            Err(absent) => return vec![absent.into()],
            Ok(networks) => networks,
        };
        let nat = networks.iter().filter(|network| network.kind() == NetworkKind::Nat).map(named);
        let nat: Vec<_> = nat.collect();
        vec![match &nat[..] {
            [] => Finding::ok("there is no NAT network"),
            [one] => Finding::ok(format!("{one} is the only one")),
            several => Finding::warning(
                format!("there are {}: {}", several.len(), several.join(", ")),
                Fix::advice(
                    "delete those that nobody uses: `hcn network list`, then `hcn network delete NAME`",
                ),
            ),
        }]
    }
}

fn named(network: &Network) -> String {
    let prefixes = network.subnets().filter_map(|subnet| subnet.ip_address_prefix.as_deref());
    let prefixes: Vec<_> = prefixes.collect();
    format!("{} ({})", network.name.as_deref().unwrap_or("one without a name"), prefixes.join(", "))
}

#[cfg(test)]
mod tests {
    use hcn::Subnet;

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn told(networks: &[(NetworkKind, &str)]) -> String {
        let network = |(kind, name): &(NetworkKind, &str)| {
            Network::new(kind.clone(), *name).with_subnet(Subnet::new("10.1.0.0/24"))
        };
        let networks = Ok(networks.iter().map(network).collect());
        Recorded { networks, ..Recorded::healthy() }.tell(&NatNetworks)
    }

    #[test]
    fn one_is_well_and_so_is_none() {
        insta::assert_snapshot!(told(&[(NetworkKind::Nat, "nat"), (NetworkKind::L2Bridge, "b")]), @"ok: nat (10.1.0.0/24) is the only one");
        insta::assert_snapshot!(told(&[]), @"ok: there is no NAT network");
    }

    #[test]
    fn several_are_named() {
        insta::assert_snapshot!(told(&[(NetworkKind::Nat, "nat"), (NetworkKind::Nat, "other")]), @r#"
        warning: there are 2: nat (10.1.0.0/24), other (10.1.0.0/24)
          Advice("delete those that nobody uses: `hcn network list`, then `hcn network delete NAME`")
        "#);
    }

    #[test]
    fn without_a_service_it_is_skipped() {
        let host = Recorded { networks: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&NatNetworks), @"skipped: no answer");
    }
}
