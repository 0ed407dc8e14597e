//! Does the daemon answer at its address?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};
use crate::os::Os;

pub(super) struct Reachable;

impl Check for Reachable {
    fn about(&self) -> About {
        About {
            id: "containerd.reachable",
            title: "containerd answers at its address",
            why: "without it no container can be run; it may be stopped, listen elsewhere, or be closed to this user",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let address = facts.containerd.address();
        vec![match facts.containerd.version() {
            Ok(version) => Finding::ok(format!("containerd {version} answers at {address}")),
            Err(Absent::NotHere(why) | Absent::Unreadable(why)) => {
                Finding::failure(format!("{address} does not answer: {why}"), Fix::command(start(facts.os)))
            }
        }]
    }
}

fn start(os: Os) -> &'static str {
    match os {
        Os::Windows => "Start-Service containerd",
        Os::Linux => "systemctl start containerd",
    }
}
