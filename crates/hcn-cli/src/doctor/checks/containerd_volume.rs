//! Is the daemon's root on a volume on which layers can be?

use super::containerd_space::{MOVE_ON_WINDOWS, root};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;

pub(super) struct Volume;

impl Check for Volume {
    fn about(&self) -> About {
        About {
            id: "containerd.volume",
            title: "containerd's root is on an NTFS volume",
            why: "the filter driver that lays a container's layers over one another knows NTFS alone: on ReFS, a Dev Drive \
                  included, the first pull loads all of an image and then fails to unpack it, with `incorrect function`",
            fix: "moves the root to another volume",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        vec![root(facts).map_or_else(|finding| finding, |root| judged(facts, &root))]
    }
}

/// INFERRED: no release lays layers on ReFS, by what Microsoft said in 2024 (microsoft/Windows-Containers#416); a pull to an
/// ReFS volume on each release since would settle it.
fn judged(facts: &Facts<'_>, root: &std::path::Path) -> Finding {
    let place = facts.volume.place(root);
    let mounted = match &place.mounted {
        Err(absent) => return absent.clone().into(),
        Ok(mounted) => mounted,
    };
    let seen = format!("containerd's root, {}, is on {}", root.display(), mounted.file_system);
    match mounted.file_system.eq_ignore_ascii_case("NTFS") {
        true => Finding::ok(seen),
        false => Finding::failure(seen, Fix::command(MOVE_ON_WINDOWS)),
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::recorded::volume::{mounted, ntfs, windows};

    fn on(file_system: &str) -> Recorded {
        let mut place = ntfs(r"D:\containerd");
        mounted(|mounted| mounted.file_system = file_system.into())(&mut place);
        let mut host = windows(|_| ());
        host.places.push(("/var/lib/containerd".into(), Rc::new(place)));
        host
    }

    #[test]
    fn ntfs_is_well_and_refs_is_not() {
        insta::assert_snapshot!(on("NTFS").tell(&Volume), @"ok: containerd's root, /var/lib/containerd, is on NTFS");
        let told = on("ReFS").tell(&Volume);
        assert!(told.starts_with("failure: containerd's root, /var/lib/containerd, is on ReFS\n"), "{told}");
        assert!(told.contains("Stop-Service containerd"), "{told}");
    }

    #[test]
    fn a_root_or_a_volume_that_nobody_tells_is_not_judged() {
        assert!(windows(|_| ()).tell(&Volume).starts_with("not available: "));
        let silent = Recorded { plugins: Ok(Vec::new()), ..on("ReFS") };
        insta::assert_snapshot!(silent.tell(&Volume), @"skipped: containerd does not tell where its root is");
    }
}
