//! Are the features on that containers need?

use super::hcn_feature::{CONTAINERS, Feature, HYPER_V};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct Features;

impl Check for Features {
    fn about(&self) -> About {
        About {
            id: "hcn.features",
            title: "Windows' features Containers and, for isolated containers, Hyper-V are on",
            why: "the first brings everything that containers are made with; Hyper-V isolates those that are to have a \
                  kernel of their own",
            fix: "switches the feature on",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let is_isolated = facts.subject.config.as_ref().is_some_and(|config| config.is_isolated());
        vec![judged(facts, &CONTAINERS, true), judged(facts, &HYPER_V, is_isolated)]
    }
}

fn judged(facts: &Facts<'_>, feature: &Feature, is_needed: bool) -> Finding {
    let name = feature.name;
    match feature.missing(facts) {
        Err(absent) => absent.into(),
        Ok(None) => Finding::ok(format!("the feature {name} seems to be on: its services are there")),
        Ok(Some(service)) => {
            let seen = format!("the feature {name} seems to be off: there is no service {service}");
            match is_needed {
                true => Finding::failure(seen, Fix::command(feature.fix)),
                false => Finding::ok(format!("{seen}; only isolated containers need it")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::doctor::facts::recorded::{RUNNING, Recorded};
    use crate::doctor::subject::{Config, Subject};
    use crate::os::Os;

    fn with(services: &[&'static str], config: Option<&str>) -> String {
        let services: HashMap<_, _> = services.iter().map(|name| (*name, RUNNING)).collect();
        let config = config.map(|text| Config::parse("config.json".as_ref(), text, Os::Windows));
        let subject = Subject { config, ..Subject::default() };
        Recorded { os: Os::Windows, services, subject, ..Recorded::healthy() }.tell(&Features)
    }

    #[test]
    fn both_features_are_well_and_so_is_one_without_isolation() {
        insta::assert_snapshot!(with(&["hns", "vmcompute", "vmms"], None), @r"
        ok: the feature Containers seems to be on: its services are there
        ok: the feature Microsoft-Hyper-V seems to be on: its services are there
        ");
        insta::assert_snapshot!(with(&["hns", "vmcompute"], None), @r"
        ok: the feature Containers seems to be on: its services are there
        ok: the feature Microsoft-Hyper-V seems to be off: there is no service vmms; only isolated containers need it
        ");
    }

    #[test]
    fn what_is_needed_and_off_is_switched_on() {
        insta::assert_snapshot!(with(&["hns"], Some(r#"{"windows":{"hyperv":{}}}"#)), @r#"
        failure: the feature Containers seems to be off: there is no service vmcompute
          Command("Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers\nRestart-Computer -Confirm")
        failure: the feature Microsoft-Hyper-V seems to be off: there is no service vmms
          Command("Enable-WindowsOptionalFeature -Online -NoRestart -All -FeatureName Microsoft-Hyper-V\nRestart-Computer -Confirm")
        "#);
    }

    #[test]
    fn elsewhere_it_is_not_available() {
        let told = crate::doctor::examine(&[&Features], &Recorded::healthy().facts()).text();
        assert!(told.starts_with("not available hcn.features"), "{told}");
    }
}
