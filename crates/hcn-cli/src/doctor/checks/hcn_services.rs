//! Do the services run, or may they at least be started?

use super::hcn_feature::CONTAINERS;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};
use crate::sys::Service;

/// The Host Network Service, and the one that makes containers.
const SERVICES: &[&str] = &["hns", "vmcompute"];

pub(super) struct Services;

impl Check for Services {
    fn about(&self) -> About {
        About {
            id: "hcn.services",
            title: "the services hns and vmcompute run, or may be started",
            why: "the first makes networks, the second containers; Windows starts them when they are asked for, unless \
                  somebody disabled them",
            fix: "enables and starts the service",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        SERVICES.iter().map(|name| judged(facts, name)).collect()
    }
}

fn judged(facts: &Facts<'_>, name: &str) -> Finding {
    match facts.host.service(name) {
        Ok(Service { is_running: true, .. }) => Finding::ok(format!("the service {name} runs")),
        // INFERRED: a call starts it, for it has triggers; stopping hns on a real Windows and listing networks would settle it.
        Ok(Service { is_disabled: false, .. }) => {
            Finding::ok(format!("the service {name} does not run; Windows starts it when it is needed"))
        }
        Ok(_) => {
            let enable = format!("Set-Service -Name {name} -StartupType Manual\nStart-Service {name}");
            Finding::failure(format!("the service {name} is disabled"), Fix::command(enable))
        }
        Err(Absent::NotHere(why)) => absent(facts, why),
        Err(other) => other.into(),
    }
}

/// Where HCN answers all the same, something else does its work: that of a test, for instance.
fn absent(facts: &Facts<'_>, why: String) -> Finding {
    let fix = Fix::command(CONTAINERS.fix);
    if facts.hns.version().is_ok() { Finding::warning(why, fix) } else { Finding::failure(why, fix) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::{RUNNING, Recorded};
    use crate::os::Os;

    fn with(services: &[(&'static str, Service)]) -> Recorded {
        Recorded { os: Os::Windows, services: services.iter().copied().collect(), ..Recorded::healthy() }
    }

    #[test]
    fn a_service_that_runs_or_may_be_started_is_well() {
        let stopped = Service { is_running: false, is_disabled: false };
        insta::assert_snapshot!(with(&[("hns", RUNNING), ("vmcompute", stopped)]).tell(&Services), @r"
        ok: the service hns runs
        ok: the service vmcompute does not run; Windows starts it when it is needed
        ");
    }

    #[test]
    fn one_that_is_disabled_or_missing_fails() {
        let disabled = Service { is_running: false, is_disabled: true };
        let mut host = with(&[("hns", disabled)]);
        host.hns_version = Err(Absent::Unreadable("no answer".into()));
        insta::assert_snapshot!(host.tell(&Services), @r#"
        failure: the service hns is disabled
          Command("Set-Service -Name hns -StartupType Manual\nStart-Service hns")
        failure: the service vmcompute: there is no such service
          Command("Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers\nRestart-Computer -Confirm")
        "#);
        assert!(
            with(&[("hns", RUNNING)])
                .tell(&Services)
                .contains("\nwarning: the service vmcompute: there is no")
        );
    }

    #[test]
    fn elsewhere_it_is_not_available() {
        let told = crate::doctor::examine(&[&Services], &Recorded::healthy().facts()).text();
        assert!(told.starts_with("not available hcn.services"), "{told}");
    }
}
