//! Does the kernel have overlayfs, if a run would use it?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct Overlayfs;

impl Check for Overlayfs {
    fn about(&self) -> About {
        About {
            id: "linux.overlayfs",
            title: "the kernel has overlayfs",
            why: "the snapshotter overlayfs lays a container's layers over one another with it; without it no image can \
                  be unpacked",
            fix: "loads the module",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let wanted = facts.containerd.snapshotter();
        if wanted != "overlayfs" {
            return vec![Finding::skipped(format!("the snapshotter {wanted} does not need it"))];
        }
        let known = match facts.host.text("/proc/filesystems") {
            Err(absent) => return vec![absent.into()],
            Ok(known) => known,
        };
        let is_there = known.lines().any(|line| line.split_whitespace().last() == Some("overlay"));
        vec![match is_there {
            true => Finding::ok("the kernel has overlayfs"),
            false => Finding::failure("the kernel has no overlayfs", Fix::command("modprobe overlay")),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn a_kernel_that_has_it_is_well_and_one_without_is_not() {
        let mut host = Recorded::healthy();
        insta::assert_snapshot!(host.tell(&Overlayfs), @"ok: the kernel has overlayfs");
        host.texts.insert("/proc/filesystems", "nodev\tproc\n\text4\n");
        insta::assert_snapshot!(host.tell(&Overlayfs), @r#"
        failure: the kernel has no overlayfs
          Command("modprobe overlay")
        "#);
        host.texts.remove("/proc/filesystems");
        insta::assert_snapshot!(host.tell(&Overlayfs), @"not available: /proc/filesystems: there is no such file");
    }
}
