//! The task: created here; started, and waited for, by the run.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use hcn_containerd::{Client, CommandProblem, CreateTaskRequest, ErrorKind, Mount};
use tokio::time::{sleep, timeout};

use super::{Machine, absent_is_success, blocking, refused};
use crate::Failure;
use crate::exit::Exit;
use crate::run::absence::AGAIN;
use crate::run::plan::{Plan, SnapshotKey};
use crate::run::stdio::{Ours, Streams};
use crate::sys::{self, Signal, Terminal, signal_number};

/// How long output may still come when nobody should write any more.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a killed process may take to be gone.
const DEATH: Duration = Duration::from_secs(10);

/// How often a task that still runs is killed before it is given up.
const KILLS: usize = 3;

impl Machine<'_> {
    /// Creates it. Its streams are copied from then on.
    pub(super) async fn make_task(
        &self,
        plan: &Plan,
        rootfs: Option<&SnapshotKey>,
        terminal: bool,
    ) -> Result<(), Failure> {
        let rootfs = self.mounts(rootfs).await?;
        let request = CreateTaskRequest { rootfs, terminal, ..request(plan) };
        self.cut_off.set(true);
        self.client.tasks().create(request).await.map_err(|error| {
            self.note_doubt(&error);
            task_failure(plan, &error)
        })?;
        self.cut_off.set(false);
        self.copy_streams(plan)
    }

    /// Kills it if it runs, deletes it, and takes what it still has to say. Another container's task is left alone. Was
    /// it there?
    pub(super) async fn unmake_task(&self, plan: &Plan) -> Result<bool, Failure> {
        if !self.owns_container(plan).await? {
            return Ok(false);
        }
        if !self.ended.get() {
            self.kill_task(&plan.container).await;
        }
        let forgotten = self.cut_off.get() && self.end_orphans(plan).await?;
        let Some(mut streams) = self.streams.take() else {
            return self.delete_task(&plan.container).await.map(|was_there| was_there || forgotten);
        };
        streams.process_ended();
        // A process that it left behind may hold them: then deleting the task makes the shim let go, ten seconds later.
        let _ = timeout(LAST_WORDS, streams.ended()).await;
        let deleted = self.delete_task(&plan.container).await;
        if timeout(LAST_WORDS, streams.ended()).await.is_err() {
            streams.stop_reading();
        }
        self.streams.replace(Some(streams));
        deleted
    }

    /// What containerd forgot when the creation was cut off. Only while the container is ours: then its id is too. Was
    /// there something?
    async fn end_orphans(&self, plan: &Plan) -> Result<bool, Failure> {
        // Where containerd said why it refused, whatever runc has of that name may be another's.
        let in_doubt = self.death.is_some() || self.unanswered.get();
        let plan_of_task = plan.clone();
        let ended = blocking(move || {
            let task = task_of(&plan_of_task);
            let shims = sys::end_orphaned_shims(task)?;
            let group = plan_of_task.own_cgroup().filter(|_| in_doubt);
            let container = sys::end_orphaned_container(task, plan_of_task.runc_root(), group.as_deref())?;
            Ok(container || shims > 0)
        });
        ended.await.map_err(|error: io::Error| {
            refused(format_args!("end what is forgotten of container `{}`", plan.container), &error)
        })
    }

    /// Has its task a shim, which containerd may be about to forget?
    pub(super) async fn has_shim(&self, plan: &Plan) -> bool {
        let plan = plan.clone();
        blocking(move || sys::has_shim(task_of(&plan))).await
    }

    async fn delete_task(&self, container: &str) -> Result<bool, Failure> {
        for _ in 0..KILLS {
            match self.patiently(async || self.client.tasks().delete(container).await).await {
                Err(error) if error.kind() == ErrorKind::FailedPrecondition => {
                    self.kill_task(container).await
                }
                answer => return absent_is_success(answer),
            }
        }
        Err(Failure::run(format!(
            "cannot delete the task of container `{container}`: it was killed and still runs; look at containerd's log"
        )))
    }

    /// What fails here shows when the task is deleted: that it ended meanwhile is no failure.
    async fn kill_task(&self, container: &str) {
        let tasks = self.client.tasks();
        let _ = tasks.kill_all(container, signal_number(Signal::Kill)).await;
        let _ = timeout(DEATH, tasks.wait(container)).await;
    }

    /// What the snapshot is mounted from: the snapshotter said it when it made it, and says it again.
    pub(super) async fn mounts(&self, rootfs: Option<&SnapshotKey>) -> Result<Vec<Mount>, Failure> {
        let known = self.mounts.borrow().clone();
        match (rootfs, known) {
            (None, _) => Ok(Vec::new()),
            (Some(_), Some(mounts)) => Ok(mounts),
            (Some(SnapshotKey { snapshotter, key }), None) => {
                self.client.snapshots(snapshotter).mounts(key).await.map_err(Failure::run)
            }
        }
    }

    /// Only now: before the shim has opened its ends, reading them would look like the end.
    fn copy_streams(&self, plan: &Plan) -> Result<(), Failure> {
        let Some(ends) = self.ends.take() else { return Ok(()) };
        let failed =
            |error| refused(format_args!("copy the standard streams of `{}`", plan.container), &error);
        if plan.takes_our_terminal() {
            let cooked = |error| refused("make the terminal raw", &error);
            self.terminal.replace(Some(Terminal::raw().map_err(cooked)?));
        }
        let (client, container) = (self.client.clone(), plan.container.clone());
        let close = async move { close_input(&client, &container).await };
        self.streams.replace(Some(Streams::copy(ends, ours(plan), close).map_err(failed)?));
        Ok(())
    }
}

/// Tells the shim of the end of the input: again while the daemon that is to pass it on is away, or is stopping, or the
/// container would wait for ever. Once the process has ended this is dropped.
async fn close_input(client: &Client, container: &str) -> hcn_containerd::Result<()> {
    loop {
        match client.tasks().close_io(container).await {
            Err(error) if is_unheard(&error) => {
                tracing::debug!(%error, "the end of the input is passed on again");
                sleep(AGAIN).await;
            }
            answer => return answer,
        }
    }
}

fn is_unheard(error: &hcn_containerd::Error) -> bool {
    matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout) || error.shim_is_gone()
}

fn ours(plan: &Plan) -> Ours {
    match plan.terminal() {
        _ if plan.detached => Ours::Nobody,
        true => Ours::Terminal,
        false => Ours::Standard,
    }
}

/// Its task, as its shim was told of it.
pub(crate) fn task_of(plan: &Plan) -> sys::TaskName<'_> {
    let Plan { address, containerd_namespace, container, .. } = plan;
    sys::TaskName { address, namespace: containerd_namespace, container }
}

/// Which streams the container gets; all empty for none.
fn request(plan: &Plan) -> CreateTaskRequest {
    if let Some(log) = &plan.log {
        // The shim takes both outputs to one place; of a terminal there is no second one.
        let stderr = if plan.terminal() { String::new() } else { log.clone() };
        let container_id = plan.container.clone();
        return CreateTaskRequest {
            container_id,
            stdout: log.clone(),
            stderr,
            ..CreateTaskRequest::default()
        };
    }
    let stdio = plan.stdio();
    let text = |path: Option<&PathBuf>| path.map(|path| path.display().to_string()).unwrap_or_default();
    CreateTaskRequest {
        container_id: plan.container.clone(),
        stdin: text(stdio.and_then(|stdio| stdio.stdin.as_ref())),
        stdout: text(stdio.map(|stdio| &stdio.stdout)),
        stderr: text(stdio.and_then(|stdio| stdio.stderr.as_ref())),
        ..CreateTaskRequest::default()
    }
}

/// Why the task could not be created or started: with runc it is the first, with others the second, that fails where
/// the command is wrong.
pub(crate) fn task_failure(plan: &Plan, error: &hcn_containerd::Error) -> Failure {
    if let Some(why) = error.runtime_problem() {
        return Failure::run(format!(
            "cannot run container `{}`: its runtime ended before it could say why: {}; is it installed, and in \
             containerd's PATH?",
            plan.container,
            why.trim_end_matches(": unknown")
        ));
    }
    let (exit, hint) = match error.command_problem() {
        Some(CommandProblem::NotFound) => {
            (Exit::CommandNotFound, "is it in the image, and spelled like that?")
        }
        Some(CommandProblem::CannotInvoke) => (Exit::CannotInvoke, "is it a program that may be executed?"),
        None => return Failure::run(error),
    };
    let why = error.why();
    // runc's own words, without those of the three programs that passed them on.
    let why = why.find("exec: ").map_or(why, |at| &why[at..]).trim_end_matches(": unknown");
    Failure {
        error: format!("cannot run the command of container `{}`: {why}; {hint}", plan.container),
        exit,
    }
}
