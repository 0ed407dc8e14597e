//! A plan as `--dry-run` prints it: JSON for programs, a line a step for people.

use super::plan::{Cni, Endpoint, NatNetwork, Plan, Step};

/// The whole plan as a program reads it; the spec in it keeps its bytes.
pub(super) fn json(plan: &Plan) -> serde_json::Result<String> {
    serde_json::to_string_pretty(plan).map(|text| text + "\n")
}

/// A line a step, in the order of making; steps of `lane 1` and `lane 2` are made at the same time.
pub(super) fn table(plan: &Plan) -> String {
    let stages = [
        ("first", &plan.first),
        ("lane 1", &plan.lanes[0]),
        ("lane 2", &plan.lanes[1]),
        ("then", &plan.then),
    ];
    let steps = stages.iter().flat_map(|(stage, steps)| steps.iter().map(move |step| row(stage, plan, step)));
    std::iter::once(format!("{:<8} {:<10} NAME\n", "WHEN", "WHAT")).chain(steps).collect()
}

fn row(stage: &str, plan: &Plan, step: &Step) -> String {
    let (what, name) = described(plan, step);
    format!("{stage:<8} {what:<10} {name}\n")
}

/// What a step makes, and its name.
pub(super) fn described(plan: &Plan, step: &Step) -> (&'static str, String) {
    match step {
        Step::LinuxNamespace { path } => ("namespace", path.display().to_string()),
        Step::HcnNamespace { id } => ("namespace", id.to_string()),
        Step::Names(names) => ("names", names.folder.display().to_string()),
        Step::Cni(cni) => ("attachment", attachment(cni)),
        Step::Endpoint(endpoint) => ("endpoint", on_network(endpoint)),
        Step::Lease { id, .. } => ("lease", id.clone()),
        Step::Snapshot { snapshotter, key, .. } => ("snapshot", format!("{key} of {snapshotter}")),
        Step::Container(container) => ("container", format!("{} for {}", plan.container, container.runtime)),
        Step::Commit { of, name } => ("commit", format!("{} of {} as {name}", of.key, of.snapshotter)),
        Step::Stdio(stdio) => ("stdio", stdio.folder.as_ref().unwrap_or(&stdio.stdout).display().to_string()),
        Step::Task { .. } => ("task", plan.container.clone()),
    }
}

fn attachment(cni: &Cni) -> String {
    format!("{} as {} by {}", cni.container_id, cni.ifname, cni.source.display())
}

fn on_network(endpoint: &Endpoint) -> String {
    let new = match endpoint.network {
        NatNetwork::Existing { .. } => "",
        NatNetwork::ToBeMade { .. } => ", to be made",
    };
    format!("{} on network {}{new}", endpoint.name, endpoint.network.name())
}
