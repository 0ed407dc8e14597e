//! Device nodes of the host, and the capabilities of this process.

use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::spec::Node;

/// Folders of /dev that every container has its own of, and a link to the caller's own files.
const OWN: [&str; 7] = ["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"];

/// Names of capabilities by number, from capability.h of Linux.
const CAPABILITIES: [&str; 41] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
];

/// The node at a path, or those below a folder, in the order of their names.
pub(crate) fn device_nodes(path: &Path) -> io::Result<Vec<Node>> {
    if !path.metadata()?.is_dir() {
        return node(path)?.map(|node| vec![node]).ok_or_else(|| io::Error::other("it is no device"));
    }
    let mut names: Vec<_> = path.read_dir()?.collect::<io::Result<_>>()?;
    names.sort_by_key(std::fs::DirEntry::file_name);
    let mut nodes = Vec::new();
    for name in names.iter().filter(|name| !is_own(name.file_name().to_str())) {
        match name.file_type()?.is_dir() {
            true => nodes.extend(device_nodes(&name.path())?),
            false => nodes.extend(node(&name.path())?),
        }
    }
    Ok(nodes)
}

fn is_own(name: Option<&str>) -> bool {
    name.is_some_and(|name| OWN.contains(&name) || name == "console")
}

/// A node; what is no device, or went meanwhile, is none.
fn node(path: &Path) -> io::Result<Option<Node>> {
    let facts = match path.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        facts => facts?,
    };
    let kind = match facts.file_type() {
        kind if kind.is_block_device() => 'b',
        kind if kind.is_char_device() => 'c',
        _ => return Ok(None),
    };
    let Some(path) = path.to_str() else { return Ok(None) };
    Ok(Some(Node {
        path: path.to_owned(),
        kind,
        major: rustix::fs::major(facts.rdev()),
        minor: rustix::fs::minor(facts.rdev()),
        mode: facts.mode() & 0o7777,
        uid: facts.uid(),
        gid: facts.gid(),
    }))
}

/// The capabilities that this process can use. One that has no name yet is left out.
pub(crate) fn own_capabilities() -> io::Result<Vec<String>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    let bits = bits.ok_or_else(|| io::Error::other("/proc/self/status has no CapEff"))?;
    let held = CAPABILITIES.iter().enumerate().filter(|(number, _)| bits & (1 << number) != 0);
    Ok(held.map(|(_, name)| format!("CAP_{name}")).collect())
}
