//! Does the network's configuration speak a version in which everything works?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

/// The first version in which DEL gets the result of ADD.
const WHOLE: hcn_cni::Version = hcn_cni::Version::new(0, 4, 0);

pub(super) struct Version;

impl Check for Version {
    fn about(&self) -> About {
        About {
            id: "cni.version",
            title: "the version of the network's configuration",
            why: "before 0.4.0 a plugin is not told on DEL what it did on ADD, so that published ports and rules may \
                  stay; beyond the newest that hcn knows, fields may have another meaning",
            fix: "names the version to write",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let network = match facts.cni.network() {
            Err(absent) => return vec![absent.into()],
            Ok(network) => network,
        };
        let version = network.version();
        let seen = format!("network {} has version {version}", network.name());
        let write = |version| {
            Fix::advice(format!("write \"cniVersion\": \"{version}\", if all its plugins know that"))
        };
        vec![match version {
            version if version < WHOLE => Finding::warning(seen, write("0.4.0")),
            version if version > hcn_cni::Version::NEWEST => Finding::warning(seen, write("1.1.0")),
            _ => Finding::ok(seen),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::{LAB, Recorded, configuration};

    fn told(version: &str) -> String {
        let list = configuration("10-lab.conflist", &LAB.replace("1.0.0", version));
        Recorded { configurations: Ok(vec![list]), ..Recorded::healthy() }.tell(&Version)
    }

    #[test]
    fn a_version_in_which_everything_works_is_well() {
        insta::assert_snapshot!(told("0.4.0"), @"ok: network lab has version 0.4.0");
        insta::assert_snapshot!(told("1.1.0"), @"ok: network lab has version 1.1.0");
    }

    #[test]
    fn an_old_one_is_warned_of() {
        insta::assert_snapshot!(told("0.3.1"), @r#"
        warning: network lab has version 0.3.1
          Advice("write \"cniVersion\": \"0.4.0\", if all its plugins know that")
        "#);
    }

    #[test]
    fn without_a_network_it_is_skipped() {
        let none = Recorded { configurations: Ok(Vec::new()), ..Recorded::healthy() };
        insta::assert_snapshot!(none.tell(&Version), @"skipped: there is no usable network configuration");
    }
}
