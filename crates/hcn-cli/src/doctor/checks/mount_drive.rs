//! What kind of drive is a mount on: one of this machine, one that is pulled out, a share, a program's, a locked one?

use super::mount::{all, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::{Drive, Encryption, Mounted, Place};
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct MountDrive;

impl Check for MountDrive {
    fn about(&self) -> About {
        About {
            id: "mount.drive",
            title: "what is mounted is on an unlocked drive of this machine",
            why: "on Windows the mapped drives of a user are not those of containerd, and the bind filter supports no file \
                  system that a program makes up (WinFsp, Dokan): `do not attach the filter to the volume at this time` is \
                  said then; a drive that BitLocker holds locked has nothing at all",
            fix: "unlocks it, maps the share for everybody, or says what to mount instead",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        all(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let source = shown(&bind.source);
    if place.encryption == Ok(Encryption::Locked) {
        return locked(&source);
    }
    let mounted = match &place.mounted {
        Err(absent) if place.kind.is_ok() => return absent.clone().into(),
        Err(_) => return Finding::skipped(format!("{source} cannot be looked at: see mount.kind")),
        Ok(mounted) => mounted,
    };
    let seen = format!("{source} is on {}, {}{}", letter(&mounted.root), kind(mounted), encrypted(place));
    match facts.os {
        Os::Windows => on_windows(seen, mounted),
        Os::Linux => on_linux(seen, mounted),
    }
}

fn locked(source: &str) -> Finding {
    let volume = source.get(..2).unwrap_or(source);
    Finding::failure(
        format!("{source} is on a volume that BitLocker holds locked"),
        Fix::command(format!("manage-bde -unlock {volume} -RecoveryPassword RECOVERY-PASSWORD")),
    )
}

fn kind(mounted: &Mounted) -> &'static str {
    match mounted.drive {
        Drive::Fixed => "a drive of this machine",
        Drive::Removable => "a drive that can be pulled out",
        Drive::Network => "a share of another machine",
        Drive::Optical => "a disc",
        Drive::Memory => "memory",
        Drive::UserMode => "a file system that a program makes up",
        Drive::Unknown => "a drive of no known kind",
    }
}

fn encrypted(place: &Place) -> &'static str {
    match place.encryption {
        Ok(Encryption::On) => ", protected by BitLocker and unlocked",
        _ => "",
    }
}

fn on_windows(seen: String, mounted: &Mounted) -> Finding {
    match mounted.drive {
        Drive::Fixed | Drive::Memory => Finding::ok(seen),
        Drive::Removable | Drive::Optical | Drive::Unknown => Finding::warning(seen, elsewhere()),
        Drive::UserMode => Finding::failure(
            format!("{seen}: the bind filter supports none of them"),
            Fix::advice("mount a folder of a local drive"),
        ),
        Drive::Network => Finding::failure(
            format!("{seen}: a user's mapped drives are not containerd's"),
            Fix::command(
                "# for everybody, containers included; then mount a folder of G:\n\
                 New-SmbGlobalMapping -RemotePath \\\\SERVER\\SHARE -Credential (Get-Credential) -LocalPath G:",
            ),
        ),
    }
}

fn on_linux(seen: String, mounted: &Mounted) -> Finding {
    match mounted.drive {
        Drive::Fixed => Finding::ok(seen),
        Drive::Memory => Finding::ok(format!("{seen}: what is written is gone with the next boot")),
        Drive::UserMode => Finding::warning(
            format!("{seen}: it may let in nobody but its owner, not even root"),
            Fix::advice("start it with the option allow_other, or mount a folder of a local drive"),
        ),
        Drive::Removable | Drive::Network | Drive::Optical | Drive::Unknown => {
            Finding::warning(seen, elsewhere())
        }
    }
}

fn elsewhere() -> Fix {
    Fix::advice("if it fails, mount a folder of a local drive")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{linux, mounted, windows};

    fn on(drive: Drive) -> [String; 2] {
        [
            windows(mounted(|mounted| mounted.drive = drive)).tell(&MountDrive),
            linux(mounted(|mounted| mounted.drive = drive)).tell(&MountDrive),
        ]
    }

    #[test]
    fn a_drive_of_the_machine_is_well() {
        insta::assert_snapshot!(on(Drive::Fixed).concat(), @r"
        ok: D:\cache is on D:, a drive of this machine
        ok: /srv/cache is on /, a drive of this machine
        ");
        let protected = windows(|place| place.encryption = Ok(Encryption::On));
        insta::assert_snapshot!(protected.tell(&MountDrive), @r"ok: D:\cache is on D:, a drive of this machine, protected by BitLocker and unlocked");
    }

    #[test]
    fn a_share_fails_on_windows_with_the_way_to_map_it_for_everybody() {
        insta::assert_snapshot!(on(Drive::Network).concat(), @r##"
        failure: D:\cache is on D:, a share of another machine: a user's mapped drives are not containerd's
          Command("# for everybody, containers included; then mount a folder of G:\nNew-SmbGlobalMapping -RemotePath \\\\SERVER\\SHARE -Credential (Get-Credential) -LocalPath G:")
        warning: /srv/cache is on /, a share of another machine
          Advice("if it fails, mount a folder of a local drive")
        "##);
    }

    #[test]
    fn a_program_s_file_system_fails_on_windows_by_design() {
        insta::assert_snapshot!(on(Drive::UserMode).concat(), @r#"
        failure: D:\cache is on D:, a file system that a program makes up: the bind filter supports none of them
          Advice("mount a folder of a local drive")
        warning: /srv/cache is on /, a file system that a program makes up: it may let in nobody but its owner, not even root
          Advice("start it with the option allow_other, or mount a folder of a local drive")
        "#);
    }

    #[test]
    fn what_may_go_away_is_a_risk() {
        for drive in [Drive::Removable, Drive::Optical, Drive::Unknown] {
            assert!(on(drive).iter().all(|told| told.starts_with("warning: ")), "{drive:?}");
        }
        assert!(on(Drive::Memory).iter().all(|told| told.starts_with("ok: ")));
    }

    #[test]
    fn a_locked_drive_is_to_be_unlocked() {
        let locked = windows(|place| {
            *place = Place::unknown(&Absent::Unreadable("locked".into()));
            place.encryption = Ok(Encryption::Locked);
        });
        insta::assert_snapshot!(locked.tell(&MountDrive), @r#"
        failure: D:\cache is on a volume that BitLocker holds locked
          Command("manage-bde -unlock D: -RecoveryPassword RECOVERY-PASSWORD")
        "#);
    }

    #[test]
    fn a_drive_that_nobody_tells_is_not_available() {
        let hidden =
            |place: &mut Place| place.mounted = Err(Absent::NotHere("its volume is not told".into()));
        insta::assert_snapshot!(linux(hidden).tell(&MountDrive), @"not available: its volume is not told");
        let missing = |place: &mut Place| *place = Place::unknown(&Absent::NotHere("no".into()));
        insta::assert_snapshot!(linux(missing).tell(&MountDrive), @"skipped: /srv/cache cannot be looked at: see mount.kind");
    }
}
