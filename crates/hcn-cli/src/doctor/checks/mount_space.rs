//! Is there room on the volume of a mount?

use super::mount::{each, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Status, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::host::Space;
use crate::doctor::facts::volume::Place;
use crate::doctor::size;
use crate::doctor::subject::Bind;
use crate::os::Os;

const MIB: u64 = 1 << 20;

/// Below it, hardly a file fits.
const FULL: u64 = MIB;
/// Below it, a build's cache will not for long.
const TIGHT: u64 = 256 * MIB;
/// Below it, a tree of sources does not fit.
const FEW_FILES: u64 = 1000;

pub(super) struct MountSpace;

impl Check for MountSpace {
    fn about(&self) -> About {
        About {
            id: "mount.space",
            title: "room on the volume of what is mounted",
            why: "on a full volume a file can often be made and not written: a lock file is there, and what the program says \
                  is about the lock",
            fix: "says what takes the room",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let space = match &place.space {
        Err(absent) => return absent.clone().into(),
        Ok(space) => space,
    };
    let files = place.files.as_ref().ok();
    let count = files.map(|files| format!(", and room for {} more files", files.free)).unwrap_or_default();
    let (free, total) = (size::text(space.free), size::text(space.total));
    let seen = format!("the volume of {} has {free} of {total} left{count}", shown(&bind.source));
    match status(space, files) {
        Status::Failure => Finding::failure(seen, look(facts.os, place)),
        Status::Warning => Finding::warning(seen, look(facts.os, place)),
        _ => Finding::ok(seen),
    }
}

/// A file system without files in its books (btrfs, Windows' own) counts none.
fn status(space: &Space, files: Option<&Space>) -> Status {
    let left = files.map_or(u64::MAX, |files| files.free);
    match space.free {
        free if free < FULL || left == 0 => Status::Failure,
        free if free < TIGHT || left < FEW_FILES => Status::Warning,
        _ => Status::Ok,
    }
}

fn look(os: Os, place: &Place) -> Fix {
    let root = place.mounted.as_ref().map(|mounted| mounted.root.display().to_string()).unwrap_or_default();
    match os {
        Os::Linux => {
            Fix::advice(format!("make room; what takes it: du -xh -d 2 {root} | sort -h; df -i {root}"))
        }
        Os::Windows => Fix::advice(format!(
            "make room on {}, or mount a folder of another NTFS volume",
            letter(root.as_ref())
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::recorded::volume::{linux, windows};

    fn with(free: u64, files: u64) -> Recorded {
        linux(|place| {
            place.space = Ok(Space { free, total: 1 << 30 });
            place.files = Ok(Space { free: files, total: 5000 });
        })
    }

    #[test]
    fn room_for_bytes_and_for_files_is_told() {
        insta::assert_snapshot!(with(TIGHT, FEW_FILES).tell(&MountSpace), @"ok: the volume of /srv/cache has 256 MiB of 1.0 GiB left, and room for 1000 more files");
        insta::assert_snapshot!(windows(|_| ()).tell(&MountSpace), @r"ok: the volume of D:\cache has 50.0 GiB of 100.0 GiB left");
    }

    #[test]
    fn a_full_volume_fails_and_so_does_one_without_room_for_files() {
        insta::assert_snapshot!(with(FULL - 1, 5000).tell(&MountSpace), @r#"
        failure: the volume of /srv/cache has 0 MiB of 1.0 GiB left, and room for 5000 more files
          Advice("make room; what takes it: du -xh -d 2 / | sort -h; df -i /")
        "#);
        assert!(with(TIGHT, 0).tell(&MountSpace).starts_with("failure: "));
        assert!(with(TIGHT - 1, 5000).tell(&MountSpace).starts_with("warning: "));
        assert!(with(TIGHT, FEW_FILES - 1).tell(&MountSpace).starts_with("warning: "));
        let full = windows(|place| place.space = Ok(Space { free: 0, total: 1 << 30 }));
        insta::assert_snapshot!(full.tell(&MountSpace), @r#"
        failure: the volume of D:\cache has 0 MiB of 1.0 GiB left
          Advice("make room on D:, or mount a folder of another NTFS volume")
        "#);
    }

    #[test]
    fn room_that_nobody_tells_is_not_available() {
        let hidden = |place: &mut Place| place.space = Err(Absent::NotHere("the room is not told".into()));
        insta::assert_snapshot!(linux(hidden).tell(&MountSpace), @"not available: the room is not told");
    }
}
