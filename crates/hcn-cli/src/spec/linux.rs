//! The runtime spec that ctr writes for Linux by default, as its releases 1.7 do.

use serde_json::{Value, json};

use super::mount::Mount;
use crate::run::options::Join;

/// Capabilities of a container that asked for none: bounding, effective and permitted.
const CAPABILITIES: [&str; 14] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FSETID",
    "CAP_FOWNER",
    "CAP_MKNOD",
    "CAP_NET_RAW",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETFCAP",
    "CAP_SETPCAP",
    "CAP_NET_BIND_SERVICE",
    "CAP_SYS_CHROOT",
    "CAP_KILL",
    "CAP_AUDIT_WRITE",
];

/// What is hidden from the container.
const MASKED: [&str; 11] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",
    "/proc/scsi",
];

/// What the container may only read.
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// The character devices that are allowed: major, minor; 136 is every pseudo-terminal.
const DEVICES: [(u32, Option<u32>); 9] = [
    (1, Some(3)),
    (1, Some(8)),
    (1, Some(7)),
    (5, Some(0)),
    (1, Some(5)),
    (1, Some(9)),
    (5, Some(1)),
    (136, None),
    (5, Some(2)),
];

/// Destination, type, source and options of the mounts that every container has.
const MOUNTS: [(&str, &str, &str, &str); 7] = [
    ("/proc", "proc", "proc", "nosuid noexec nodev"),
    ("/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k"),
    ("/dev/pts", "devpts", "devpts", "nosuid noexec newinstance ptmxmode=0666 mode=0620 gid=5"),
    ("/dev/shm", "tmpfs", "shm", "nosuid noexec nodev mode=1777 size=65536k"),
    ("/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev"),
    ("/sys", "sysfs", "sysfs", "nosuid noexec nodev ro"),
    ("/run", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k"),
];

/// The default spec, with the network namespace it is to join; none for the host's.
pub(super) fn default(cgroup: &str, network_namespace: Option<&str>) -> Value {
    let network = network_namespace.map(|path| json!({"type": "network", "path": path}));
    let others = ["pid", "ipc", "uts", "mount"].map(|kind| json!({"type": kind}));
    let namespaces: Vec<_> = others.into_iter().chain(network).collect();
    json!({
        "ociVersion": "1.1.0",
        "root": {"path": "rootfs"},
        "process": {
            "cwd": "/",
            "user": {"uid": 0, "gid": 0},
            "noNewPrivileges": true,
            "capabilities": {"bounding": CAPABILITIES, "effective": CAPABILITIES, "permitted": CAPABILITIES},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1024, "soft": 1024}],
        },
        "linux": {
            "namespaces": namespaces,
            "cgroupsPath": cgroup,
            "resources": {"devices": devices(), "cpu": {"shares": 1024}},
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
        },
    })
}

fn devices() -> Vec<Value> {
    let allowed = DEVICES.iter().map(|&(major, minor)| match minor {
        Some(minor) => json!({"allow": true, "type": "c", "major": major, "minor": minor, "access": "rwm"}),
        None => json!({"allow": true, "type": "c", "major": major, "access": "rwm"}),
    });
    std::iter::once(json!({"allow": false, "access": "rwm"})).chain(allowed).collect()
}

/// The default mounts, without those whose place is asked for, then the files by which it finds others, and then those
/// asked for.
pub(super) fn mounts(wanted: &[Mount], names: &[Mount]) -> Vec<Mount> {
    let taken = |destination: &str| wanted.iter().any(|mount| cleaned(&mount.destination) == destination);
    let defaults =
        MOUNTS.iter().filter(|(destination, ..)| !taken(destination)).map(|mount| default_mount(*mount));
    defaults.chain(names.iter().cloned()).chain(wanted.iter().cloned()).collect()
}

/// Do these mounts lie over a file, or over the folder that it is in?
pub fn is_covered(file: &str, mounts: &[Mount]) -> bool {
    let covers = |place: &str| place == file || place == "/" || file.starts_with(&format!("{place}/"));
    mounts.iter().any(|mount| covers(&cleaned(&mount.destination)))
}

/// A file of the host in its own place, as ctr mounts those of the host's network.
pub(super) fn host_file(path: &str) -> Mount {
    Mount {
        destination: path.to_owned(),
        kind: Some("bind".to_owned()),
        source: Some(path.to_owned()),
        options: vec!["rbind".to_owned(), "ro".to_owned()],
    }
}

/// Have it join a namespace that is there, instead of one of its own of that type.
pub(super) fn join(spec: &mut Value, join: &Join) {
    let entry = json!({"type": join.kind, "path": join.path});
    let Some(namespaces) = spec["linux"]["namespaces"].as_array_mut() else { return };
    match namespaces.iter_mut().find(|namespace| namespace["type"] == join.kind.as_str()) {
        Some(own) => *own = entry,
        None => namespaces.push(entry),
    }
}

/// Take a member out.
pub(super) fn remove(object: &mut Value, member: &str) {
    if let Some(object) = object.as_object_mut() {
        object.remove(member);
    }
}

fn default_mount((destination, kind, source, options): (&str, &str, &str, &str)) -> Mount {
    Mount {
        destination: destination.to_owned(),
        kind: Some(kind.to_owned()),
        source: Some(source.to_owned()),
        options: options.split(' ').map(str::to_owned).collect(),
    }
}

/// A path without doubled separators, `.` and `..`, as Go's `filepath.Clean` leaves it.
pub(super) fn cleaned(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_in_a_default_s_place_replaces_it() {
        let wanted = Mount { destination: "//run/./".into(), ..Mount::default() };
        let all = mounts(std::slice::from_ref(&wanted), &[]);
        assert_eq!(all.len(), MOUNTS.len());
        assert_eq!(all.last(), Some(&wanted));
        assert!(all.iter().all(|mount| mount.destination != "/run"));
    }

    #[test]
    fn a_file_is_covered_by_itself_and_by_its_folders() {
        let at = |destination: &str| [Mount { destination: destination.into(), ..Mount::default() }];
        assert!(["/etc/hosts", "/etc/", "/", "/x/../etc"].iter().all(|d| is_covered("/etc/hosts", &at(d))));
        assert!(
            ["/etc/hosts.d", "/et", "/etc/resolv.conf"].iter().all(|d| !is_covered("/etc/hosts", &at(d)))
        );
    }

    #[test]
    fn the_default_joins_the_namespace_of_the_run() {
        let spec = default("/default/t1", Some("/run/netns/hcn-1"));
        assert_eq!(spec["linux"]["namespaces"][4]["path"], "/run/netns/hcn-1");
        assert_eq!(spec["linux"]["resources"]["devices"].as_array().map(Vec::len), Some(10));
        assert_eq!(spec["linux"]["cgroupsPath"], "/default/t1");
    }
}
