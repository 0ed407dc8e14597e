//! Does host-local hold addresses for containers that are gone?

use std::collections::HashSet;
use std::time::Duration;

use super::ipam;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::cni::Reservation;
use crate::doctor::facts::{Absent, Fact, Facts};
use crate::doctor::shell;
use crate::os::Os;

/// A container may be made this long after its address was given out.
const YOUNG: Duration = Duration::from_secs(600);

pub(super) struct Reservations;

impl Check for Reservations {
    fn about(&self) -> About {
        About {
            id: "cni.reservations",
            title: "host-local holds addresses for living containers only",
            why: "an address whose container is gone is never given out again, until the subnet is used up; a file cut \
                  short by a crash is freed by nobody",
            fix: "frees the address",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let reserved = match reserved(facts) {
            Err(absent) => return vec![absent.into()],
            Ok(reserved) => reserved,
        };
        let living = living(facts);
        let mut found: Vec<_> =
            reserved.iter().filter_map(|one| judged(facts.os, one, living.as_ref().ok())).collect();
        if let Err(absent) = &living {
            found.push(Finding::skipped(format!("who lives cannot be told: {}", absent.why())));
        }
        if found.is_empty() {
            found.push(Finding::ok(format!("{} reserved, all in use", reserved.len())));
        }
        found
    }
}

/// What the deciding network has given out.
fn reserved(facts: &Facts<'_>) -> Fact<Vec<Reservation>> {
    let network = facts.cni.network()?;
    let folders = network.plugins().iter().filter_map(|plugin| ipam::folder(plugin, network.name()));
    let mut all = Vec::new();
    for folder in folders {
        match facts.cni.reservations(&folder) {
            // Nothing was ever given out.
            Err(Absent::NotHere(_)) => {}
            found => all.extend(found?),
        }
    }
    Ok(all)
}

/// Every name under which a plugin may know a container that lives: its id, with ctr and hcn the namespace before it.
fn living(facts: &Facts<'_>) -> Fact<HashSet<String>> {
    let containers = facts.containerd.containers()?;
    let made = containers.into_iter().map(|one| (one.namespace, one.id));
    let begun = facts.runs.all()?.into_iter().map(|run| (run.namespace, run.container));
    Ok(made.chain(begun).flat_map(|(namespace, id)| [format!("{namespace}-{id}"), id]).collect())
}

fn judged(os: Os, reservation: &Reservation, living: Option<&HashSet<String>>) -> Option<Finding> {
    let file = reservation.file.display();
    match (&reservation.holder, living) {
        (None, _) => {
            let fix = Fix::command(remove_empty(os, reservation));
            Some(Finding::warning(format!("{file} is empty: it is nobody's"), fix))
        }
        (Some(holder), Some(living)) if !living.contains(holder) && reservation.age >= YOUNG => {
            let seen = format!("{file} is held for {holder}, which containerd does not know");
            Some(Finding::warning(seen, Fix::command(shell::remove(os, &reservation.file))))
        }
        _ => None,
    }
}

/// A plugin may just be writing it.
fn remove_empty(os: Os, reservation: &Reservation) -> String {
    match os {
        Os::Linux => format!("find {} -empty -delete", shell::path(os, &reservation.file)),
        Os::Windows => shell::remove(os, &reservation.file),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::containerd::Container;
    use crate::doctor::facts::recorded::{Recorded, reservation};
    use crate::doctor::facts::runs::Run;

    fn host(reservations: Vec<Reservation>) -> Recorded {
        let web = Container { namespace: "default".into(), id: "web".into(), ..Container::default() };
        let run = Run { name: "a1".into(), container: "db".into(), namespace: "k".into(), lives: true };
        Recorded {
            reservations: Ok(reservations),
            containers: Ok(vec![web]),
            runs: Ok(vec![run]),
            ..Recorded::healthy()
        }
    }

    #[test]
    fn addresses_of_those_that_live_begin_or_may_begin_are_well() {
        let used = vec![
            reservation("10.88.0.2", Some("default-web"), 99),
            reservation("10.88.0.3", Some("web"), 99),
            reservation("10.88.0.4", Some("k-db"), 99),
            reservation("10.88.0.5", Some("new"), 9),
        ];
        insta::assert_snapshot!(host(used).tell(&Reservations), @"ok: 4 reserved, all in use");
    }

    #[test]
    fn what_is_stale_or_empty_is_freed_file_by_file() {
        let stale = vec![reservation("10.88.0.2", Some("gone"), 10), reservation("10.88.0.3", None, 0)];
        insta::assert_snapshot!(host(stale).tell(&Reservations), @r#"
        warning: /var/lib/cni/networks/lab/10.88.0.2 is held for gone, which containerd does not know
          Command("rm -- /var/lib/cni/networks/lab/10.88.0.2")
        warning: /var/lib/cni/networks/lab/10.88.0.3 is empty: it is nobody's
          Command("find /var/lib/cni/networks/lab/10.88.0.3 -empty -delete")
        "#);
    }

    #[test]
    fn without_a_daemon_nobody_is_called_dead() {
        let silent = Recorded {
            containers: Err(Absent::Unreadable("no answer".into())),
            ..host(vec![reservation("10.88.0.2", Some("gone"), 99)])
        };
        insta::assert_snapshot!(silent.tell(&Reservations), @"skipped: who lives cannot be told: no answer");
    }

    #[test]
    fn a_network_that_never_gave_one_out_is_well() {
        let fresh =
            Recorded { reservations: Err(Absent::NotHere("no folder".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(fresh.tell(&Reservations), @"ok: 0 reserved, all in use");
        let closed = Recorded { reservations: Err(Absent::Denied("no right".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(closed.tell(&Reservations), @"skipped: no right");
    }
}
