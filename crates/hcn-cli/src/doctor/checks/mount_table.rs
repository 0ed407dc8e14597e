//! The kernel's table of mounts: which volume holds a folder, and which others there are.

use std::path::{Path, PathBuf};

use crate::doctor::facts::Facts;

/// The file systems of disks on which a daemon's root may be.
const DISKS: &[&str] = &["bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "xfs", "zfs"];

/// Every mount, in the order of mounting.
pub(super) struct MountTable(Vec<Mount>);

struct Mount {
    device: String,
    point: PathBuf,
    is_disk: bool,
}

impl MountTable {
    /// None where the kernel tells nothing.
    pub(super) fn read(facts: &Facts<'_>) -> Option<Self> {
        let text = facts.host.text("/proc/self/mountinfo").ok()?;
        Some(Self(text.lines().filter_map(mount).collect()))
    }

    /// The volume that a folder is on.
    pub(super) fn device(&self, folder: &Path) -> Option<&str> {
        // Of several at one place the last one is seen.
        let over = self.0.iter().filter(|mount| folder.starts_with(&mount.point));
        over.max_by_key(|mount| mount.point.components().count()).map(|mount| mount.device.as_str())
    }

    /// A folder on each of the disks that can be written, but for the one that holds `folder`: one of those above it, else
    /// where the disk is mounted.
    pub(super) fn elsewhere(&self, folder: &Path) -> Vec<PathBuf> {
        let own = self.device(folder);
        let mut devices: Vec<&str> = Vec::new();
        let others = self.0.iter().filter(|mount| mount.is_disk && Some(mount.device.as_str()) != own);
        let mut found = Vec::new();
        for mount in others.filter(|mount| self.device(&mount.point) == Some(&mount.device)) {
            if !devices.contains(&mount.device.as_str()) {
                devices.push(&mount.device);
                let above = folder.ancestors().find(|above| self.device(above) == Some(&mount.device));
                found.push(above.unwrap_or(&mount.point).to_owned());
            }
        }
        found
    }
}

/// `ID PARENT DEVICE ROOT POINT OPTIONS… - TYPE SOURCE OPTIONS`, as proc(5) has it.
fn mount(line: &str) -> Option<Mount> {
    let (front, back) = line.split_once(" - ")?;
    let words: Vec<&str> = front.split(' ').collect();
    let (device, point, options) = (words.get(2)?, words.get(4)?, words.get(5)?);
    let mut back = back.split(' ');
    let is_disk = DISKS.contains(&back.next()?);
    let is_writable = |options: &str| options.split(',').any(|option| option == "rw");
    Some(Mount {
        device: (*device).to_owned(),
        point: unescaped(point).into(),
        is_disk: is_disk && is_writable(options) && back.nth(1).is_some_and(is_writable),
    })
}

/// Blanks, tabs, line ends and backslashes are written as octal numbers.
fn unescaped(text: &str) -> String {
    let escapes = [(r"\040", " "), (r"\011", "\t"), (r"\012", "\n"), (r"\134", r"\")];
    escapes.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
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
        MountTable(TABLE.lines().filter_map(mount).collect())
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
