//! The kernel's table of mounts: which volume holds a folder, and which others there are.

use std::path::{Path, PathBuf};

use crate::doctor::facts::Facts;
use crate::mountinfo::{self, Entry};

/// The file systems of disks on which a daemon's root may be.
const DISKS: &[&str] = &["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "xfs", "zfs"];

/// Every mount, in the order of mounting.
pub(super) struct MountTable(Vec<Entry>);

impl MountTable {
    /// None where the kernel tells nothing.
    pub(super) fn read(facts: &Facts<'_>) -> Option<Self> {
        Some(Self(mountinfo::entries(&facts.host.text(mountinfo::FILE).ok()?).collect()))
    }

    /// The volume that a folder is on.
    pub(super) fn device(&self, folder: &Path) -> Option<&str> {
        mountinfo::holder(&self.0, folder).map(|mount| mount.number.as_str())
    }

    /// A folder on each of the disks that can be written, but for the one that holds `folder`: one of those above it, else
    /// where the disk is mounted.
    pub(super) fn elsewhere(&self, folder: &Path) -> Vec<PathBuf> {
        let own = self.device(folder);
        let mut devices: Vec<&str> = Vec::new();
        let others = self.0.iter().filter(|mount| is_disk(mount) && Some(mount.number.as_str()) != own);
        let mut found = Vec::new();
        for mount in others.filter(|mount| self.device(&mount.point) == Some(&mount.number)) {
            if !devices.contains(&mount.number.as_str()) {
                devices.push(&mount.number);
                let above = folder.ancestors().find(|above| self.device(above) == Some(&mount.number));
                found.push(above.unwrap_or(&mount.point).to_owned());
            }
        }
        found
    }
}

/// Is it a disk that can be written?
fn is_disk(mount: &Entry) -> bool {
    let is_writable = |options: &[String]| options.iter().any(|option| option == "rw");
    DISKS.contains(&mount.file_system.as_str())
        && is_writable(&mount.options)
        && is_writable(&mount.volume_options)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r"22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw - proc proc rw
24 22 8:1 / /var rw - xfs /dev/sda1 rw
25 22 8:2 / /mnt/big\040disk rw - ext4 /dev/sda2 rw
26 22 8:3 / /media/cd ro - ext4 /dev/sr0 ro
27 22 8:2 /sub /mnt/again rw - ext4 /dev/sda2 rw
28 24 0:50 / /var/lib/small rw - tmpfs tmpfs rw";

    fn table() -> MountTable {
        MountTable(mountinfo::entries(TABLE).collect())
    }

    #[test]
    fn the_nearest_mount_above_holds_a_folder() {
        let device = |path: &str| table().device(Path::new(path)).unwrap().to_owned();
        assert_eq!(["/", "/usr", "/var/lib/containerd"].map(device), ["254:0", "254:0", "8:1"]);
        assert_eq!(device("/var/lib/small/x"), "0:50");
    }

    #[test]
    fn other_disks_are_told_by_the_nearest_folder_that_is_on_them() {
        let found = table().elsewhere(Path::new("/var/lib/small"));
        assert_eq!(found, ["/", "/var/lib", "/mnt/big disk"].map(PathBuf::from));
        let found = table().elsewhere(Path::new("/usr"));
        assert_eq!(found, ["/var", "/mnt/big disk"].map(PathBuf::from));
    }
}
