//! What a container may use: memory, processors, open files, in the members of the runtime spec that ctr writes.

use serde_json::{Value, json};

use super::linux::remove;

/// Bounds; what is absent is left to the runtime.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Memory, in bytes.
    pub memory: Option<u64>,
    /// Time on the processors: microseconds in each period, -1 for any; and the period, 0 for the kernel's.
    pub cpu_time: Option<(i64, u64)>,
    /// The weight where processors are short.
    pub cpu_shares: Option<u64>,
    /// The processors, as in `0-3,7`.
    pub cpus: Option<String>,
    /// The memory nodes.
    pub memory_nodes: Option<String>,
    /// How many processors; Windows.
    pub cpu_count: Option<u64>,
    /// Hundredths of a per cent of all processors; Windows.
    pub cpu_maximum: Option<u16>,
    /// Open files: soft and hard.
    pub open_files: Option<(u64, u64)>,
}

impl Limits {
    /// Write them into a Linux spec.
    pub(super) fn on_linux(&self, spec: &mut Value) {
        let resources = &mut spec["linux"]["resources"];
        match self.cpu_shares {
            Some(0) => remove(resources, "cpu"),
            Some(shares) => resources["cpu"]["shares"] = json!(shares),
            None => {}
        }
        if let Some((quota, period)) = self.cpu_time {
            resources["cpu"]["quota"] = json!(quota);
            resources["cpu"]["period"] = json!(period);
        }
        put(&mut resources["cpu"], "cpus", self.cpus.as_ref());
        put(&mut resources["cpu"], "mems", self.memory_nodes.as_ref());
        if let Some(memory) = self.memory {
            resources["memory"]["limit"] = json!(memory);
        }
        if resources["cpu"].is_null() {
            remove(resources, "cpu");
        }
        if let Some((soft, hard)) = self.open_files {
            spec["process"]["rlimits"] = json!([{"type": "RLIMIT_NOFILE", "hard": hard, "soft": soft}]);
        }
    }

    /// Write them into a Windows spec.
    pub(super) fn on_windows(&self, spec: &mut Value) {
        let mut resources = json!({});
        if let Some(memory) = self.memory {
            resources["memory"] = json!({"limit": memory});
        }
        let cpu = [
            ("count", self.cpu_count),
            ("shares", self.cpu_shares),
            ("maximum", self.cpu_maximum.map(u64::from)),
        ];
        for (member, value) in cpu {
            if let Some(value) = value {
                resources["cpu"][member] = json!(value);
            }
        }
        if resources != json!({}) {
            spec["windows"]["resources"] = resources;
        }
    }
}

fn put(object: &mut Value, member: &str, value: Option<&String>) {
    if let Some(value) = value {
        object[member] = json!(value);
    }
}
