//! One task: created, started, signalled, ended.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hcn_containerd::{CreateTaskRequest, Process, Status as State, Timestamp};
use tokio::sync::{mpsc, watch};
use tonic::Status;

use super::Spec;
use super::play::{KILL, TERMINATED, play};
use super::script::Script;
use super::streams::Dialled;

/// Where a task stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phase {
    Created,
    Running,
    Stopped { status: u32, at: Timestamp },
}

impl Phase {
    fn stopped(status: u32) -> Self {
        Self::Stopped { status, at: std::time::SystemTime::now().into() }
    }
}

/// A task.
#[derive(Debug)]
pub(crate) struct Task {
    asked: CreateTaskRequest,
    command: Vec<String>,
    pid: u32,
    phase: watch::Sender<Phase>,
    signals: mpsc::UnboundedSender<u32>,
    input_closed: watch::Sender<bool>,
    /// What the process will have, until it is started.
    ready: Mutex<Option<Ready>>,
}

#[derive(Debug)]
struct Ready {
    streams: Dialled,
    signals: mpsc::UnboundedReceiver<u32>,
}

impl Task {
    /// Checks what was asked for and dials the streams.
    pub(crate) async fn create(spec: &Spec, asked: CreateTaskRequest) -> Result<Arc<Self>, Status> {
        static NEXT: AtomicU32 = AtomicU32::new(1000);
        spec.check(&asked)?;
        let streams = Dialled::dial(&asked).await?;
        let (signals, heard) = mpsc::unbounded_channel();
        Ok(Arc::new(Self {
            asked,
            command: spec.command.clone(),
            pid: NEXT.fetch_add(4, Ordering::Relaxed),
            phase: watch::Sender::new(Phase::Created),
            signals,
            input_closed: watch::Sender::new(false),
            ready: Mutex::new(Some(Ready { streams, signals: heard })),
        }))
    }

    /// Where it stands.
    pub(crate) fn phase(&self) -> Phase {
        self.phase.borrow().clone()
    }

    /// The pid: 0 before the start, as of a container without a process.
    pub(crate) fn pid(&self) -> u32 {
        if self.phase() == Phase::Created { 0 } else { self.pid }
    }

    /// Runs the command, or says why not: then the task has ended.
    pub(crate) fn start(self: &Arc<Self>) -> Result<u32, Status> {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(ready) = ready.filter(|_| self.phase() == Phase::Created) else {
            return Err(Status::failed_precondition("cannot start a task twice: failed precondition"));
        };
        let script = Script::read(&self.command).map_err(|why| {
            self.phase.send_replace(Phase::stopped(1));
            let id = &self.asked.container_id;
            Status::unknown(format!("hcs::System::CreateProcess {id}: {}: unknown", why.words()))
        })?;
        self.phase.send_replace(Phase::Running);
        tokio::spawn(run(self.clone(), script, ready));
        Ok(self.pid)
    }

    /// Delivers a signal; whether it ends anything is the process's business.
    pub(crate) fn kill(&self, signal: u32) -> Result<(), Status> {
        match (self.phase(), signal) {
            (Phase::Stopped { .. }, _) => Err(Status::not_found("process already finished: not found")),
            (_, 3 | 4 | 7 | 8 | 10..=14 | 16..) => {
                let why = format!("signal {signal}: invalid signal value: failed precondition");
                Err(Status::failed_precondition(why))
            }
            (Phase::Created, _) => {
                drop(self.ready.lock().unwrap_or_else(PoisonError::into_inner).take());
                self.phase.send_replace(Phase::stopped(TERMINATED));
                Ok(())
            }
            (Phase::Running, 0..=2 | 5 | 6 | KILL | 15) => {
                // A process that has just ended does not hear it.
                let _ = self.signals.send(signal);
                Ok(())
            }
        }
    }

    /// Ends the process's input.
    pub(crate) fn close_input(&self) {
        self.input_closed.send_replace(true);
    }

    /// Waits for its end.
    pub(crate) async fn ended(&self) -> (u32, Timestamp) {
        let mut phase = self.phase.subscribe();
        loop {
            if let Phase::Stopped { status, at } = *phase.borrow_and_update() {
                return (status, at);
            }
            if phase.changed().await.is_err() {
                std::future::pending().await
            }
        }
    }

    /// As `Tasks/Get` tells it.
    pub(crate) fn message(&self) -> Process {
        let (state, exit_status, exited_at) = match self.phase() {
            Phase::Created => (State::Created, 0, None),
            Phase::Running => (State::Running, 0, None),
            Phase::Stopped { status, at } => (State::Stopped, status, Some(at)),
        };
        let CreateTaskRequest { container_id, stdin, stdout, stderr, terminal, .. } = self.asked.clone();
        Process {
            id: container_id,
            pid: self.pid(),
            status: state.into(),
            stdin,
            stdout,
            stderr,
            terminal,
            exit_status,
            exited_at,
            ..Process::default()
        }
    }
}

/// The whole life of a process. Its end is known once its output is: so does the shim tell it.
async fn run(task: Arc<Task>, script: Script, ready: Ready) {
    let (console, relays) = ready.streams.relay(task.input_closed.subscribe());
    let status = play(script, console, ready.signals).await;
    relays.end().await;
    task.phase.send_replace(Phase::stopped(status));
}
