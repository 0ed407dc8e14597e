//! Mount and network namespaces of the calling thread: what it and its children mount, and the
//! interfaces they make, nobody else sees, and all of it goes when the last of them ends.

use anyhow::{Context, Result};
use rustix::mount::{MountFlags, MountPropagationFlags, UnmountFlags};
use rustix::thread::UnshareFlags;

use crate::{Program, tools};

/// Moves the calling thread into new mount and network namespaces; nothing is mounted yet.
pub(crate) fn unshare() -> rustix::io::Result<()> {
    let flags = UnshareFlags::NEWNS | UnshareFlags::NEWNET;
    // SAFETY: only `UnshareFlags::FILES` endangers file descriptors that other threads own; these two
    // (and the FS that NEWNS implies) change what paths and sockets of this thread mean, no memory.
    #[allow(unsafe_code)]
    unsafe {
        rustix::thread::unshare_unsafe(flags)
    }
}

/// Moves the calling thread into a world of its own: mounts do not propagate, `/run` is empty (so
/// `/run/netns` and `/run/containerd` are its own), `/sys` shows its own interfaces, `lo` is up.
pub fn enter() -> Result<()> {
    unshare().context("cannot make mount and network namespaces")?;
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    rustix::mount::mount_change("/", private).context("cannot make the mounts private")?;
    rustix::mount::mount("tmpfs", "/run", "tmpfs", MountFlags::empty(), None)
        .context("cannot mount an empty /run")?;
    let busybox = tools::find_busybox().context("there is no static busybox")?;
    Program::new(busybox).args(["ip", "link", "set", "lo", "up"]).run().success();
    Ok(())
}

/// One line of the calling thread's mount table.
#[derive(Debug)]
pub(crate) struct Mount {
    pub(crate) point: String,
    pub(crate) kind: String,
}

/// The calling thread's mount table, in the order of mounting.
pub(crate) fn mounts() -> Vec<Mount> {
    let table = std::fs::read_to_string("/proc/thread-self/mountinfo").unwrap_or_default();
    table.lines().filter_map(parse_mount).collect()
}

/// `ID PARENT DEVICE ROOT POINT OPTIONS… - TYPE SOURCE OPTIONS`
fn parse_mount(line: &str) -> Option<Mount> {
    let point = line.split(' ').nth(4)?.to_owned();
    let kind = line.split_once(" - ")?.1.split(' ').next()?.to_owned();
    Some(Mount { point, kind })
}

/// Unmounts all that lies under a folder, last mounted first.
pub(crate) fn unmount_under(folder: &std::path::Path) {
    let inside = |mount: &&Mount| std::path::Path::new(&mount.point).starts_with(folder);
    for mount in mounts().iter().rev().filter(inside) {
        let _ = rustix::mount::unmount(&mount.point, UnmountFlags::DETACH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_mountinfo_gives_point_and_type() {
        let line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue";
        let mount = parse_mount(line).unwrap();
        assert_eq!((mount.point.as_str(), mount.kind.as_str()), ("/mnt2", "ext3"));
    }
}
