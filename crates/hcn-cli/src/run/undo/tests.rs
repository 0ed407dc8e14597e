//! The order of making and unmaking, on a host that holds its world in a set and can be made to fail or to die.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::path::PathBuf;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use serde_json::value::RawValue;

use super::*;
use crate::run::plan::{Cni, Container, SnapshotKey, Stdio};

/// Where a run ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The step refuses and has done nothing.
    RefusedBefore,
    /// The step says that it failed, but its effect is there.
    FailedAfter,
    /// The process dies before the step.
    DiedBefore,
    /// The process dies after the step.
    DiedAfter,
}

const ENDS: [End; 4] = [End::RefusedBefore, End::FailedAfter, End::DiedBefore, End::DiedAfter];

/// A world of names. Each step yields a few times, so that the lanes interleave.
#[derive(Default)]
struct FakeHost {
    world: RefCell<BTreeSet<String>>,
    log: RefCell<Vec<String>>,
    fault: Option<(String, End)>,
    stuck: RefCell<BTreeSet<String>>,
    pauses: Vec<u8>,
    stop_after: Option<usize>,
}

impl FakeHost {
    fn with_fault(step: &Step, end: End) -> Self {
        Self { fault: Some((name(step), end)), ..Self::default() }
    }

    async fn pause(&self, step: &str) {
        let seed: usize = step.bytes().map(usize::from).sum();
        let pauses = self.pauses.get(seed % self.pauses.len().max(1)).copied().unwrap_or(1);
        for _ in 0..pauses {
            yield_once().await;
        }
    }

    fn note(&self, what: &str, step: &str) {
        self.log.borrow_mut().push(format!("{what} {step}"));
    }

    fn is_empty(&self) -> bool {
        self.world.borrow().is_empty()
    }
}

impl Host for FakeHost {
    type Error = String;

    fn stopped(&self) -> Option<String> {
        let begun = self.log.borrow().len();
        self.stop_after.filter(|steps| begun >= *steps).map(|_| "stopped".into())
    }

    async fn make(&self, _: &Plan, step: &Step) -> Result<(), String> {
        let name = name(step);
        self.note("make", &name);
        self.pause(&name).await;
        let end = self.fault.as_ref().filter(|(at, _)| *at == name).map(|(_, end)| *end);
        match end {
            Some(End::RefusedBefore) => return Err(format!("refused {name}")),
            Some(End::DiedBefore) => std::future::pending().await,
            Some(End::FailedAfter | End::DiedAfter) | None => {}
        }
        assert!(self.world.borrow_mut().insert(name.clone()), "{name} is made once");
        match end {
            Some(End::FailedAfter) => Err(format!("failed {name}")),
            Some(End::DiedAfter) => std::future::pending().await,
            _ => Ok(()),
        }
    }

    async fn unmake(&self, _: &Plan, step: &Step) -> Result<(), String> {
        let name = name(step);
        self.note("unmake", &name);
        self.pause(&name).await;
        if self.stuck.borrow_mut().remove(&name) {
            return Err(format!("stuck {name}"));
        }
        if name == "task" && !self.world.borrow().contains("container") {
            // Nobody knows whose it is.
            return Ok(());
        }
        self.world.borrow_mut().remove(&name);
        Ok(())
    }

    fn keep(&self, _: &Plan, step: &Step) {
        self.note("keep", &name(step));
    }
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

/// Polls until done, or until nothing can move any more: then the process has died, and `None` is what it leaves.
fn drive<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..10_000).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    })
}

/// What undo is told: what was begun, or everything after a death.
fn begun(made: Option<&Made<String>>, plan: &Plan) -> Begun {
    made.map_or_else(|| Begun::as_noted(plan, &Stages::unknown(plan.steps().count())), |made| made.begun)
}

fn name(step: &Step) -> String {
    match step {
        Step::LinuxNamespace { path } => path.display().to_string(),
        Step::HcnNamespace { .. } => "hcn namespace".into(),
        Step::Cni(cni) => cni.container_id.clone(),
        Step::Endpoint(endpoint) => endpoint.name.clone(),
        Step::Lease { id, .. } => id.clone(),
        Step::Snapshot { key, .. } => key.clone(),
        Step::Container(container) => container.runtime.clone(),
        Step::Commit { name, .. } => name.clone(),
        Step::Names(_) => "names".into(),
        Step::Stdio(_) => "stdio".into(),
        Step::Task { .. } => "task".into(),
    }
}

fn raw(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn cni() -> Step {
    Step::Cni(Cni {
        container_id: "cni".into(),
        ifname: "eth0".into(),
        netns: "/run/netns/x".into(),
        mark: None,
        source: PathBuf::new(),
        conflist: raw("{}"),
        dns: Vec::new(),
        path: Vec::new(),
        cache: PathBuf::new(),
    })
}

fn lease(id: &str) -> Step {
    Step::Lease { id: id.into(), pulled: false }
}

fn container_steps() -> Vec<Step> {
    let key = SnapshotKey { snapshotter: "overlayfs".into(), key: "snapshot".into() };
    let record = Container {
        labels: Default::default(),
        image: None,
        runtime: "container".into(),
        options: None,
        user: None,
        snapshot: Some(key.clone()),
        spec: raw("{}"),
    };
    let snapshot = Step::Snapshot {
        snapshotter: key.snapshotter,
        key: key.key,
        parent: String::new(),
        lease: "lease".into(),
        labels: Default::default(),
    };
    vec![lease("lease"), snapshot, Step::Container(record)]
}

fn task_steps() -> Vec<Step> {
    let stdio = Stdio { folder: None, stdin: None, stdout: "out".into(), stderr: None };
    vec![Step::Stdio(stdio), Step::Task { rootfs: None, terminal: false }]
}

fn plan(first: Vec<Step>, lanes: [Vec<Step>; 2], then: Vec<Step>) -> Plan {
    Plan {
        version: Plan::VERSION,
        run: "0123456789abcdef".into(),
        boot: "boot".into(),
        address: "socket".into(),
        containerd_namespace: "default".into(),
        container: "t1".into(),
        network_namespace: None,
        detached: false,
        log: None,
        first,
        lanes,
        then,
    }
}

fn linux() -> Plan {
    let lane = [container_steps(), task_steps()].concat();
    plan(vec![Step::LinuxNamespace { path: "namespace".into() }], [vec![cni()], lane], Vec::new())
}

fn windows() -> Plan {
    let id = "00000000-0000-0000-0000-000000000001".parse().unwrap();
    plan(vec![Step::HcnNamespace { id }], [vec![cni()], container_steps()], task_steps())
}

/// Every step of both shapes, with every way to end there.
fn endings() -> impl Iterator<Item = (Plan, Step, End)> {
    [linux(), windows()].into_iter().flat_map(|plan| {
        let steps: Vec<Step> = plan.steps().cloned().collect();
        steps.into_iter().flat_map(move |step| {
            let plan = plan.clone();
            ENDS.into_iter().map(move |end| (plan.clone(), step.clone(), end))
        })
    })
}

#[test]
fn wherever_a_run_ends_undo_leaves_nothing() {
    for (plan, step, end) in endings() {
        let host = FakeHost::with_fault(&step, end);
        let made = drive(make(&host, &plan));
        let undone = drive(undo(&host, &plan, begun(made.as_ref(), &plan)));
        assert_eq!(undone, Some(Vec::new()));
        assert!(host.is_empty(), "{} {end:?} leaves {:?}", name(&step), host.world);
    }
}

#[test]
fn undo_twice_is_undo_once() {
    for (plan, step, end) in endings() {
        let host = FakeHost::with_fault(&step, end);
        let made = drive(make(&host, &plan));
        let begun = begun(made.as_ref(), &plan);
        for _ in 0..2 {
            assert_eq!(drive(undo(&host, &plan, begun)), Some(Vec::new()));
            assert!(host.is_empty());
        }
    }
}

#[test]
fn a_failure_is_told_and_nothing_after_it_is_begun() {
    for (plan, step, end) in
        endings().filter(|(.., end)| matches!(end, End::RefusedBefore | End::FailedAfter))
    {
        let host = FakeHost::with_fault(&step, end);
        let made = drive(make(&host, &plan)).expect("nobody died");
        assert_eq!(made.failures.len(), 1);
        assert!(made.failures[0].ends_with(&name(&step)));
        drive(undo(&host, &plan, made.begun));
        let log = host.log.borrow();
        let count = |verb: &str| log.iter().filter(|line| line.starts_with(verb)).count();
        assert_eq!(count("make"), count("unmake"), "what was begun is unmade, the rest left alone: {log:?}");
    }
}

#[test]
fn after_a_stop_no_further_step_is_begun_and_what_was_is_undone() {
    for plan in [linux(), windows()] {
        for begun in 0..plan.steps().count() {
            let host = FakeHost { stop_after: Some(begun), ..FakeHost::default() };
            let made = drive(make(&host, &plan)).expect("nobody died");
            assert_eq!(made.failures, ["stopped"]);
            assert_eq!(host.log.borrow().len(), begun, "{:?}", host.log);
            assert_eq!(drive(undo(&host, &plan, made.begun)), Some(Vec::new()));
            assert!(host.is_empty());
        }
    }
}

/// What stays with a step that cannot be unmade.
fn kept_with(step: &Step) -> &'static [&'static str] {
    match step {
        Step::Task { .. } => &["container", "lease", "snapshot", "stdio"],
        Step::Cni(_) => &["namespace", "hcn namespace"],
        _ => &[],
    }
}

#[test]
fn a_step_that_cannot_be_unmade_keeps_what_it_stands_on_and_no_other() {
    for plan in [linux(), windows()] {
        for step in plan.steps() {
            let host = FakeHost::default();
            let made = drive(make(&host, &plan)).expect("nobody died");
            host.stuck.borrow_mut().insert(name(step));
            assert_eq!(drive(undo(&host, &plan, made.begun)), Some(vec![format!("stuck {}", name(step))]));
            let kept = |one: &&Step| std::ptr::eq(*one, step) || kept_with(step).contains(&&*name(one));
            assert_eq!(*host.world.borrow(), plan.steps().filter(kept).map(name).collect());
            assert_eq!(drive(undo(&host, &plan, made.begun)), Some(Vec::new()), "the next time it goes");
            assert!(host.is_empty());
        }
    }
}

#[test]
fn every_failure_is_collected_first_cause_first() {
    let plan = linux();
    let host = FakeHost::default();
    let made = drive(make(&host, &plan)).expect("nobody died");
    host.stuck.borrow_mut().extend(["namespace", "stdio", "container"].map(String::from));
    assert_eq!(
        drive(undo(&host, &plan, made.begun)),
        Some(["stuck stdio", "stuck container", "stuck namespace"].map(String::from).to_vec())
    );
}

#[test]
fn the_namespace_comes_first_and_goes_last_and_lanes_keep_their_order() {
    for plan in [linux(), windows()] {
        let host = FakeHost::default();
        let made = drive(make(&host, &plan)).expect("nobody died");
        drive(undo(&host, &plan, made.begun));
        let log = host.log.into_inner();
        let at = |line: &str| log.iter().position(|entry| entry == line).expect("was done");
        assert!(log[0].ends_with("namespace") && log[log.len() - 1] == log[0].replace("make", "unmake"));
        for pair in ["lease", "snapshot", "container", "stdio", "task"].windows(2) {
            assert!(at(&format!("make {}", pair[0])) < at(&format!("make {}", pair[1])));
            assert!(at(&format!("unmake {}", pair[1])) < at(&format!("unmake {}", pair[0])));
        }
    }
}

#[test]
fn on_windows_the_task_follows_the_network_and_goes_before_it() {
    let plan = windows();
    let host = FakeHost { pauses: vec![9, 1, 4], ..FakeHost::default() };
    let made = drive(make(&host, &plan)).expect("nobody died");
    assert!(made.failures.is_empty());
    drive(undo(&host, &plan, made.begun));
    let log = host.log.into_inner();
    let at = |line: &str| log.iter().position(|entry| entry == line).expect("was done");
    assert!(at("make cni") < at("make task") && at("unmake task") < at("unmake cni"));
}

#[test]
fn both_lanes_are_under_way_at_once() {
    let host = FakeHost::default();
    let _ = drive(make(&host, &linux()));
    assert_eq!(host.log.borrow()[1..3], ["make cni", "make lease"]);
}

/// A signal may come between the pull and the first step.
#[test]
fn what_was_pulled_is_given_back_though_nothing_was_made() {
    let held = Step::Lease { id: "held".into(), pulled: true };
    let plan = plan(vec![held, lease("first")], [Vec::new(), Vec::new()], Vec::new());
    let host = FakeHost { stop_after: Some(0), ..FakeHost::default() };
    host.world.borrow_mut().insert("held".into());
    let made = drive(make(&host, &plan)).expect("nobody died");
    assert_eq!(drive(undo(&host, &plan, made.begun)), Some(Vec::new()));
    assert!(host.is_empty());
    assert_eq!(*host.log.borrow(), ["unmake held"]);
}

fn steps(part: &'static str) -> impl Strategy<Value = Vec<Step>> {
    (0..5usize).prop_map(move |count| (0..count).map(|step| lease(&format!("{part}{step}"))).collect())
}

proptest! {
    #[test]
    fn any_plan_ended_anywhere_is_undone(
        (first, one, two, then) in (steps("first"), steps("one"), steps("two"), steps("then")),
        at in any::<prop::sample::Index>(),
        end in prop::sample::select(ENDS.to_vec()),
        pauses in prop::collection::vec(0..6u8, 1..9),
    ) {
        let plan = plan(first, [one, two], then);
        let all: Vec<&Step> = plan.steps().collect();
        let fault = (!all.is_empty()).then(|| (name(all[at.index(all.len())]), end));
        let host = FakeHost { fault, pauses, ..FakeHost::default() };
        let made = drive(make(&host, &plan));
        prop_assert_eq!(drive(undo(&host, &plan, begun(made.as_ref(), &plan))), Some(Vec::new()));
        prop_assert!(host.is_empty());
    }
}
