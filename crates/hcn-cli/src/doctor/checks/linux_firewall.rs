//! Does the host's firewall let the packets of the network's bridge pass?

use super::linux_bridge;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::host::{Chain, Family};
use crate::doctor::shell;

pub(super) struct Firewall;

impl Check for Firewall {
    fn about(&self) -> About {
        About {
            id: "linux.firewall",
            title: "the host's firewall lets the packets of the network's bridge pass",
            why: "ufw, firewalld and Docker drop what goes from one interface to another, unless a rule names the \
                  interface: containers then reach the host, and nothing behind it",
            fix: "adds the rules, with the program that keeps the others",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let network = match facts.cni.network() {
            Err(absent) => return vec![absent.into()],
            Ok(network) => network,
        };
        let Some(bridge) = linux_bridge::name(&network) else {
            return vec![Finding::skipped("the network has no bridge")];
        };
        if network.plugins().iter().any(|plugin| plugin.kind() == "firewall") {
            return vec![Finding::ok("the plugin firewall lets each container's packets pass")];
        }
        let chains = match facts.host.chains() {
            Err(absent) => return vec![absent.into()],
            Ok(chains) => chains,
        };
        let closed = chains.iter().filter(|chain| drops(chain) && !names(&chains, chain, &bridge));
        let found: Vec<_> = closed.map(|chain| judged(facts, &chains, chain, &bridge)).collect();
        match found.is_empty() {
            true => vec![Finding::ok(format!("packets of {bridge} may pass"))],
            false => found,
        }
    }
}

/// Packets that no rule takes end here. firewalld's chain refuses them in its last rule.
fn drops(chain: &Chain) -> bool {
    let refuses = chain.table == "firewalld" && chain.name == "filter_FORWARD";
    chain.family != Family::Ip6 && chain.forwards && (chain.drops || refuses)
}

/// Is there a rule for the interface, in this chain or in one of its table that it may lead to? What the rule does is not
/// read: whoever names an interface there has thought of it.
fn names(chains: &[Chain], chain: &Chain, interface: &str) -> bool {
    let whole = [interface.as_bytes(), b"\0"].concat();
    let holds = |rule: &Vec<u8>| rule.windows(whole.len()).any(|window| window == whole);
    let own = chains.iter().filter(|other| (other.family, &other.table) == (chain.family, &chain.table));
    own.flat_map(|chain| &chain.rules).any(holds)
}

fn judged(facts: &Facts<'_>, chains: &[Chain], chain: &Chain, bridge: &str) -> Finding {
    let Chain { family, table, name, .. } = chain;
    let family = match family {
        Family::Inet => "inet",
        Family::Ip => "ip",
        Family::Ip6 => "ip6",
    };
    let keeper = Keeper::of(chains, chain);
    let seen = format!(
        "the chain {name} of the table {family} {table}{} drops what no rule takes, and none names {bridge}",
        keeper.whose()
    );
    let interface = shell::quoted(facts.os, bridge);
    Finding::failure(seen, Fix::command(keeper.opened(&interface, &format!("{family} {table} {name}"))))
}

/// Who keeps a chain's rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeper {
    Firewalld,
    Ufw,
    Docker,
    Iptables,
    Nft,
}

impl Keeper {
    fn of(chains: &[Chain], chain: &Chain) -> Self {
        let has = |front: &str| {
            chains.iter().any(|other| other.table == chain.table && other.name.starts_with(front))
        };
        match (chain.table.as_str(), chain.name.as_str()) {
            ("firewalld", _) => Self::Firewalld,
            ("filter", "FORWARD") if has("ufw-") => Self::Ufw,
            ("filter", "FORWARD") if has("DOCKER") => Self::Docker,
            ("filter", "FORWARD") => Self::Iptables,
            _ => Self::Nft,
        }
    }

    fn whose(self) -> &'static str {
        match self {
            Self::Firewalld => " (firewalld's)",
            Self::Ufw => " (ufw's)",
            Self::Docker => " (Docker's)",
            Self::Iptables | Self::Nft => "",
        }
    }

    /// From the bridge everything; to it answers, and what published ports lead there.
    fn opened(self, bridge: &str, chain: &str) -> String {
        match self {
            Self::Firewalld => {
                format!(
                    "firewall-cmd --permanent --zone=trusted --add-interface={bridge}\nfirewall-cmd --reload"
                )
            }
            Self::Ufw => format!("ufw route allow in on {bridge}\nufw route allow out on {bridge}"),
            Self::Docker | Self::Iptables => format!(
                "iptables -I FORWARD -i {bridge} -j ACCEPT\n\
                 iptables -I FORWARD -o {bridge} -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT"
            ),
            Self::Nft => format!(
                "nft insert rule {chain} iifname {bridge} accept\n\
                 nft insert rule {chain} oifname {bridge} ct state established,related accept\n\
                 nft insert rule {chain} oifname {bridge} ct status dnat accept"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::{LAB, Recorded, configuration};

    fn chain(family: Family, table: &str, name: &str, drops: bool) -> Chain {
        let (table, name) = (table.to_owned(), name.to_owned());
        Chain { family, table, name, forwards: true, drops, rules: Vec::new() }
    }

    fn told(chains: &[Chain]) -> String {
        Recorded { chains: Ok(chains.to_vec()), ..Recorded::healthy() }.tell(&Firewall)
    }

    #[test]
    fn chains_that_let_everything_pass_are_well() {
        insta::assert_snapshot!(told(&[chain(Family::Ip, "filter", "FORWARD", false)]), @"ok: packets of cni0 may pass");
        assert!(told(&[chain(Family::Ip6, "filter", "FORWARD", true)]).starts_with("ok"));
        let input = Chain { forwards: false, ..chain(Family::Inet, "filter", "input", true) };
        assert!(told(&[input]).starts_with("ok"));
    }

    #[test]
    fn one_that_drops_is_opened_by_whoever_keeps_it() {
        let forward = chain(Family::Ip, "filter", "FORWARD", true);
        let beside =
            |name| [forward.clone(), Chain { forwards: false, ..chain(Family::Ip, "filter", name, false) }];
        insta::assert_snapshot!(told(std::slice::from_ref(&forward)), @r#"
        failure: the chain FORWARD of the table ip filter drops what no rule takes, and none names cni0
          Command("iptables -I FORWARD -i cni0 -j ACCEPT\niptables -I FORWARD -o cni0 -m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j ACCEPT")
        "#);
        insta::assert_snapshot!(told(&beside("ufw-before-forward")), @r#"
        failure: the chain FORWARD of the table ip filter (ufw's) drops what no rule takes, and none names cni0
          Command("ufw route allow in on cni0\nufw route allow out on cni0")
        "#);
        assert!(told(&beside("DOCKER-USER")).contains("(Docker's) drops"));
        insta::assert_snapshot!(told(&[chain(Family::Inet, "firewalld", "filter_FORWARD", false)]), @r#"
        failure: the chain filter_FORWARD of the table inet firewalld (firewalld's) drops what no rule takes, and none names cni0
          Command("firewall-cmd --permanent --zone=trusted --add-interface=cni0\nfirewall-cmd --reload")
        "#);
        insta::assert_snapshot!(told(&[chain(Family::Inet, "mine", "way", true)]), @r#"
        failure: the chain way of the table inet mine drops what no rule takes, and none names cni0
          Command("nft insert rule inet mine way iifname cni0 accept\nnft insert rule inet mine way oifname cni0 ct state established,related accept\nnft insert rule inet mine way oifname cni0 ct status dnat accept")
        "#);
    }

    #[test]
    fn a_rule_for_the_bridge_is_enough_wherever_it_stands_in_the_table() {
        let forward = chain(Family::Ip, "filter", "FORWARD", true);
        let rule = |name: &[u8]| {
            let rules = vec![[b"\x0c\0\x01\0", name, b"\0\0"].concat()];
            [forward.clone(), Chain { rules, ..chain(Family::Ip, "filter", "MINE", false) }]
        };
        assert!(told(&rule(b"cni0")).starts_with("ok: packets of cni0 may pass"));
        assert!(told(&rule(b"cni01")).starts_with("failure"));
    }

    #[test]
    fn networks_that_see_to_it_or_have_no_bridge_are_left_alone() {
        let of = |list: &str| {
            let chains = vec![chain(Family::Ip, "filter", "FORWARD", true)];
            let configurations = Ok(vec![configuration("10.conflist", list)]);
            Recorded { chains: Ok(chains), configurations, ..Recorded::healthy() }.tell(&Firewall)
        };
        insta::assert_snapshot!(of(&LAB.replace("}}]}", r#"}},{"type":"firewall"}]}"#)), @"ok: the plugin firewall lets each container's packets pass");
        insta::assert_snapshot!(of(&LAB.replace("\"bridge\"", "\"macvlan\"")), @"skipped: the network has no bridge");
        assert!(of(&LAB.replace("isGateway\":true", "bridge\":\"br7\"")).contains("none names br7"));
    }

    #[test]
    fn who_may_not_ask_is_told_nothing() {
        let denied = Recorded { chains: Err(Absent::Denied("not permitted".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(denied.tell(&Firewall), @"skipped: not permitted");
        let none = Recorded { configurations: Ok(Vec::new()), ..denied };
        insta::assert_snapshot!(none.tell(&Firewall), @"skipped: there is no usable network configuration");
    }
}
