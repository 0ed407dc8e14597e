//! What lies below a path: mountinfo of proc(5), the kinds of file systems, owner and mode.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use super::super::at;
use super::super::volume::{Drive, Mounted, Rights, VolumeState};
use crate::mountinfo::{self, Entry};

/// `FS_CASEFOLD_FL` of linux/fs.h.
const CASE_FOLDED: u32 = 0x4000_0000;

/// File systems whose files are on another machine.
const NETWORK: &[&str] =
    &["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "afs", "9p", "glusterfs", "lustre"];

/// The volume that holds a path.
pub(crate) fn mounted(path: &Path) -> io::Result<Mounted> {
    let whole = path.canonicalize()?;
    let table = std::fs::read_to_string(mountinfo::FILE).map_err(at("reading mountinfo"))?;
    let none = || io::Error::other("mountinfo names no mount that holds it");
    let mounted = holder(&whole, &table).ok_or_else(none)?;
    let drive = if can_be_pulled_out(&mounted.device) { Drive::Removable } else { mounted.drive };
    Ok(Mounted { drive, ..mounted })
}

/// The mount that a path is on.
fn holder(path: &Path, table: &str) -> Option<Mounted> {
    let entries: Vec<_> = mountinfo::entries(table).collect();
    mountinfo::holder(&entries, path).cloned().map(of)
}

fn of(entry: Entry) -> Mounted {
    let Entry { point, source, file_system, mut options, volume_options, .. } = entry;
    // A file system that cannot be written need not say so of this mount of it.
    let is_read_only = |options: &[String]| options.iter().any(|option| option == "ro");
    if is_read_only(&volume_options) && !is_read_only(&options) {
        options.push("ro".to_owned());
    }
    Mounted { root: point, device: source, drive: drive(&file_system), file_system, options }
}

/// The kernel says it of whole disks, which a partition is below. What is no block device is none of them.
fn can_be_pulled_out(device: &str) -> bool {
    let Some(name) = device.strip_prefix("/dev/") else { return false };
    let Ok(place) = Path::new("/sys/class/block").join(name).canonicalize() else { return false };
    let says_so = |folder: &Path| {
        std::fs::read_to_string(folder.join("removable")).is_ok_and(|told| told.trim() == "1")
    };
    place.ancestors().take(2).any(says_so)
}

fn drive(file_system: &str) -> Drive {
    match file_system {
        kind if NETWORK.contains(&kind) => Drive::Network,
        "fuseblk" => Drive::Fixed,
        kind if kind == "fuse" || kind.starts_with("fuse.") => Drive::UserMode,
        "tmpfs" | "ramfs" | "devtmpfs" => Drive::Memory,
        "iso9660" | "udf" => Drive::Optical,
        _ => Drive::Fixed,
    }
}

/// The files that may still be made on the volume of a path, and all that it can have; none where it does not count.
pub(crate) fn free_files(path: &Path) -> io::Result<(u64, u64)> {
    let facts = rustix::fs::statvfs(path).map_err(at("statvfs"))?;
    match facts.f_files {
        0 => Err(io::Error::new(io::ErrorKind::Unsupported, "its file system does not count files")),
        all => Ok((facts.f_favail, all)),
    }
}

/// What kind of link is at a path, if there is one.
pub(crate) fn link_kind(path: &Path) -> io::Result<Option<String>> {
    Ok(path.symlink_metadata()?.is_symlink().then(|| "symbolic link".to_owned()))
}

/// Are two names in this folder that differ in case alone two files?
pub(crate) fn minds_case(folder: &Path) -> io::Result<bool> {
    let opened = rustix::fs::open(folder, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty());
    match rustix::fs::ioctl_getflags(opened?) {
        Ok(flags) => Ok(flags.bits() & CASE_FOLDED == 0),
        // One without such flags has none that folds case; those of other systems answer so as well.
        Err(_) => Err(io::Error::new(io::ErrorKind::Unsupported, "its file system has no such flag")),
    }
}

/// Who may do what with a path.
pub(crate) fn path_rights(path: &Path) -> io::Result<Rights> {
    let facts = path.metadata()?;
    Ok(Rights::Mode(facts.uid(), facts.gid(), facts.mode() & 0o7777))
}

/// Only Windows' volumes keep that.
pub(crate) fn volume_state(_: &Path) -> io::Result<VolumeState> {
    Err(windows_has_it())
}

/// Only Windows' volumes have a journal of changes.
pub(crate) fn has_change_journal(_: &Path) -> io::Result<bool> {
    Err(windows_has_it())
}

/// A program that comes with Windows.
pub(crate) fn system_program(_: &str) -> io::Result<PathBuf> {
    Err(windows_has_it())
}

fn windows_has_it() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "only Windows has it")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOUNTINFO: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /srv rw,noexec - nfs4 nas:/export\\040one rw,vers=4.2
31 22 0:27 / /srv/a\\040b ro,nosuid master:1 - fuse.sshfs me@there:/ rw
32 22 0:28 / /mnt rw - tmpfs tmpfs rw
33 22 0:29 / /mnt rw - squashfs /dev/loop0 ro
";

    fn told(path: &str) -> String {
        let found = holder(Path::new(path), MOUNTINFO).unwrap();
        let Mounted { root, device, file_system, drive, options } = found;
        format!("{} {device} {file_system} {drive:?} {}", root.display(), options.join(","))
    }

    #[test]
    fn the_deepest_mount_holds_a_path_and_of_two_at_one_place_the_later() {
        assert_eq!(told("/etc"), "/ /dev/sda1 ext4 Fixed rw,relatime");
        assert_eq!(told("/srv/ab"), "/srv nas:/export one nfs4 Network rw,noexec");
        assert_eq!(told("/srv/a b/c"), "/srv/a b me@there:/ fuse.sshfs UserMode ro,nosuid");
        assert_eq!(told("/mnt"), "/mnt /dev/loop0 squashfs Fixed rw,ro");
    }

    #[test]
    fn this_machine_tells_of_a_folder_of_its_own() {
        let scratch = hcn_test::Scratch::new();
        let found = mounted(scratch.path()).unwrap();
        assert!(scratch.path().canonicalize().unwrap().starts_with(&found.root), "{found:?}");
        assert!(matches!(path_rights(scratch.path()), Ok(Rights::Mode(..))));
        assert!(mounted(&scratch.join("no")).is_err() && volume_state(scratch.path()).is_err());
    }

    #[test]
    fn a_link_is_told_from_what_it_leads_to() {
        let scratch = hcn_test::Scratch::new();
        std::os::unix::fs::symlink(scratch.path(), scratch.join("link")).unwrap();
        assert_eq!(link_kind(&scratch.join("link")).unwrap().as_deref(), Some("symbolic link"));
        assert_eq!(link_kind(scratch.path()).unwrap(), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,60}", line in "[0-9a-z/ :,\\\\-]{0,60}") {
            let _ = (holder(Path::new("/a"), &text), holder(Path::new("/a"), &line));
        }
    }
}
