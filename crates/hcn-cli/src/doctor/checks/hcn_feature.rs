//! The features of Windows that containers need: how it is told that one is on, and what switches it on.
//!
//! INFERRED: a feature is on where its services are there, for asking the servicing stack itself takes seconds and an
//! administrator. Containers brings hns and vmcompute, which Hyper-V brings too; Hyper-V alone brings vmms. Switching each
//! on and off on a real Windows Server and a real Windows 11 would settle it.

use crate::doctor::facts::{Absent, Fact, Facts};

/// A feature.
pub(super) struct Feature {
    /// What Windows calls it.
    pub(super) name: &'static str,
    /// The services that it brings.
    services: &'static [&'static str],
    /// What switches it on. Harmless where that was done already; the machine has to be started anew afterwards.
    pub(super) fix: &'static str,
}

pub(super) const CONTAINERS: Feature = Feature {
    name: "Containers",
    services: &["hns", "vmcompute"],
    fix: "Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers\nRestart-Computer -Confirm",
};

pub(super) const HYPER_V: Feature = Feature {
    name: "Microsoft-Hyper-V",
    services: &["vmms"],
    fix: "Enable-WindowsOptionalFeature -Online -NoRestart -All -FeatureName Microsoft-Hyper-V\nRestart-Computer -Confirm",
};

impl Feature {
    /// The first of its services that is not there; none where it is on.
    pub(super) fn missing(&self, facts: &Facts<'_>) -> Fact<Option<&'static str>> {
        for service in self.services {
            match facts.host.service(service) {
                Err(Absent::NotHere(_)) => return Ok(Some(service)),
                Err(other) => return Err(other),
                Ok(_) => {}
            }
        }
        Ok(None)
    }
}
