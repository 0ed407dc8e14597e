//! What a Linux container may do: capabilities, privileges, filters of system calls.

use serde_json::{Value, json};

use super::device::Node;
use super::linux::remove;

/// The sets of capabilities that a container's process starts with.
const SETS: [&str; 3] = ["bounding", "effective", "permitted"];

/// Rights beyond, and below, the default ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights {
    /// All that the host has to give, if asked for.
    pub privileged: Option<Privileged>,
    /// Capabilities to add, as in `CAP_SYS_ADMIN`.
    pub added: Vec<String>,
    /// Capabilities to drop.
    pub dropped: Vec<String>,
    /// May it gain rights?
    pub new_privileges: bool,
    /// The filter of system calls, as runtime-spec writes it.
    pub seccomp: Option<Value>,
    /// The name of an AppArmor profile that is loaded.
    pub apparmor: Option<String>,
}

/// What a privileged container is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Privileged {
    /// The capabilities of this process.
    pub capabilities: Vec<String>,
    /// The host's devices; none if they are not to be passed on.
    pub devices: Option<Vec<Node>>,
}

impl Rights {
    /// Write them into a Linux spec, whose mounts are there already.
    pub(super) fn on_linux(&self, spec: &mut Value) {
        if let Some(privileged) = &self.privileged {
            privileged.on_linux(spec);
        }
        for set in SETS {
            self.adjust(&mut spec["process"]["capabilities"][set]);
        }
        if self.new_privileges {
            remove(&mut spec["process"], "noNewPrivileges");
        }
        if let Some(filter) = &self.seccomp {
            spec["linux"]["seccomp"] = filter.clone();
        }
        if let Some(profile) = &self.apparmor {
            spec["process"]["apparmorProfile"] = json!(profile);
        }
    }

    fn adjust(&self, set: &mut Value) {
        let Some(names) = set.as_array_mut() else { return };
        for name in &self.added {
            if !names.iter().any(|held| held == name) {
                names.push(json!(name));
            }
        }
        names.retain(|held| !self.dropped.iter().any(|name| held == name));
    }
}

impl Privileged {
    fn on_linux(&self, spec: &mut Value) {
        for set in SETS {
            spec["process"]["capabilities"][set] = json!(self.capabilities);
        }
        remove(&mut spec["linux"], "maskedPaths");
        remove(&mut spec["linux"], "readonlyPaths");
        spec["mounts"].as_array_mut().into_iter().flatten().for_each(make_writable);
        let Some(devices) = &self.devices else { return };
        spec["linux"]["resources"]["devices"] = json!([{"allow": true, "access": "rwm"}]);
        spec["linux"]["devices"] = devices.iter().map(Node::entry).collect();
    }
}

/// Of the kernel's own file systems.
fn make_writable(mount: &mut Value) {
    if ["sysfs", "cgroup"].iter().any(|kind| mount["type"] == *kind) {
        for option in mount["options"].as_array_mut().into_iter().flatten().filter(|option| *option == "ro") {
            *option = json!("rw");
        }
    }
}
