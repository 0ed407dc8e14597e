//! The real [`Host`]: what each kind of step means, a file per kind, each with its make and its unmake.
//!
//! Names in a plan were chosen at random for this run, so what bears one may be deleted freely; the container's id the
//! user may have chosen, so a container, and with it its task, is deleted only when its label names this run.

mod again;
mod container;
mod endpoint;
mod late;
mod layered;
mod names;
mod namespace;
mod network;
mod patience;
mod snapshot;
mod stdio;
mod task;
mod user;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use hcn::Hcn;
use hcn_containerd::{Client, ErrorKind, Mount};
use tokio::sync::watch;

use super::absence::Absence;
use super::folder::RunFolder;
use super::plan::{Plan, Step};
use super::progress::{Stage, Stages};
use super::report::{Cleaned, Report};
use super::show::described;
use super::stdio::Streams;
use super::stop_point;
use super::undo::Host;
use crate::Failure;
use crate::exit::Exit;
use crate::sys::{self, Ends, Signal, Terminal};

pub(crate) use task::{task_failure, task_of};

/// This machine and its containerd.
///
/// What it remembers is never needed to unmake a step: it spares questions, and plugins that have nothing to do.
pub(crate) struct Machine<'a> {
    client: Client,
    folder: &'a RunFolder,
    /// Where the finished spec is written as well.
    dump: Option<&'a Path>,
    /// What asked for an early end: no further step is made.
    stop: Cell<Option<Stop>>,
    /// Has a step failed?
    failed: Cell<bool>,
    /// From the step that opens them to the one that creates the task.
    ends: RefCell<Option<Ends>>,
    /// The streams being copied, from the task's creation on.
    streams: RefCell<Option<Streams>>,
    /// Our terminal, raw from the task's creation on, until this goes.
    terminal: RefCell<Option<Terminal>>,
    /// What the snapshot is mounted from, once it is there.
    mounts: RefCell<Option<Vec<Mount>>>,
    /// Was the container's record found to be ours, or not, when unmaking began?
    ours: Cell<Option<bool>>,
    /// Is the process known to have ended?
    ended: Cell<bool>,
    /// Did the creation of the task begin, and not come to its end?
    cut_off: Cell<bool>,
    /// Is the process known to have ended with 0?
    succeeded: Cell<bool>,
    /// What became of the commit, if there was one: its name, or none where it failed.
    committed: RefCell<Option<Option<String>>>,
    /// The addresses that the container got.
    addresses: RefCell<Vec<String>>,
    /// What was unmade.
    cleaned: RefCell<Vec<Cleaned>>,
    /// Did an ADD fail and undo all of itself?
    detached: Cell<bool>,
    /// Was a plugin killed in the middle of its work?
    killed: Cell<bool>,
    /// Did a call that makes something end without an answer?
    unanswered: Cell<bool>,
    /// The steps whose making ended so: what they were to make may be there, or come yet.
    in_doubt: RefCell<BTreeSet<usize>>,
    /// Is there perhaps a task yet, though it was to be unmade?
    task_is_left: Cell<bool>,
    /// How long the daemon has been away while things are unmade.
    absence: RefCell<Absence>,
    /// Did somebody ask for an end while things were being unmade?
    hurried: watch::Sender<bool>,
    /// What is known of the run, where it is another one, that died.
    death: Option<Death>,
}

/// What is known of a run that died.
#[derive(Debug)]
pub(crate) struct Death {
    /// How far it came.
    pub(crate) stages: Stages,
    /// Has the machine been started since?
    pub(crate) rebooted: bool,
}

impl<'a> Machine<'a> {
    /// A run on this machine, through this connection.
    pub(crate) fn new(client: Client, folder: &'a RunFolder) -> Self {
        Self {
            client,
            folder,
            dump: None,
            stop: Cell::default(),
            failed: Cell::default(),
            ends: RefCell::default(),
            streams: RefCell::default(),
            terminal: RefCell::default(),
            mounts: RefCell::default(),
            ours: Cell::default(),
            ended: Cell::default(),
            cut_off: Cell::default(),
            succeeded: Cell::default(),
            committed: RefCell::default(),
            addresses: RefCell::default(),
            cleaned: RefCell::default(),
            detached: Cell::default(),
            killed: Cell::default(),
            unanswered: Cell::default(),
            in_doubt: RefCell::default(),
            task_is_left: Cell::default(),
            absence: RefCell::default(),
            hurried: watch::Sender::new(false),
            death: None,
        }
    }

    /// A run that died, to be unmade.
    pub(crate) fn of_the_dead(client: Client, folder: &'a RunFolder, death: Death) -> Self {
        Self { death: Some(death), ..Self::new(client, folder) }
    }

    /// With the finished spec written to this file as well.
    pub(crate) fn dumping(self, dump: Option<&'a Path>) -> Self {
        Self { dump, ..self }
    }

    /// From now on no further step is made; the one being made is finished. Where one has failed, the run ends for that
    /// reason, and what asks for its end later changes nothing.
    pub(crate) fn stop(&self, stop: Stop) {
        if !self.failed.get() {
            self.stop.set(self.stop.get().or(Some(stop)));
        }
    }

    /// What asked for an early end, first.
    pub(crate) fn stopped_by(&self) -> Option<Stop> {
        self.stop.get()
    }

    /// The streams being copied, once the task was created.
    pub(crate) fn take_streams(&self) -> Option<Streams> {
        self.streams.take()
    }

    /// The process ended by itself: its task needs no killing.
    pub(crate) fn process_ended(&self, code: u32) {
        self.ended.set(true);
        self.succeeded.set(code == 0);
    }

    /// Was there to be a commit, and is there none?
    pub(crate) fn failed_to_commit(&self) -> bool {
        *self.committed.borrow() == Some(None)
    }

    /// Says what the run got and gave back.
    pub(crate) fn report(&self, report: &Report) {
        let committed = self.committed.take().flatten();
        report.ended(self.addresses.take(), committed, self.cleaned.take());
    }

    /// The connection.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }
}

/// What ends a run early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A signal, before the container was started.
    Signal(Signal),
    /// The end of the time that the run had.
    TimeIsUp(Duration),
}

impl Stop {
    /// The exit code: as a shell reports a program that a signal ended.
    pub(crate) fn code(self) -> u32 {
        match self {
            Self::Signal(signal) => 128 + signal.linux_number(),
            Self::TimeIsUp(_) => Exit::Run.code(),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Signal(signal) => {
                Self::run(format!("stopped by {signal} before the container was started"))
            }
            Stop::TimeIsUp(limit) => Self::run(format!("stopped: the {limit:?} of --timeout are over")),
        }
    }
}

impl Host for Machine<'_> {
    type Error = Failure;

    fn stopped(&self) -> Option<Failure> {
        self.stop.get().map(Failure::from)
    }

    async fn make(&self, plan: &Plan, step: &Step) -> Result<(), Failure> {
        let (what, name) = described(plan, step);
        tracing::debug!(what, name, "make");
        let (index, progress) = (plan.position(step), self.folder.progress());
        progress.begun(index).map_err(|error| {
            refused(format_args!("note in `{}` what is made", self.folder.path().display()), &error)
        })?;
        stop_point::pass(what);
        self.make_one(plan, step).await.inspect_err(|_| {
            self.failed.set(true);
            if self.unanswered.take() {
                self.in_doubt.borrow_mut().insert(index);
            }
            if self.detached.get() && matches!(step, Step::Cni(_)) {
                progress.unmade(index);
            }
        })?;
        stop_point::pass(what);
        progress.made(index);
        Ok(())
    }

    async fn unmake(&self, plan: &Plan, step: &Step) -> Result<(), Failure> {
        let (what, name) = described(plan, step);
        tracing::debug!(what, name, "unmake");
        let unmade = self.unmake_noted(plan, step, what).await;
        if matches!(step, Step::Task { .. }) {
            self.task_is_left.set(unmade.is_err());
        }
        // A commit makes something.
        if !matches!(step, Step::Commit { .. }) {
            let gone = unmade.is_ok();
            self.cleaned.borrow_mut().push(Cleaned { what: what.to_owned(), name, gone });
        }
        unmade
    }

    fn keep(&self, plan: &Plan, step: &Step) {
        let (what, name) = described(plan, step);
        tracing::debug!(what, name, "keep");
        self.cleaned.borrow_mut().push(Cleaned { what: what.to_owned(), name, gone: false });
    }
}

impl Machine<'_> {
    /// Unmakes a step and notes in the run's folder how far it is.
    async fn unmake_noted(&self, plan: &Plan, step: &Step, what: &str) -> Result<(), Failure> {
        let index = plan.position(step);
        let stage = self.stage(index);
        if matches!((step, stage), (Step::Cni(_), Some(Stage::Unmade | Stage::Untouched))) {
            return Ok(());
        }
        stop_point::pass(what);
        self.cut_off
            .set(self.cut_off.get() || matches!(step, Step::Task { .. }) && self.was_under_way(index));
        let was_there = self.unmake_one(plan, step).await?;
        if self.was_under_way(index) && (!was_there || matches!(step, Step::Task { .. })) {
            self.look_again(plan, step).await?;
        }
        stop_point::pass(what);
        self.folder.progress().unmade(index);
        Ok(())
    }

    async fn make_one(&self, plan: &Plan, step: &Step) -> Result<(), Failure> {
        match step {
            Step::LinuxNamespace { path } => namespace::make_linux(path).await,
            Step::HcnNamespace { id } => namespace::make_hcn(*id).await,
            Step::Names(names) => names::make(names),
            Step::Cni(cni) => self.attach(plan, cni).await,
            Step::Endpoint(endpoint) => {
                let endpoint = endpoint.clone();
                let made =
                    blocking(move || endpoint::make(&Hcn::system(), &endpoint, endpoint::PATIENCE)).await;
                made.map(|addresses| self.addresses.borrow_mut().extend(addresses))
            }
            Step::Lease { id, .. } => self.make_lease(plan, id).await,
            Step::Snapshot { snapshotter, key, parent, lease, labels } => {
                self.make_snapshot(plan, snapshot::Wanted { snapshotter, key, parent, lease, labels }).await
            }
            Step::Container(container) => self.make_container(plan, container).await,
            Step::Commit { .. } => Ok(()),
            Step::Stdio(stdio) => self.make_stdio(stdio).await,
            Step::Task { rootfs, terminal } => self.make_task(plan, rootfs.as_ref(), *terminal).await,
        }
    }

    /// Answers whether there was something to unmake, as far as that can be told.
    async fn unmake_one(&self, plan: &Plan, step: &Step) -> Result<bool, Failure> {
        match step {
            Step::LinuxNamespace { path } => namespace::unmake_linux(path).await.map(|()| false),
            Step::HcnNamespace { id } => namespace::unmake_hcn(plan, *id).await,
            Step::Names(names) => names::unmake(names).map(|()| false),
            Step::Cni(cni) => self.detach(plan, cni).await.map(|()| false),
            Step::Endpoint(endpoint) => {
                let (plan, endpoint) = (plan.clone(), endpoint.clone());
                let died = self.death.is_some();
                blocking(move || {
                    let hcn = Hcn::system();
                    let was_there = died && endpoint::is_there(&hcn, &endpoint).map_err(Failure::run)?;
                    endpoint::unmake(&hcn, &plan, &endpoint).map(|()| was_there)
                })
                .await
            }
            Step::Lease { id, pulled: false } => {
                absent_is_success(self.patiently(async || self.client.leases().delete(id).await).await)
            }
            Step::Lease { id, pulled: true } => {
                let delete = async || self.client.leases().delete_and_collect(id).await;
                absent_is_success(self.patiently(delete).await)
            }
            Step::Snapshot { snapshotter, key, .. } => self.unmake_snapshot(snapshotter, key).await,
            Step::Container(_) => self.unmake_container(plan).await,
            Step::Commit { of, name } => self.commit(plan, of, name).await.map(|()| false),
            Step::Stdio(stdio) => self.unmake_stdio(stdio).await.map(|()| false),
            Step::Task { .. } => self.unmake_task(plan).await,
        }
    }

    /// Was the step being made when the run died, or when it gave up to wait for an answer? After another start of the
    /// machine nothing comes any more.
    fn was_under_way(&self, step: usize) -> bool {
        match &self.death {
            Some(death) => !death.rebooted && death.stages.of(step) == Stage::Begun,
            None => self.in_doubt.borrow().contains(&step),
        }
    }

    /// Why something was not made by a call; where nobody answered it, it may have been made all the same.
    fn not_made(&self, error: hcn_containerd::Error) -> Failure {
        self.note_doubt(&error);
        Failure::run(error)
    }

    fn note_doubt(&self, error: &hcn_containerd::Error) {
        if matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable) {
            self.unanswered.set(true);
        }
    }

    /// The stage at which a run died; nothing is known of the run that unmakes itself.
    fn stage(&self, step: usize) -> Option<Stage> {
        self.death.as_ref().map(|death| death.stages.of(step))
    }
}

/// Runs what blocks on a thread of the pool. What changes something is always awaited to its end: dropping this would not
/// stop it.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// What was to be deleted is gone, by whomever. Was it there?
fn absent_is_success<T>(deleted: hcn_containerd::Result<T>) -> Result<bool, Failure> {
    match deleted {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::run(error)),
        Ok(_) => Ok(true),
    }
}

/// *Cannot do this: why; do that*, for what the system refused.
pub(crate) fn refused(attempted: impl Display, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        std::io::ErrorKind::PermissionDenied => format!("; {}", sys::HOW_TO_BE_ALLOWED),
        _ => String::new(),
    };
    Failure::run(format!("cannot {attempted}: {error}{hint}"))
}
