//! Can the daemon pull images by itself?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

/// What the daemon calls the part that pulls.
const KIND: &str = "io.containerd.transfer.v1";

pub(super) struct Pull;

impl Check for Pull {
    fn about(&self) -> About {
        About {
            id: "containerd.pull",
            title: "containerd can pull images for hcn",
            why: "hcn has containerd pull an image that is missing; releases before 1.7 cannot, and the run ends there",
            fix: "says how to have the image without it",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let parts = match facts.containerd.plugins() {
            Err(absent) => return vec![absent.into()],
            Ok(plugins) => plugins,
        };
        let part = parts.into_iter().find(|plugin| plugin.kind == KIND);
        let by_hand =
            || Fix::advice("pull images with `ctr images pull`, or update containerd to 1.7 or later");
        vec![match part.map(|plugin| plugin.failure) {
            Some(None) => Finding::ok("containerd's Transfer service works"),
            Some(Some(why)) => {
                Finding::warning(format!("containerd's Transfer service does not work: {why}"), by_hand())
            }
            None => Finding::warning("this containerd has no Transfer service", by_hand()),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn a_daemon_with_the_service_is_well() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Pull), @"ok: containerd's Transfer service works");
    }

    #[test]
    fn one_without_is_warned_of() {
        let mut old = Recorded::healthy();
        old.plugins.as_mut().unwrap().pop();
        insta::assert_snapshot!(old.tell(&Pull), @r#"
        warning: this containerd has no Transfer service
          Advice("pull images with `ctr images pull`, or update containerd to 1.7 or later")
        "#);
    }

    #[test]
    fn without_a_daemon_it_is_skipped() {
        let silent = Recorded { plugins: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(silent.tell(&Pull), @"skipped: no answer");
    }
}
