//! What a plan asks Linux about: the boot, the kernel's release, whether a path is a network namespace.

use std::io;
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;

/// The file system type of a mounted namespace (`NSFS_MAGIC` of linux/magic.h).
const NSFS: u64 = 0x6e73_6673;

/// How long a container's disk may be held after its end: not at all.
pub(crate) const DISK_PATIENCE: Duration = Duration::ZERO;

/// Names this boot of the machine.
pub(crate) fn boot_id() -> io::Result<String> {
    Ok(std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// How long ago the machine was started, the time that it slept included. No setting of the clock changes it.
pub(crate) fn uptime() -> io::Result<Duration> {
    let text = std::fs::read_to_string("/proc/uptime")?;
    let seconds = text.split(['.', ' ']).next().and_then(|seconds| seconds.parse().ok());
    let strange = || io::Error::other(format!("/proc/uptime holds `{}`", text.trim().escape_debug()));
    seconds.map(Duration::from_secs).ok_or_else(strange)
}

/// Only `--net nat` asks, which needs HCN.
pub(crate) fn name_servers() -> io::Result<Vec<IpAddr>> {
    Ok(Vec::new())
}

/// Is there a namespace at this path? A stale, empty file under /run/netns is none.
pub(crate) fn is_network_namespace(path: &Path) -> io::Result<bool> {
    match rustix::fs::statfs(path) {
        Ok(facts) => Ok(facts.f_type as u64 == NSFS),
        Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The build number of Windows; none on Linux.
pub(crate) fn windows_build() -> Option<u32> {
    None
}

/// Make a folder, and those above it, that nobody else can look into.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Make one folder, which must not be there yet, that nobody else can look into.
pub(crate) fn create_new_private_folder(path: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

/// Do something to a file. Nobody who has it open is in the way.
pub(crate) fn patiently<T>(act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    act()
}
