//! Is computenetwork.dll there, with the functions that hcn calls?

use super::hcn_feature::CONTAINERS;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};

const DLL: &str = "computenetwork.dll";

/// The kinds of objects that runs are made of, and the others.
const KINDS: &[&str] = &["Network", "Endpoint", "Namespace"];
const OTHERS: &[&str] = &["LoadBalancer", "SdnRoute", "GuestNetworkService"];

pub(super) struct Library;

impl Check for Library {
    fn about(&self) -> About {
        About {
            id: "hcn.library",
            title: "computenetwork.dll is there, with the functions that hcn calls",
            why: "it is the one way to the Host Network Service; it comes with the feature Containers, and older releases \
                  of Windows lack some of its functions",
            fix: "switches the feature on, or says that Windows is too old",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let needed: Vec<_> = KINDS.iter().flat_map(|kind| functions(kind)).collect();
        let more: Vec<_> = OTHERS.iter().flat_map(|kind| functions(kind)).collect();
        let all: Vec<_> = needed.iter().chain(&more).cloned().collect();
        let missing = match facts.host.missing_functions(DLL, &all) {
            Err(absent) => return vec![gone(absent)],
            Ok(missing) => missing,
        };
        let (missing, unused): (Vec<_>, Vec<_>) = missing.into_iter().partition(|name| needed.contains(name));
        vec![match missing.is_empty() {
            true => Finding::ok(format!("{DLL} has all that a run calls{}", without(&unused))),
            false => Finding::failure(
                format!("{DLL} lacks {}", missing.join(", ")),
                Fix::advice("update Windows: Server 2019 and Windows 10 1809 are the first that have them"),
            ),
        }]
    }
}

/// As ComputeNetwork.h names them.
fn functions(kind: &str) -> Vec<String> {
    ["HcnCreate", "HcnOpen", "HcnModify", "HcnDelete", "HcnClose"]
        .map(|verb| format!("{verb}{kind}"))
        .into_iter()
        .chain([format!("HcnEnumerate{kind}s"), format!("HcnQuery{kind}Properties")])
        .collect()
}

fn gone(absent: Absent) -> Finding {
    match absent {
        Absent::Denied(why) => Finding::skipped(why),
        absent => Finding::failure(absent.why(), Fix::command(CONTAINERS.fix)),
    }
}

fn without(functions: &[String]) -> String {
    if functions.is_empty() { String::new() } else { format!("; it lacks {}", functions.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Fact;
    use crate::doctor::facts::recorded::Recorded;
    use crate::os::Os;

    fn told(missing: Fact<&[&str]>) -> String {
        let missing_functions = missing.map(|names| names.iter().map(ToString::to_string).collect());
        Recorded { os: Os::Windows, missing_functions, ..Recorded::healthy() }.tell(&Library)
    }

    #[test]
    fn a_dll_with_all_that_runs_call_is_well_whatever_else_it_lacks() {
        insta::assert_snapshot!(told(Ok(&[])), @"ok: computenetwork.dll has all that a run calls");
        insta::assert_snapshot!(told(Ok(&["HcnCreateSdnRoute"])), @"ok: computenetwork.dll has all that a run calls; it lacks HcnCreateSdnRoute");
    }

    #[test]
    fn what_is_missing_is_named() {
        insta::assert_snapshot!(told(Ok(&["HcnCreateNamespace", "HcnCreateSdnRoute"])), @r#"
        failure: computenetwork.dll lacks HcnCreateNamespace
          Advice("update Windows: Server 2019 and Windows 10 1809 are the first that have them")
        "#);
        insta::assert_snapshot!(told(Err(Absent::NotHere("computenetwork.dll: not found".into()))), @r#"
        failure: computenetwork.dll: not found
          Command("Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers\nRestart-Computer -Confirm")
        "#);
    }

    #[test]
    fn elsewhere_it_is_not_available() {
        let told = crate::doctor::examine(&[&Library], &Recorded::healthy().facts()).text();
        assert!(told.starts_with("not available hcn.library"), "{told}");
    }
}
