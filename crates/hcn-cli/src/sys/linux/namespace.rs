//! Network namespaces: made by a thread of their own, kept alive by a mount, visible to `ip netns`.
//!
//! Follows ip-netns(8) and namespaces(7). Making and removing stand in pairs; removing what is not there is success.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::mount::{MountPropagationFlags, UnmountFlags, mount_bind, mount_change, unmount};
use rustix::net::netdevice::name_to_index;
use rustix::net::{AddressFamily, SocketType, socket};
use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

use super::facts::is_network_namespace;
use super::loopback::bring_lo_up;
use crate::sys::{absent_is_success, at};

/// Somebody's mount namespace may still hold the mount point for a moment after it was detached in ours.
const UNLINK_PATIENCE: Duration = Duration::from_secs(2);

/// Makes a network namespace with `lo` up, and mounts it at `path`, which must not exist.
pub(crate) fn make_network_namespace(path: &Path) -> io::Result<()> {
    prepare_folder(path.parent().unwrap_or(Path::new("/")))?;
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o444)
        .open(path)
        .map_err(at("making its mount point"))?;
    on_a_thread_of_its_own(|| mount_a_new_namespace(path))?;
    if is_network_namespace(path)? {
        return Ok(());
    }
    // Seen where the folder is private to another mount namespace: runc would then say `setns: invalid argument`.
    Err(io::Error::other("it was mounted but cannot be seen; is the folder a private mount?"))
}

/// Unmounts the namespace at `path` and removes the file. What still runs in it keeps it alive.
pub(crate) fn remove_network_namespace(path: &Path) -> io::Result<()> {
    // Asked of statfs, for umount's EINVAL has other causes too.
    while is_network_namespace(path)? {
        unmount(path, UnmountFlags::DETACH).map_err(at("umount"))?;
    }
    let give_up = Instant::now() + UNLINK_PATIENCE;
    loop {
        match absent_is_success(fs::remove_file(path)) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy && Instant::now() < give_up => {
                thread::sleep(Duration::from_millis(20));
            }
            answer => return answer.map_err(at("unlink")),
        }
    }
}

/// Has the namespace at this path an interface of this name?
pub(crate) fn has_interface(path: &Path, name: &str) -> io::Result<bool> {
    let namespace = File::open(path).map_err(at("opening the namespace"))?;
    on_a_thread_of_its_own(|| {
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
            .map_err(at("setns"))?;
        let socket = socket(AddressFamily::INET, SocketType::DGRAM, None).map_err(at("opening a socket"))?;
        match name_to_index(&socket, name) {
            Ok(_) => Ok(true),
            Err(Errno::NODEV) => Ok(false),
            Err(error) => Err(at("asking for an interface")(error)),
        }
    })
}

/// Holds the namespace at this path against every other run that would enter it, until the file is dropped; through
/// whichever path, for the lock is on the namespace itself. `WouldBlock` where another one holds it.
pub(crate) fn hold_network_namespace(path: &Path) -> io::Result<Option<File>> {
    let namespace = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(at("opening the namespace"))?,
    };
    namespace.try_lock()?;
    Ok(Some(namespace))
}

/// What tells the network namespace at this path from every other that may be there later, until the machine is started
/// again; `None` where there is none. The kernel gives the number of one that is gone to the next. So where it is mounted
/// the time belongs to it at which it was looked at first, from when on the mount holds it; where it is a process's,
/// the time at which that was started.
pub(crate) fn namespace_mark(path: &Path) -> io::Result<Option<String>> {
    if !is_network_namespace(path)? {
        return Ok(None);
    }
    let marked = || {
        let facts = fs::metadata(path)?;
        let since = match process_of(path) {
            Some(process) => start_of(&process)?,
            None => format!("{}.{:09}", facts.ctime(), facts.ctime_nsec()),
        };
        Ok(format!("{}:{}:{since}", facts.dev(), facts.ino()))
    };
    match marked() {
        Err(error) if is_gone(&error) => Ok(None),
        mark => mark.map(Some),
    }
}

/// The process went away meanwhile.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(Errno::SRCH.raw_os_error())
}

/// The folder of proc(5) of the process, or thread, whose namespace this path names, itself or by a link.
fn process_of(path: &Path) -> Option<PathBuf> {
    let of = |path: &Path| {
        let folder = path.strip_prefix("/proc").ok()?.to_str()?.strip_suffix("/ns/net")?;
        Some(Path::new("/proc").join(folder))
    };
    of(path).or_else(|| of(&fs::read_link(path).ok()?))
}

/// When a process was started, in clock ticks since the machine was.
fn start_of(process: &Path) -> io::Result<String> {
    let facts = fs::read_to_string(process.join("stat"))?;
    let strange = || io::Error::other(format!("`{}/stat` names no start", process.display()));
    started(&facts).map(str::to_owned).ok_or_else(strange)
}

/// The 22nd field of proc(5)'s stat. The second is the program's name, which may hold anything, in parentheses.
fn started(stat: &str) -> Option<&str> {
    stat.rsplit_once(") ")?.1.split(' ').nth(19)
}

/// A thread keeps the namespace that it entered until it ends: so it must be none of a pool, nor the main one.
fn on_a_thread_of_its_own<T: Send>(work: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name("network namespace".into()).spawn_scoped(scope, work)?;
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread that makes it panicked")))
    })
}

fn mount_a_new_namespace(path: &Path) -> io::Result<()> {
    // SAFETY: unshare is unsafe for CLONE_FILES, after which threads disagree about descriptors; NEWNET leaves them.
    unsafe { unshare_unsafe(UnshareFlags::NEWNET) }.map_err(at("unshare"))?;
    bring_lo_up()?;
    // Not /proc/self: that is the main thread, which is still in the host's namespace.
    mount_bind("/proc/thread-self/ns/net", path).map_err(at("mount"))
}

/// Makes the folder, and a shared mount of it where no shared mount holds it already: a mount made in a private one
/// is never seen by the shim. As `ip netns add` does, under the same lock.
fn prepare_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder).map_err(at("making the folder"))?;
    let lock = File::open(folder).map_err(at("opening the folder"))?;
    lock.lock().map_err(at("locking the folder"))?;
    if is_on_a_shared_mount(&File::open(folder)?)? {
        return Ok(());
    }
    mount_bind(folder, folder).map_err(at("mounting the folder"))?;
    mount_change(folder, MountPropagationFlags::SHARED).map_err(at("sharing the folder's mount"))
}

fn is_on_a_shared_mount(file: &File) -> io::Result<bool> {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{}", file.as_raw_fd()))
        .map_err(at("reading fdinfo"))?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").map_err(at("reading mountinfo"))?;
    Ok(mount_is_shared(mount_id(&info), &mounts))
}

/// The line `mnt_id:\t27` of proc(5)'s fdinfo.
fn mount_id(fdinfo: &str) -> &str {
    fdinfo.lines().find_map(|line| line.strip_prefix("mnt_id:")).map_or("", str::trim)
}

/// proc(5)'s mountinfo: `ID PARENT DEV ROOT POINT OPTIONS [shared:N master:N …] - TYPE SOURCE OPTIONS`.
fn mount_is_shared(id: &str, mountinfo: &str) -> bool {
    let mut lines = mountinfo.lines().map(|line| line.split(' '));
    let Some(fields) = lines.find_map(|mut fields| (fields.next() == Some(id)).then_some(fields)) else {
        return false;
    };
    fields.skip(5).take_while(|field| *field != "-").any(|field| field.starts_with("shared:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 27 0:28 / /run rw,nosuid shared:7 - tmpfs tmpfs rw
32 31 0:29 / /run/shared:1 rw master:7 - tmpfs tmpfs rw
";

    #[test]
    fn a_shared_mount_is_told_from_a_private_one() {
        assert!(mount_is_shared("31", MOUNTS));
        assert!(!mount_is_shared("27", MOUNTS));
        assert!(!mount_is_shared("32", MOUNTS), "receives mounts, but hands none on");
        assert!(!mount_is_shared("99", MOUNTS));
    }

    #[test]
    fn fdinfo_names_the_mount() {
        assert_eq!(mount_id("pos:\t0\nflags:\t0100000\nmnt_id:\t27\nino:\t2\n"), "27");
        assert_eq!(mount_id(""), "");
    }

    #[test]
    fn a_plain_file_or_nothing_is_no_namespace_and_both_can_be_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stale");
        assert!(!is_network_namespace(&path).unwrap());
        remove_network_namespace(&path).unwrap();
        fs::write(&path, "").unwrap();
        assert!(!is_network_namespace(&path).unwrap());
        remove_network_namespace(&path).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_process_s_namespace_is_known_again_by_the_process_s_start() {
        let mark = |path: &str| namespace_mark(Path::new(path)).unwrap();
        let own = format!("/proc/{}/ns/net", std::process::id());
        assert!(mark(&own).is_some());
        assert_eq!(mark(&own), mark(&own));
        // The kernel counts starts in hundredths of a second.
        std::thread::sleep(std::time::Duration::from_millis(30));
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(format!("/proc/{}/ns/net", child.id()), &link).unwrap();
        assert!(namespace_mark(&link).unwrap().unwrap() != mark(&own).unwrap(), "another process is in it");
        drop(child.stdin.take());
        child.wait().unwrap();
        assert_eq!(namespace_mark(&link).unwrap(), None);
        assert_eq!(mark("/proc/self/ns/uts"), None);
    }

    #[test]
    fn the_start_stands_behind_a_name_of_any_kind() {
        let fields: Vec<_> = (3..=52).map(|number| number.to_string()).collect();
        assert_eq!(started(&format!("7 (a) b) {}", fields.join(" "))), Some("22"));
        assert_eq!(started("7 (a) R 1"), None);
    }

    #[test]
    fn the_namespace_of_this_process_exists() {
        assert!(is_network_namespace(Path::new("/proc/self/ns/net")).unwrap());
    }
}
