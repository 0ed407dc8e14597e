//! Do two networks give out the same addresses?

use hcn_cni::Conflist;
use hcn_cni::ipnet::IpNet;

use super::ipam;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::shell;
use crate::os::Os;

pub(super) struct Subnets;

impl Check for Subnets {
    fn about(&self) -> About {
        About {
            id: "cni.subnets",
            title: "no two networks have addresses in common",
            why: "each network counts its addresses for itself, so that two containers get the same one, and answers \
                  go to either",
            fix: "sets the network aside that does not decide",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let all = match facts.cni.configurations() {
            Err(absent) => return vec![absent.into()],
            Ok(all) => all,
        };
        let usable = all.iter().filter_map(|one| Some((&one.file, one.list.as_ref().ok()?)));
        let usable: Vec<_> = usable.collect();
        let pairs = usable
            .iter()
            .enumerate()
            .flat_map(|(at, one)| usable[at + 1..].iter().map(move |two| (one, two)));
        let found: Vec<_> = pairs
            .filter_map(|((one, first), (two, second))| {
                let (a, b) = common(first, second)?;
                let seen =
                    format!("{} ({a}) and {} ({b}) have addresses in common", one.display(), two.display());
                let (from, to) =
                    (shell::path(facts.os, two), shell::quoted(facts.os, &format!("{}.off", two.display())));
                let aside = match facts.os {
                    Os::Linux => format!("mv -n -- {from} {to}"),
                    Os::Windows => format!("Move-Item -LiteralPath {from} -Destination {to}"),
                };
                Some(Finding::failure(seen, Fix::command(aside)))
            })
            .collect();
        match found.is_empty() {
            true => vec![Finding::ok(format!("{} networks, with addresses of their own", usable.len()))],
            false => found,
        }
    }
}

/// Two files of one network share its addresses by intention.
fn common(one: &Conflist, two: &Conflist) -> Option<(IpNet, IpNet)> {
    let subnets = |list: &Conflist| list.plugins().iter().flat_map(ipam::subnets).collect::<Vec<_>>();
    let (all, others) = (subnets(one), subnets(two));
    let mut pairs = all.iter().flat_map(|a| others.iter().map(move |b| (*a, *b)));
    let overlap = |(a, b): &(IpNet, IpNet)| a.contains(b) || b.contains(a);
    if one.name() == two.name() { None } else { pairs.find(overlap) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::{LAB, Recorded, configuration};

    fn beside(subnet: &str, name: &str) -> String {
        let text = LAB.replace("10.88.0.0/24", subnet).replace("lab", name);
        let mut host = Recorded::healthy();
        host.configurations.as_mut().unwrap().push(configuration("20-x.conflist", &text));
        host.tell(&Subnets)
    }

    #[test]
    fn networks_apart_are_well_and_so_are_two_files_of_one() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Subnets), @"ok: 1 networks, with addresses of their own");
        insta::assert_snapshot!(beside("10.89.0.0/24", "x"), @"ok: 2 networks, with addresses of their own");
        insta::assert_snapshot!(beside("10.88.0.0/24", "lab"), @"ok: 2 networks, with addresses of their own");
    }

    #[test]
    fn a_subnet_in_another_is_told_with_both_files() {
        insta::assert_snapshot!(beside("10.88.0.7/16", "x"), @r#"
        failure: /etc/cni/net.d/10-lab.conflist (10.88.0.0/24) and /etc/cni/net.d/20-x.conflist (10.88.0.0/16) have addresses in common
          Command("mv -n -- /etc/cni/net.d/20-x.conflist /etc/cni/net.d/20-x.conflist.off")
        "#);
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_skipped() {
        let host = Recorded {
            configurations: Err(Absent::Denied("permission denied".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Subnets), @"skipped: permission denied");
    }
}
