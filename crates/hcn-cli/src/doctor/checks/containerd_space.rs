//! Is there room where the daemon keeps images, containers and their state?

use std::path::{Path, PathBuf};

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::host;
use crate::os::Os;

const MIB: u64 = 1 << 20;

/// Below it, a layer of an ordinary image may not fit.
const TIGHT: u64 = 2048 * MIB;
/// Below it, hardly anything does.
const FULL: u64 = 64 * MIB;
/// Of the state folder, which holds small files: below it the next container may not start.
const FULL_STATE: u64 = MIB;

pub(super) struct Space;

impl Check for Space {
    fn about(&self) -> About {
        About {
            id: "containerd.space",
            title: "room on the volumes of containerd's root and state",
            why: "images and containers are kept below the root, on Windows on C: unless told otherwise; a full volume \
                  fails pulls and starts with errors that do not say so",
            fix: "removes what killed runs left, and says how to move the root to another volume",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let root = match root(facts) {
            Ok(root) => judged(facts, "root", &root, (FULL, TIGHT)),
            Err(finding) => finding,
        };
        let state = judged(facts, "state", &state(facts), (FULL_STATE, FULL_STATE));
        vec![root, state]
    }
}

/// INFERRED: every part's folder is one level below the root, as with 1.6 and 2.x on Linux; a containerd on a real Windows
/// would settle it.
fn root(facts: &Facts<'_>) -> Result<PathBuf, Finding> {
    let parts = facts.containerd.plugins().map_err(Finding::from)?;
    let content = parts.iter().find(|part| part.kind == "io.containerd.content.v1");
    let folder = content.and_then(|part| part.root.as_ref()?.parent().map(Path::to_owned));
    folder.ok_or_else(|| Finding::skipped("containerd does not tell where its root is"))
}

/// INFERRED: where config.toml says nothing else, the state is beside the socket, on Windows below ProgramData; a containerd
/// on a real Windows would settle it.
fn state(facts: &Facts<'_>) -> PathBuf {
    match facts.os {
        Os::Linux => Path::new(facts.containerd.address()).parent().unwrap_or(Path::new("/")).to_owned(),
        Os::Windows => r"C:\ProgramData\containerd\state".into(),
    }
}

fn judged(facts: &Facts<'_>, which: &str, folder: &Path, (full, tight): (u64, u64)) -> Finding {
    let host::Space { free, total } = match facts.host.space(folder) {
        Err(absent) => return absent.into(),
        Ok(space) => space,
    };
    let seen = format!(
        "the volume of containerd's {which}, {}, has {} of {} left",
        folder.display(),
        size(free),
        size(total)
    );
    match free {
        free if free < full => Finding::failure(seen, moved(facts.os, folder)),
        free if free < tight => Finding::warning(seen, moved(facts.os, folder)),
        _ => Finding::ok(seen),
    }
}

fn size(bytes: u64) -> String {
    match bytes / MIB {
        mib if mib >= 1024 => format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024),
        mib => format!("{mib} MiB"),
    }
}

fn moved(os: Os, folder: &Path) -> Fix {
    let folder = folder.display();
    Fix::advice(match os {
        Os::Linux => format!(
            "remove what is not needed (`hcn gc`, `ctr images rm`), or move the folder to another volume:\n\
             systemctl stop containerd\n\
             cp -a {folder} /OTHER/containerd\n\
             set `root` (or `state`) in /etc/containerd/config.toml to /OTHER/containerd\n\
             systemctl start containerd"
        ),
        Os::Windows => format!(
            "remove what is not needed (`hcn gc`, `ctr images rm`), or use another volume (NTFS) instead of {folder}:\n\
             Stop-Service containerd\n\
             set root = 'D:\\containerd\\root' and state = 'D:\\containerd\\state' at the top of \
             C:\\Program Files\\containerd\\config.toml\n\
             Start-Service containerd\n\
             pull the images anew: layers of Windows cannot be copied"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn with(root: u64, state: u64) -> Recorded {
        let space = |free| host::Space { free, total: 100 << 30 };
        let spaces = [("/var/lib/containerd", space(root)), ("/run/containerd", space(state))].into();
        Recorded { spaces, ..Recorded::healthy() }
    }

    #[test]
    fn both_volumes_are_told_with_what_is_left() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Space), @r"
        ok: the volume of containerd's root, /var/lib/containerd, has 50.0 GiB of 100.0 GiB left
        ok: the volume of containerd's state, /run/containerd, has 50.0 GiB of 100.0 GiB left
        ");
    }

    #[test]
    fn a_full_root_fails_and_a_tight_one_warns_with_the_way_to_another_volume() {
        let told = with(3 * MIB, MIB).tell(&Space);
        assert!(
            told.starts_with("failure: the volume of containerd's root, /var/lib/containerd, has 3 MiB of")
        );
        assert!(
            told.contains("`hcn gc`")
                && told.contains(r"systemctl stop containerd\ncp -a /var/lib/containerd")
        );
        assert!(told.contains("\nok: the volume of containerd's state"), "{told}");
        assert!(with(1500 * MIB, 0).tell(&Space).starts_with("warning: "));
        assert!(with(1500 * MIB, 0).tell(&Space).contains("\nfailure: the volume of containerd's state"));
    }

    #[test]
    fn windows_is_told_of_its_own_files() {
        let fix = moved(Os::Windows, Path::new(r"C:\ProgramData\containerd\root"));
        let Fix::Advice(text) = fix else { panic!("{fix:?}") };
        assert!(text.contains("Stop-Service containerd\nset root = 'D:\\containerd\\root'"), "{text}");
    }

    #[test]
    fn a_root_that_nobody_tells_is_skipped() {
        let silent = Recorded { plugins: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        assert!(silent.tell(&Space).starts_with("skipped: no answer\nok: "));
        let windows = Recorded { os: Os::Windows, ..Recorded::healthy() };
        assert!(
            windows
                .tell(&Space)
                .ends_with("not available: C:\\ProgramData\\containerd\\state: there is no such folder\n")
        );
    }
}
