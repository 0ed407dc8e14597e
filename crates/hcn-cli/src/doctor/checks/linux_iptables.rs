//! Is there iptables for the plugins that write rules with it, and do all rules go to one backend?

use hcn_cni::Plugin;

use super::package;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::host::Family;
use crate::doctor::facts::{Absent, Facts};

/// The tables that the old backend has in use, a name a line.
const OLD: &str = "/proc/net/ip_tables_names";

/// What iptables calls its tables in nftables.
const TABLES: &[&str] = &["filter", "mangle", "nat", "raw", "security"];

pub(super) struct Iptables;

impl Check for Iptables {
    fn about(&self) -> About {
        About {
            id: "linux.iptables",
            title: "iptables is there where plugins need it, and its rules are in one backend",
            why: "masquerading and published ports are rules that the plugins have iptables write; where some programs \
                  write them with iptables-legacy and others with nftables, a packet must pass both, and neither shows \
                  what the other does",
            fix: "installs iptables, or says how to choose one backend",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        vec![program(facts), backends(facts)]
    }
}

fn program(facts: &Facts<'_>) -> Finding {
    let network = match facts.cni.network() {
        Err(absent) => return absent.into(),
        Ok(network) => network,
    };
    let folders = facts.host.path();
    let needed_by = network.plugins().iter().find(|plugin| needs_it(plugin)).map(Plugin::kind);
    match (facts.host.program("iptables", &folders), needed_by) {
        (Some(file), _) => Finding::ok(format!("iptables is {}", file.display())),
        (None, None) => Finding::ok("there is no iptables, and the network does not need it"),
        (None, Some(kind)) => Finding::failure(
            format!("there is no iptables on the PATH, and the plugin {kind} needs it"),
            package::install(
                facts,
                &package::IPTABLES,
                "install iptables, or set the PATH so that it is found",
            ),
        ),
    }
}

/// Those that write rules, unless they are told to write them with nft or to ask firewalld.
fn needs_it(plugin: &Plugin) -> bool {
    let says = |key: &str, value: &str| plugin.object().get(key).is_some_and(|found| found.get() == value);
    match plugin.kind() {
        "bridge" | "ptp" => says("ipMasq", "true") && !says("ipMasqBackend", "\"nftables\""),
        "portmap" => !says("backend", "\"nftables\""),
        "firewall" => !says("backend", "\"firewalld\""),
        _ => false,
    }
}

fn backends(facts: &Facts<'_>) -> Finding {
    let old = match facts.host.text(OLD) {
        // A kernel without the old backend.
        Err(Absent::NotHere(_)) => String::new(),
        Err(absent) => return absent.into(),
        Ok(text) => text,
    };
    let old = old.split_whitespace().collect::<Vec<_>>().join(", ");
    let new = match facts.host.chains() {
        Err(Absent::NotHere(_)) => Vec::new(),
        Err(absent) => return absent.into(),
        Ok(chains) => chains,
    };
    let is_iptables = |table: &str| TABLES.contains(&table);
    let mut new: Vec<_> =
        new.into_iter().filter(|chain| chain.family == Family::Ip).map(|chain| chain.table).collect();
    new.retain(|table| is_iptables(table));
    new.dedup();
    match (old.as_str(), new.join(", ").as_str()) {
        ("", "") => Finding::ok("iptables has no tables yet"),
        ("", new) => Finding::ok(format!("all tables are in nftables: {new}")),
        (old, "") => Finding::ok(format!("all tables are in iptables-legacy: {old}")),
        (old, new) => Finding::warning(
            format!("there are tables in iptables-legacy ({old}) and in nftables ({new})"),
            Fix::advice(
                "look at both with `iptables-legacy-save` and `iptables-nft-save`, choose one (Debian and Ubuntu: \
                 `update-alternatives --config iptables`), and start the machine anew, so that the other is empty",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::host::Chain;
    use crate::doctor::facts::recorded::{Recorded, configuration};

    fn with_network(plugins: &str) -> Recorded {
        let list = format!(r#"{{"cniVersion":"1.0.0","name":"n","plugins":[{plugins}]}}"#);
        Recorded { configurations: Ok(vec![configuration("10.conflist", &list)]), ..Recorded::healthy() }
    }

    fn table(name: &str) -> Chain {
        let (table, name) = (name.to_owned(), "FORWARD".to_owned());
        Chain { family: Family::Ip, table, name, forwards: true, drops: false, rules: Vec::new() }
    }

    #[test]
    fn one_backend_is_well_whichever_it_is() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Iptables), @r"
        ok: iptables is /usr/bin/iptables
        ok: iptables has no tables yet
        ");
        let mut old = Recorded::healthy();
        old.texts.insert(OLD, "nat\nfilter\n");
        assert!(old.tell(&Iptables).ends_with("ok: all tables are in iptables-legacy: nat, filter\n"));
        let new = Recorded { chains: Ok(vec![table("nat"), table("mine")]), ..Recorded::healthy() };
        assert!(new.tell(&Iptables).ends_with("ok: all tables are in nftables: nat\n"));
    }

    #[test]
    fn rules_in_both_are_told() {
        let mut both = Recorded { chains: Ok(vec![table("nat"), table("nat")]), ..Recorded::healthy() };
        both.texts.insert(OLD, "filter\n");
        insta::assert_snapshot!(both.tell(&Iptables).lines().skip(1).collect::<Vec<_>>().join("\n"), @r#"
        warning: there are tables in iptables-legacy (filter) and in nftables (nat)
          Advice("look at both with `iptables-legacy-save` and `iptables-nft-save`, choose one (Debian and Ubuntu: `update-alternatives --config iptables`), and start the machine anew, so that the other is empty")
        "#);
    }

    #[test]
    fn a_program_that_a_plugin_needs_is_installed() {
        let told = |plugins: &str| {
            let host = Recorded { programs: vec!["apt-get"], ..with_network(plugins) };
            host.tell(&Iptables).lines().take(2).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(told(r#"{"type":"bridge","ipMasq":true}"#), @r#"
        failure: there is no iptables on the PATH, and the plugin bridge needs it
          Command("apt-get install -y iptables")
        "#);
        for spared in [r#"{"type":"portmap","backend":"nftables"}"#, r#"{"type":"bridge"}"#] {
            assert!(told(spared).starts_with("ok: there is no iptables, and the network does not need it"));
        }
    }

    #[test]
    fn who_may_not_ask_is_told_nothing() {
        let denied = Recorded { chains: Err(Absent::Denied("not permitted".into())), ..with_network("") };
        let none = Recorded { configurations: Ok(Vec::new()), ..denied };
        insta::assert_snapshot!(none.tell(&Iptables), @r"
        skipped: there is no usable network configuration
        skipped: not permitted
        ");
    }
}
