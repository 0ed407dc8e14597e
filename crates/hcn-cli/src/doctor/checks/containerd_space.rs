//! Is there room where the daemon keeps images, containers and their state?

use std::path::{Path, PathBuf};

use super::mount_table::MountTable;
use super::service;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::host;
use crate::doctor::shell;
use crate::doctor::size;
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
            fix: "removes what killed runs left, and moves the root to another volume",
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
pub(super) fn root(facts: &Facts<'_>) -> Result<PathBuf, Finding> {
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
        size::text(free),
        size::text(total)
    );
    match free {
        free if free < full => Finding::failure(seen, room(facts, which, folder)),
        free if free < tight => Finding::warning(seen, room(facts, which, folder)),
        _ => Finding::ok(seen),
    }
}

/// What frees room: what dead runs left, and, for the root, another volume.
fn room(facts: &Facts<'_>, which: &str, folder: &Path) -> Fix {
    let has_dead = facts.runs.all().is_ok_and(|runs| runs.iter().any(|run| !run.lives));
    let gc = has_dead.then(|| shell::hcn(facts, "gc"));
    let moved = match facts.os {
        Os::Windows => Some(MOVE_ON_WINDOWS.to_owned()),
        Os::Linux => (which == "root").then(|| moved(facts, folder)).flatten(),
    };
    match gc.into_iter().chain(moved).collect::<Vec<_>>() {
        lines if lines.is_empty() => by_hand(folder),
        lines => Fix::command(lines.join("\n")),
    }
}

/// Moves a folder to the disk with the most room and mounts it in its old place, so that no configuration has to change.
fn moved(facts: &Facts<'_>, folder: &Path) -> Option<String> {
    let used = facts.host.space(folder).map(|space| space.total.saturating_sub(space.free)).ok()?;
    let disks = MountTable::read(facts)?.elsewhere(folder);
    let room = disks.into_iter().filter_map(|disk| Some((facts.host.space(&disk).ok()?.free, disk)));
    let (_, disk) = room.filter(|(free, _)| *free > used + TIGHT).max_by_key(|(free, _)| *free)?;
    let (stop, start) = service::stop_and_start(facts)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let [old, new] = [folder, &disk.join(format!("{name}-moved"))].map(|path| shell::path(facts.os, path));
    Some(format!(
        "{stop}\nmkdir {new} && cp -a {old}/. {new} && mount --bind {new} {old}\n{start}\n\
         # and so that it stays, as a line of /etc/fstab: {new} {old} none bind 0 0"
    ))
}

fn by_hand(folder: &Path) -> Fix {
    let folder = folder.display();
    Fix::advice(format!(
        "remove what is not needed (`hcn gc`, `ctr images rm`), or move the folder to another volume:\n\
         systemctl stop containerd\n\
         cp -a {folder} /OTHER/containerd\n\
         set `root` (or `state`) in /etc/containerd/config.toml to /OTHER/containerd\n\
         systemctl start containerd"
    ))
}

/// Layers of Windows cannot be copied, so images are pulled anew. Without `temp` on the same volume they would be unpacked on
/// C: first, and copied (that option's own commit in containerd says so). `config default` is how containerd's own
/// installation makes the file, as ASCII, for TOML takes no byte order mark.
///
/// INFERRED: that the service reads the file from there, as containerd's page on installing it says; a containerd whose
/// service was registered with --config on a real Windows would settle it.
pub(super) const MOVE_ON_WINDOWS: &str = r#"# what is not needed can go: ctr images rm
# else to another volume, with NTFS; D: stands for it
Stop-Service containerd
$file = "$Env:ProgramFiles\containerd\config.toml"
if (-not (Test-Path $file)) { & "$Env:ProgramFiles\containerd\containerd.exe" config default | Out-File $file -Encoding ascii }
$lines = Get-Content $file | Where-Object { $_ -notmatch '^(root|state|temp)\s*=' }
@("root = 'D:\containerd\root'", "state = 'D:\containerd\state'", "temp = 'D:\containerd\temp'") + $lines | Set-Content $file -Encoding ascii
New-Item -ItemType Directory -Force -Path D:\containerd\temp
Start-Service containerd
# then pull the images anew, and remove C:\ProgramData\containerd"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;
    use crate::doctor::facts::runs::Run;

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
    fn a_root_is_moved_to_the_disk_with_the_most_room() {
        let mut host = with(3 * MIB, MIB);
        host.spaces.insert("/data", host::Space { free: 200 << 30, total: 300 << 30 });
        let table = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data rw - ext4 /dev/sdb1 rw";
        host.texts.insert("/proc/self/mountinfo", table);
        host.texts.insert("/proc/77/cgroup", "0::/system.slice/containerd.service");
        insta::assert_snapshot!(host.tell(&Space), @r#"
        failure: the volume of containerd's root, /var/lib/containerd, has 3 MiB of 100.0 GiB left
          Command("systemctl stop containerd\nmkdir /data/containerd-moved && cp -a /var/lib/containerd/. /data/containerd-moved && mount --bind /data/containerd-moved /var/lib/containerd\nsystemctl start containerd\n# and so that it stays, as a line of /etc/fstab: /data/containerd-moved /var/lib/containerd none bind 0 0")
        ok: the volume of containerd's state, /run/containerd, has 1 MiB of 100.0 GiB left
        "#);
        host.runs =
            Ok(vec![Run { name: "a".into(), container: "b".into(), namespace: "c".into(), lives: false }]);
        host.texts.remove("/proc/self/mountinfo");
        assert!(host.tell(&Space).contains("\n  Command(\"hcn gc\")\n"), "{}", host.tell(&Space));
    }

    #[test]
    fn a_full_c_drive_is_told_with_the_commands_that_move_root_state_and_temp() {
        let mut parts = Recorded::healthy().plugins.unwrap();
        parts[0].root = Some("/ProgramData/containerd/root/io.containerd.content.v1.content".into());
        let full = host::Space { free: 3 * MIB, total: 100 << 30 };
        let spaces = [("/ProgramData/containerd/root", full), (r"C:\ProgramData\containerd\state", full)];
        let host =
            Recorded { os: Os::Windows, plugins: Ok(parts), spaces: spaces.into(), ..Recorded::healthy() };
        let told = host.tell(&Space);
        assert!(
            told.starts_with(
                "failure: the volume of containerd's root, /ProgramData/containerd/root, has 3 "
            )
        );
        for line in
            ["Stop-Service containerd", "root = 'D:", "state = 'D:", "temp = 'D:", "Start-Service containerd"]
        {
            assert!(told.contains(line), "{line}: {told}");
        }
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
