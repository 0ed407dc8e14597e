//! What this build of Windows is known to do wrong with folders of the host.

use super::mount::each;
use crate::doctor::check::{About, Check, Finding, Fix, Status, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::Place;
use crate::doctor::subject::Bind;

pub(super) struct Build;

impl Check for Build {
    fn about(&self) -> About {
        About {
            id: "mount.build",
            title: "what this build of Windows does wrong with mounted folders",
            why: "some faults of mounted folders are Windows' own and come with the release, whatever the volume: a lock that \
                  outlives its program, opens that fail now and then",
            fix: "says how to go around it",
            systems: Systems::Windows,
        }
    }

    /// The faults are the build's: told once, however many mounts there are.
    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let mut found = each(facts, judged);
        found.dedup();
        found
    }
}

/// A fault of the builds from one to another, inclusive.
struct Fault {
    builds: (u32, u32),
    what: &'static str,
    thread: &'static str,
    around: &'static str,
}

/// INFERRED: where a fault ends, from the releases that people name in the threads; the lock probe in a container on each
/// release would settle it.
const FAULTS: &[Fault] = &[
    Fault {
        builds: (17763, 17763),
        what: "a lock that a program took with LockFileEx in a mounted folder is not given back when the program ends",
        thread: "microsoft/Windows-Containers#37",
        around: "have the program unlock before it ends, keep its lock files out of the mount, or use Server 2022",
    },
    Fault {
        builds: (18362, 18363),
        what: "many mounts below one another have stopped the whole machine",
        thread: "docker/for-win#4848",
        around: "mount one folder above them all, or use a later release",
    },
    Fault {
        builds: (20348, 26100),
        what: "opening a file by a relative path in a mounted folder fails now and then, with error 87",
        thread: "microsoft/Windows-Containers#635",
        around: "have programs open files by their whole paths, or work in a folder that is not mounted",
    },
];

fn judged(facts: &Facts<'_>, _: &Bind, _: &Place) -> Finding {
    let Some(build) = facts.host.build() else {
        return Finding::new(Status::NotAvailable, "the build number is not told here");
    };
    let known = FAULTS.iter().filter(|fault| (fault.builds.0..=fault.builds.1).contains(&build));
    match known.collect::<Vec<_>>().as_slice() {
        [] => Finding::ok(format!("nothing is known against build {build}")),
        faults => told(build, faults),
    }
}

fn told(build: u32, faults: &[&Fault]) -> Finding {
    let what: Vec<_> = faults.iter().map(|fault| format!("{} ({})", fault.what, fault.thread)).collect();
    let around: Vec<_> = faults.iter().map(|fault| fault.around).collect();
    Finding::warning(format!("build {build}: {}", what.join("; ")), Fix::advice(around.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::volume::windows;

    fn on(build: u32) -> String {
        let mut host = windows(|_| ());
        host.build = Some(build);
        host.tell(&Build)
    }

    #[test]
    fn each_release_is_told_its_own_faults() {
        insta::assert_snapshot!(on(17763), @r#"
        warning: build 17763: a lock that a program took with LockFileEx in a mounted folder is not given back when the program ends (microsoft/Windows-Containers#37)
          Advice("have the program unlock before it ends, keep its lock files out of the mount, or use Server 2022")
        "#);
        insta::assert_snapshot!(on(20348), @r#"
        warning: build 20348: opening a file by a relative path in a mounted folder fails now and then, with error 87 (microsoft/Windows-Containers#635)
          Advice("have programs open files by their whole paths, or work in a folder that is not mounted")
        "#);
        assert!(on(18363).contains("docker/for-win#4848") && on(26100).contains("#635"));
        insta::assert_snapshot!(on(30000), @"ok: nothing is known against build 30000");
    }

    #[test]
    fn without_a_build_nothing_is_known() {
        let mut host = windows(|_| ());
        host.build = None;
        insta::assert_snapshot!(host.tell(&Build), @"not available: the build number is not told here");
    }
}
