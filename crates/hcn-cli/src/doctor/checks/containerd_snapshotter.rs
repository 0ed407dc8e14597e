//! Does the snapshotter that a run would use work?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::containerd::Plugin;

/// What the daemon calls a snapshotter.
const KIND: &str = "io.containerd.snapshotter.v1";

pub(super) struct Snapshotter;

impl Check for Snapshotter {
    fn about(&self) -> About {
        About {
            id: "containerd.snapshotter",
            title: "the snapshotter is there and works",
            why: "it makes a container's files out of the layers of its image; without it no image can be unpacked",
            fix: "chooses one that works",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let wanted = facts.containerd.snapshotter();
        let mut all = match facts.containerd.plugins() {
            Err(absent) => return vec![absent.into()],
            Ok(plugins) => plugins,
        };
        all.retain(|plugin| plugin.kind == KIND);
        let seen = match all.iter().find(|plugin| plugin.id == wanted).map(|plugin| &plugin.failure) {
            Some(None) => return vec![Finding::ok(format!("the snapshotter {wanted} works"))],
            Some(Some(why)) => format!("the snapshotter {wanted} does not work: {why}"),
            None => format!("containerd has no snapshotter {wanted}"),
        };
        vec![Finding::failure(seen, another(&all))]
    }
}

/// One that works, the quick ones first.
fn another(all: &[Plugin]) -> Fix {
    const QUICK: &[&str] = &["overlayfs", "windows", "cimfs", "btrfs", "zfs", "fuse-overlayfs", "native"];
    let works = |name: &&&str| all.iter().any(|plugin| plugin.id == **name && plugin.failure.is_none());
    match QUICK.iter().find(works) {
        Some(name) => {
            Fix::advice(format!("choose another: `--snapshotter {name}`, or CONTAINERD_SNAPSHOTTER={name}"))
        }
        None => Fix::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn the_chosen_one_works() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Snapshotter), @"ok: the snapshotter overlayfs works");
    }

    #[test]
    fn one_that_does_not_is_told_with_its_reason_and_one_that_does() {
        let mut broken = Recorded::healthy();
        broken.plugins.as_mut().unwrap()[3].failure = Some("not supported".into());
        insta::assert_snapshot!(broken.tell(&Snapshotter), @r#"
        failure: the snapshotter overlayfs does not work: not supported
          Advice("choose another: `--snapshotter native`, or CONTAINERD_SNAPSHOTTER=native")
        "#);
        broken.plugins.as_mut().unwrap().truncate(2);
        insta::assert_snapshot!(broken.tell(&Snapshotter), @r"
        failure: containerd has no snapshotter overlayfs
          Unknown
        ");
    }

    #[test]
    fn without_a_daemon_it_is_skipped() {
        let silent = Recorded { plugins: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(silent.tell(&Snapshotter), @"skipped: no answer");
    }
}
