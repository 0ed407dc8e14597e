//! Does the kernel have the namespaces that containers are made of?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

/// Those that a kernel may lack: mounts have had theirs in every kernel that has any.
const KINDS: &[&str] = &["ipc", "net", "pid", "uts"];

pub(super) struct Namespaces;

impl Check for Namespaces {
    fn about(&self) -> About {
        About {
            id: "linux.namespaces",
            title: "the kernel has the namespaces that containers need",
            why: "a container is a process in namespaces of its own; a kernel without one of them cannot start any",
            fix: "names the kernel's option",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let is_missing = |kind: &&&str| !facts.host.is_there(&format!("/proc/self/ns/{kind}"));
        let missing: Vec<_> = KINDS.iter().filter(is_missing).copied().collect();
        let option = |kind: &&str| format!("CONFIG_{}_NS", kind.to_uppercase());
        let options: Vec<_> = missing.iter().map(option).collect();
        vec![match missing.is_empty() {
            true => Finding::ok(format!("the kernel has {}", KINDS.join(", "))),
            false => Finding::failure(
                format!("the kernel has no namespaces of the kinds {}", missing.join(", ")),
                Fix::advice(format!("boot a kernel built with CONFIG_NAMESPACES, {}", options.join(", "))),
            ),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn a_kernel_with_all_kinds_is_well() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Namespaces), @"ok: the kernel has ipc, net, pid, uts");
    }

    #[test]
    fn a_kind_that_is_missing_is_named_with_its_option() {
        let old = Recorded { missing: vec!["/proc/self/ns/pid"], ..Recorded::healthy() };
        insta::assert_snapshot!(old.tell(&Namespaces), @r#"
        failure: the kernel has no namespaces of the kinds pid
          Advice("boot a kernel built with CONFIG_NAMESPACES, CONFIG_PID_NS")
        "#);
    }
}
