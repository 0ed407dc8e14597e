//! Does the file system below a mount go well with containers? On Windows it depends on the build.

use super::mount::{each, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Status, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::{Mounted, Place};
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct FileSystem;

impl Check for FileSystem {
    fn about(&self) -> About {
        About {
            id: "mount.file-system",
            title: "the file system below a mount is one that containers can work on",
            why: "on Windows a folder is seen in a container through a filter driver, which not every file system lets in; \
                  what a file system lacks (locks, links, owners) a program in the container lacks too",
            fix: "says which volume to take instead",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let mounted = match &place.mounted {
        Err(absent) => return absent.clone().into(),
        Ok(mounted) => mounted,
    };
    let verdict = match facts.os {
        Os::Linux => on_linux(&mounted.file_system),
        Os::Windows => on_windows(&mounted.file_system, facts.host.build()),
    };
    said(verdict, &shown(&bind.source), mounted)
}

/// How it stands, and what is known.
type Verdict = (Status, &'static str);

fn said((status, known): Verdict, source: &str, mounted: &Mounted) -> Finding {
    let root = letter(&mounted.root);
    let seen = format!("{source} is on {root}, which is {}: {known}", mounted.file_system);
    match status {
        Status::Failure => Finding::failure(seen, Fix::advice("mount a folder of an NTFS volume")),
        Status::Warning => {
            Finding::warning(seen, Fix::advice("if it fails, mount a folder of an ordinary local volume"))
        }
        status => Finding::new(status, seen),
    }
}

/// INFERRED: ReFS by build, from three sources: Microsoft said in 2024 that the filter of layers does not support it, one
/// report has a mount from it working with an image of Server 2022, and Dev Drives, which are ReFS, let bindflt in by name
/// from build 22621 on. The lock probe on an ReFS volume of each release would settle it.
const REFS: &[(u32, Status, &str)] = &[
    (
        22621,
        Status::Ok,
        "this build is made to map its folders; images and containers' own files cannot be on it",
    ),
    (
        20348,
        Status::Ok,
        "its folders were seen to work on this release; images and containers' own files cannot be on it",
    ),
    (0, Status::Warning, "nobody tells that its folders work on a build as old as this one"),
];

fn on_windows(file_system: &str, build: Option<u32>) -> Verdict {
    match file_system.to_ascii_uppercase().as_str() {
        "NTFS" => (Status::Ok, "every release maps its folders"),
        "REFS" | "CSVFS" => refs(build),
        "FAT" | "FAT32" | "EXFAT" => (Status::Warning, "it keeps no rights, no links and no journal"),
        "CDFS" | "UDF" => (Status::Warning, "it is that of a disc"),
        // By design: microsoft/Windows-Containers#335, winfsp/winfsp#112.
        _ => (Status::Failure, "the bind filter supports no file system that Windows does not bring along"),
    }
}

fn refs(build: Option<u32>) -> Verdict {
    let Some(build) = build else {
        return (
            Status::Warning,
            "whether its folders can be mapped depends on the build, which is not known",
        );
    };
    let row = REFS.iter().find(|(from, ..)| build >= *from);
    row.map_or((Status::Warning, ""), |(_, status, known)| (*status, known))
}

fn on_linux(file_system: &str) -> Verdict {
    match file_system {
        "vfat" | "msdos" | "exfat" => (Status::Warning, "it has no owners, no modes and no links"),
        "nfs" | "nfs4" => (Status::Warning, "its locks are the server's, and root may be nobody there"),
        "cifs" | "smb3" | "smbfs" => (Status::Warning, "its locks and names are those of another system"),
        "9p" | "virtiofs" => (Status::Warning, "its locks may hold on this side alone"),
        kind if kind.starts_with("fuse.") || kind == "fuse" => (
            Status::Warning,
            "a program makes it up: locks, renames and other users' rights are as it has them",
        ),
        "proc" | "sysfs" | "cgroup" | "cgroup2" => {
            (Status::Warning, "it is the kernel's own, and no place for files")
        }
        _ => (Status::Ok, "nothing is known against it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{linux, mounted, windows};

    fn of_windows(file_system: &str, build: u32) -> String {
        let mut host = windows(mounted(|mounted| mounted.file_system = file_system.into()));
        host.build = Some(build);
        host.tell(&FileSystem)
    }

    fn of_linux(file_system: &str) -> String {
        linux(mounted(|mounted| mounted.file_system = file_system.into())).tell(&FileSystem)
    }

    #[test]
    fn ntfs_is_well_on_every_build() {
        insta::assert_snapshot!(of_windows("NTFS", 17763), @r"ok: D:\cache is on D:, which is NTFS: every release maps its folders");
    }

    #[test]
    fn refs_is_judged_by_the_build() {
        insta::assert_snapshot!(of_windows("ReFS", 26100), @r"ok: D:\cache is on D:, which is ReFS: this build is made to map its folders; images and containers' own files cannot be on it");
        insta::assert_snapshot!(of_windows("ReFS", 20348), @r"ok: D:\cache is on D:, which is ReFS: its folders were seen to work on this release; images and containers' own files cannot be on it");
        insta::assert_snapshot!(of_windows("ReFS", 17763), @r#"
        warning: D:\cache is on D:, which is ReFS: nobody tells that its folders work on a build as old as this one
          Advice("if it fails, mount a folder of an ordinary local volume")
        "#);
        let mut unknown = windows(mounted(|mounted| mounted.file_system = "ReFS".into()));
        unknown.build = None;
        assert!(unknown.tell(&FileSystem).starts_with("warning: "));
    }

    #[test]
    fn what_windows_does_not_bring_along_fails_by_design() {
        insta::assert_snapshot!(of_windows("FUSE-sshfs", 20348), @r#"
        failure: D:\cache is on D:, which is FUSE-sshfs: the bind filter supports no file system that Windows does not bring along
          Advice("mount a folder of an NTFS volume")
        "#);
        assert!(of_windows("exFAT", 20348).starts_with("warning: "));
        assert!(of_windows("UDF", 20348).starts_with("warning: "));
    }

    #[test]
    fn linux_s_disks_are_well_and_what_has_no_locks_of_its_own_is_told() {
        insta::assert_snapshot!(of_linux("ext4"), @"ok: /srv/cache is on /, which is ext4: nothing is known against it");
        insta::assert_snapshot!(of_linux("fuse.sshfs"), @r#"
        warning: /srv/cache is on /, which is fuse.sshfs: a program makes it up: locks, renames and other users' rights are as it has them
          Advice("if it fails, mount a folder of an ordinary local volume")
        "#);
        for kind in ["vfat", "nfs4", "cifs", "9p", "proc"] {
            assert!(of_linux(kind).starts_with("warning: "), "{kind}");
        }
    }

    #[test]
    fn a_volume_that_nobody_tells_is_not_available() {
        let hidden =
            |place: &mut Place| place.mounted = Err(Absent::NotHere("its volume is not told".into()));
        insta::assert_snapshot!(linux(hidden).tell(&FileSystem), @"not available: its volume is not told");
    }
}
