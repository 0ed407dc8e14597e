//! Are cgroups mounted?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

/// What limits of containers need; some kernels have to be told at boot.
const NEEDED: &[&str] = &["cpu", "memory", "pids"];

pub(super) struct Cgroups;

impl Check for Cgroups {
    fn about(&self) -> About {
        About {
            id: "linux.cgroups",
            title: "cgroups are mounted, with the controllers that limits need",
            why: "runc puts each container into a cgroup and fails where there is none; a limit without its controller \
                  fails the container that has it",
            fix: "mounts them",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let mounts = match facts.host.text("/proc/mounts") {
            Err(absent) => return vec![absent.into()],
            Ok(mounts) => mounts,
        };
        let is_mounted = |kind: &str| mounts.lines().any(|line| line.split(' ').nth(2) == Some(kind));
        vec![match (is_mounted("cgroup2"), is_mounted("cgroup")) {
            (_, true) => Finding::ok("cgroups of version 1 are mounted"),
            (true, false) => controllers(facts),
            (false, false) => Finding::failure(
                "no cgroups are mounted",
                Fix::command("mount -t cgroup2 cgroup2 /sys/fs/cgroup"),
            ),
        }]
    }
}

fn controllers(facts: &Facts<'_>) -> Finding {
    let there = match facts.host.text("/sys/fs/cgroup/cgroup.controllers") {
        Err(absent) => return absent.into(),
        Ok(there) => there,
    };
    let is_missing = |name: &&&str| !there.split_whitespace().any(|there| there == **name);
    let missing: Vec<_> = NEEDED.iter().filter(is_missing).copied().collect();
    match missing.is_empty() {
        true => Finding::ok("cgroups of version 2 are mounted"),
        false => Finding::warning(
            format!("cgroups of version 2 are mounted, without {}", missing.join(", ")),
            Fix::advice("boot the kernel with cgroup_enable=memory, or run containers without these limits"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    fn with(file: &'static str, text: &'static str) -> String {
        let mut host = Recorded::healthy();
        host.texts.insert(file, text);
        host.tell(&Cgroups)
    }

    #[test]
    fn both_versions_are_well() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Cgroups), @"ok: cgroups of version 2 are mounted");
        insta::assert_snapshot!(with("/proc/mounts", "cgroup /sys/fs/cgroup/pids cgroup rw,pids 0 0\n"), @"ok: cgroups of version 1 are mounted");
    }

    #[test]
    fn none_and_too_few_controllers_are_told() {
        insta::assert_snapshot!(with("/proc/mounts", "proc /proc proc rw 0 0\n"), @r#"
        failure: no cgroups are mounted
          Command("mount -t cgroup2 cgroup2 /sys/fs/cgroup")
        "#);
        insta::assert_snapshot!(with("/sys/fs/cgroup/cgroup.controllers", "cpu pids\n"), @r#"
        warning: cgroups of version 2 are mounted, without memory
          Advice("boot the kernel with cgroup_enable=memory, or run containers without these limits")
        "#);
    }

    #[test]
    fn without_proc_nothing_is_told() {
        let mut host = Recorded::healthy();
        host.texts.remove("/proc/mounts");
        insta::assert_snapshot!(host.tell(&Cgroups), @"not available: /proc/mounts: there is no such file");
    }
}
