//! Does the Host Network Service answer, and is it new enough?

use hcn::{Feature, ServiceVersion};

use super::hcn_feature::CONTAINERS;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};

pub(super) struct Service;

impl Check for Service {
    fn about(&self) -> About {
        About {
            id: "hcn.service",
            title: "the Host Network Service answers, and knows HCN version 2",
            why: "on Windows it makes the networks, endpoints and namespaces of containers; it comes with the feature \
                  Containers, through computenetwork.dll",
            fix: "switches the feature on, or starts the service",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let version = match facts.hns.version() {
            Ok(version) => version,
            Err(Absent::Denied(why)) => {
                return vec![Finding::failure(why, Fix::advice("open the shell as administrator"))];
            }
            Err(absent) => return vec![Finding::failure(absent.why(), Fix::command(CONTAINERS.fix))],
        };
        vec![match version.has(Feature::V2) {
            true => Finding::ok(format!("version {version}, with {}", features(version))),
            false => Finding::failure(
                format!("version {version} does not know HCN version 2"),
                Fix::advice("update Windows: Server 2019 and Windows 10 1809 are the first that do"),
            ),
        }]
    }
}

/// What it can do beyond the least.
fn features(version: ServiceVersion) -> String {
    let names: Vec<_> = version.features().map(Feature::name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    fn told(version: Result<ServiceVersion, Absent>) -> String {
        Recorded { hns_version: version, ..Recorded::healthy() }.tell(&Service)
    }

    #[test]
    fn a_service_of_server_2019_is_well_and_an_older_one_is_not() {
        insta::assert_snapshot!(told(Ok(ServiceVersion::SERVER_2019)), @"ok: version 9.2, with Acl.AddressLists, Acl.HostRulePriority, Acl.PortRanges, Acl.RuleId, Api.V2, RemoteSubnet, HostRoute");
        insta::assert_snapshot!(told(Ok(ServiceVersion { major: 7, minor: 1 })), @r#"
        failure: version 7.1 does not know HCN version 2
          Advice("update Windows: Server 2019 and Windows 10 1809 are the first that do")
        "#);
    }

    #[test]
    fn a_dll_that_is_missing_and_rights_that_are_missing_are_told_apart() {
        insta::assert_snapshot!(told(Err(Absent::Unreadable("computenetwork.dll is not there".into()))), @r#"
        failure: computenetwork.dll is not there
          Command("Enable-WindowsOptionalFeature -Online -NoRestart -FeatureName Containers\nRestart-Computer -Confirm")
        "#);
        insta::assert_snapshot!(told(Err(Absent::Denied("access denied".into()))), @r#"
        failure: access denied
          Advice("open the shell as administrator")
        "#);
    }
}
