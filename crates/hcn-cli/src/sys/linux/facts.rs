//! What a plan asks Linux about: the boot, the kernel's release, whether a path is a network namespace.

use std::ffi::c_void;
use std::fs::File;
use std::io;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::io::Errno;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};

/// The file system type of a mounted namespace (`NSFS_MAGIC` of linux/magic.h).
const NSFS: u64 = 0x6e73_6673;

/// How long a container's disk may be held after its end: not at all.
pub(crate) const DISK_PATIENCE: Duration = Duration::ZERO;

/// How long a task that containerd was creating for a client that died may still come: it ends such work at once.
pub(crate) const TASK_PATIENCE: Duration = Duration::from_secs(2);

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

/// Is there a network namespace at this path? A stale, empty file under /run/netns is none.
pub(crate) fn is_network_namespace(path: &Path) -> io::Result<bool> {
    match rustix::fs::statfs(path) {
        // Anything may be opened there but a FIFO, which would wait for a writer; nsfs has none.
        Ok(facts) if facts.f_type as u64 == NSFS => namespace_kind(&File::open(path)?),
        Ok(_) | Err(Errno::NOENT | Errno::NOTDIR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// nsfs holds namespaces of every kind: is this one of a network?
fn namespace_kind(file: &File) -> io::Result<bool> {
    // SAFETY: NS_GET_NSTYPE of ioctl_ns(2) reads and writes no memory of ours.
    match unsafe { ioctl(file, KindOfNamespace) } {
        Ok(kind) => Ok(kind == CLONE_NEWNET),
        // Linux before 4.11 does not know the question.
        Err(Errno::NOTTY) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// What the kernel calls a network namespace (linux/sched.h).
const CLONE_NEWNET: i32 = 0x4000_0000;

/// `NS_GET_NSTYPE` of linux/nsfs.h, whose answer is that of the call itself.
struct KindOfNamespace;

// SAFETY: the opcode is the one of linux/nsfs.h; it takes no argument, so none is pointed to, and the answer is a number.
unsafe impl Ioctl for KindOfNamespace {
    type Output = i32;

    const IS_MUTATING: bool = false;

    fn opcode(&self) -> Opcode {
        opcode::none(0xb7, 3)
    }

    fn as_ptr(&mut self) -> *mut c_void {
        std::ptr::null_mut()
    }

    unsafe fn output_from_ptr(answer: IoctlOutput, _: *mut c_void) -> rustix::io::Result<i32> {
        Ok(answer)
    }
}

/// Is the namespace of an attachment still there for its undoing, and still the one that it was made in?
///
/// Plugins delete an interface in it by name. What `ctr` hands them is a process's (`/proc/PID/ns/net`), and once that
/// has ended, its number may be anybody's: then one of the attachment's addresses has to be there. Never the host's own.
pub(crate) fn is_still_of(path: &Path, addresses: &[IpAddr]) -> io::Result<bool> {
    if !is_network_namespace(path)? || is_same_file(path, Path::new("/proc/self/ns/net"))? {
        return Ok(false);
    }
    match path.strip_prefix("/proc").ok().and_then(|rest| rest.to_str()?.strip_suffix("/ns/net")) {
        Some(process) => holds_one(&Path::new("/proc").join(process).join("net"), addresses),
        None => Ok(true),
    }
}

fn is_same_file(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (std::fs::metadata(one)?, std::fs::metadata(other)?);
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

/// Has the namespace of this folder of proc(5) one of the addresses?
fn holds_one(net: &Path, addresses: &[IpAddr]) -> io::Result<bool> {
    let read = |name: &str| match std::fs::read_to_string(net.join(name)) {
        // Without IPv6 there is no such file; without the process there is none of them.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    };
    let (v4, v6) = (read("fib_trie")?, read("if_inet6")?);
    Ok(addresses.iter().any(|address| match address {
        IpAddr::V4(address) => v4.lines().any(|line| line.trim_start() == format!("|-- {address}")),
        IpAddr::V6(address) => {
            v6.lines().any(|line| line.starts_with(&format!("{:032x}", address.to_bits())))
        }
    }))
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

/// Refuse what somebody else than root and this user could have written: its contents will be carried out.
pub(crate) fn check_trusted(path: &Path) -> io::Result<()> {
    let facts = std::fs::symlink_metadata(path)?;
    let (owner, own) = (facts.uid(), rustix::process::geteuid().as_raw());
    if (owner == 0 || owner == own) && facts.mode() & 0o022 == 0 && !facts.is_symlink() {
        return Ok(());
    }
    let why = format!("`{}` can be written by others than root and you", path.display());
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}

/// What the host calls itself, and what a container without a name of its own is called.
pub(crate) fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The host's resolv.conf. systemd-resolved's own names a server on the loopback alone; the real ones are in another,
/// unless it is somebody else who listens there.
pub(crate) fn resolv_conf() -> String {
    let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    match text.contains("nameserver 127.0.0.53") {
        true => std::fs::read_to_string("/run/systemd/resolve/resolv.conf").unwrap_or(text),
        false => text,
    }
}

/// Let everybody read a file, whatever the mask of this process is.
pub(crate) fn let_everybody_read(file: &Path) -> io::Result<()> {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_of_another_kind_is_no_network_namespace() {
        for (kind, expected) in [("net", true), ("uts", false), ("mnt", false), ("user", false)] {
            let path = format!("/proc/self/ns/{kind}");
            assert_eq!(is_network_namespace(path.as_ref()).unwrap(), expected, "{kind}");
        }
    }

    #[test]
    fn the_host_s_own_namespace_is_no_attachment_s() {
        let own = Path::new("/proc/self/ns/net");
        assert!(!is_still_of(own, &["127.0.0.1".parse().unwrap()]).unwrap());
        assert!(!is_still_of(Path::new("/nowhere"), &[]).unwrap());
    }

    #[test]
    fn a_process_s_namespace_is_told_by_its_addresses() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("fib_trie"), "Main:\n  |-- 10.88.0.5\n     /32 host LOCAL\n")
            .unwrap();
        std::fs::write(folder.path().join("if_inet6"), "fd000000000000000000000000000005 02 40 00 80 eth0\n")
            .unwrap();
        let holds = |address: &str| holds_one(folder.path(), &[address.parse().unwrap()]).unwrap();
        assert_eq!(["10.88.0.5", "10.88.0.50", "fd00::5", "fd00::6"].map(holds), [true, false, true, false]);
        assert!(!holds_one(Path::new("/nowhere"), &["10.88.0.5".parse().unwrap()]).unwrap());
    }
}
