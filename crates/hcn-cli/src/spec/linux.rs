//! The runtime spec that ctr writes for Linux by default, as its releases 1.7 do.

use serde_json::{Value, json};

use super::mount::Mount;

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

/// The default spec, with the network namespace it is to join.
pub(super) fn default(cgroup: &str, network_namespace: &str) -> Value {
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
            "namespaces": [
                {"type": "pid"},
                {"type": "ipc"},
                {"type": "uts"},
                {"type": "mount"},
                {"type": "network", "path": network_namespace},
            ],
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

/// The default mounts, without those whose place is asked for, and then those asked for.
pub(super) fn mounts(wanted: &[Mount]) -> Vec<Mount> {
    let taken = |destination: &str| wanted.iter().any(|mount| cleaned(&mount.destination) == destination);
    let defaults =
        MOUNTS.iter().filter(|(destination, ..)| !taken(destination)).map(|mount| default_mount(*mount));
    defaults.chain(wanted.iter().cloned()).collect()
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
        let all = mounts(std::slice::from_ref(&wanted));
        assert_eq!(all.len(), MOUNTS.len());
        assert_eq!(all.last(), Some(&wanted));
        assert!(all.iter().all(|mount| mount.destination != "/run"));
    }

    #[test]
    fn the_default_joins_the_namespace_of_the_run() {
        let spec = default("/default/t1", "/run/netns/hcn-1");
        assert_eq!(spec["linux"]["namespaces"][4]["path"], "/run/netns/hcn-1");
        assert_eq!(spec["linux"]["resources"]["devices"].as_array().map(Vec::len), Some(10));
        assert_eq!(spec["linux"]["cgroupsPath"], "/default/t1");
    }
}
