//! Tasks: what runs in containers. All calls mean a container's first process.

use std::time::Duration;

use tonic::transport::Channel;

use crate::call::raw;
use crate::pb::containerd::services::tasks::v1 as pb;
use crate::{Client, CreateTaskRequest, Process, ProcessInfo, Result, Timestamp};
use pb::tasks_client::TasksClient;

/// The least limit for deleting a task: the daemon waits up to 10 s for output that somebody holds open, and then has
/// all to clean up.
const DRAINED: Duration = Duration::from_secs(30);

/// Calls of [`Client::tasks`].
#[derive(Debug, Clone, Copy)]
pub struct Tasks<'c>(pub(crate) &'c Client);

/// How a process ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Exit {
    /// Its exit code; 128 + the signal where one ended it. All 32 bits on Windows.
    pub status: u32,
    /// When.
    pub at: Option<Timestamp>,
}

impl Tasks<'_> {
    /// Starts the shim and makes the task, which does not run yet; returns its process id as the host sees it. The
    /// readers of its output must be there before.
    ///
    /// # Errors
    /// `AlreadyExists`; `NotFound` for the container; `Other` with the runtime's reason: with runc ≥ 1.1 a missing
    /// command fails here ([`Error::command_problem`](crate::Error::command_problem)).
    pub async fn create(&self, task: CreateTaskRequest) -> Result<u32> {
        let call = self.0.work(format!("cannot create the task of container `{}`", task.container_id));
        let request = call.request(task);
        Ok(call.answer(self.raw().create(request)).await?.pid)
    }

    /// Runs the task's command; returns its process id.
    ///
    /// # Errors
    /// `NotFound`; `Other` with the runtime's reason: the task is still there then, to be deleted.
    pub async fn start(&self, container: &str) -> Result<u32> {
        let call = self.0.work(format!("cannot start the task of container `{container}`"));
        let request =
            call.request(pb::StartRequest { container_id: container.to_owned(), ..Default::default() });
        Ok(call.answer(self.raw().start(request)).await?.pid)
    }

    /// Waits for the end of the process, for ever. Send it before [`Tasks::start`]; it also answers after the exit, until
    /// the task is deleted.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` when the daemon went away, which is no exit: ask [`Tasks::get`], then wait again.
    pub async fn wait(&self, container: &str) -> Result<Exit> {
        let call = self.0.unlimited(format!("cannot wait for the task of container `{container}`"));
        let request =
            call.request(pb::WaitRequest { container_id: container.to_owned(), ..Default::default() });
        let answer = call.answer(self.raw().wait(request)).await?;
        Ok(Exit { status: answer.exit_status, at: answer.exited_at })
    }

    /// Sends a signal, by number, to the process.
    ///
    /// # Errors
    /// `NotFound` also when the process ended already.
    pub async fn kill(&self, container: &str, signal: u32) -> Result<()> {
        self.signal(pb::KillRequest { container_id: container.to_owned(), signal, ..Default::default() })
            .await
    }

    /// Sends a signal, by number, to every process of the container.
    ///
    /// # Errors
    /// `NotFound` also when the process ended already.
    pub async fn kill_all(&self, container: &str, signal: u32) -> Result<()> {
        let container_id = container.to_owned();
        self.signal(pb::KillRequest { container_id, signal, all: true, ..Default::default() }).await
    }

    async fn signal(&self, message: pb::KillRequest) -> Result<()> {
        let (signal, id) = (message.signal, &message.container_id);
        let call = self.0.call(format!("cannot send signal {signal} to the task of container `{id}`"));
        call.answer(self.raw().kill(call.request(message))).await
    }

    /// Ends the standard input of the process: closing our own end is not enough, since the shim holds it open.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn close_io(&self, container: &str) -> Result<()> {
        let call = self.0.call(format!("cannot close the input of container `{container}`"));
        let message =
            pb::CloseIoRequest { container_id: container.to_owned(), stdin: true, ..Default::default() };
        call.answer(self.raw().close_io(call.request(message))).await
    }

    /// Tells the process's terminal its size, in columns and lines.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn resize_pty(&self, container: &str, width: u32, height: u32) -> Result<()> {
        let call = self.0.call(format!("cannot resize the terminal of container `{container}`"));
        let container_id = container.to_owned();
        let message = pb::ResizePtyRequest { container_id, width, height, ..Default::default() };
        call.answer(self.raw().resize_pty(call.request(message))).await
    }

    /// Deletes a task that does not run, and tells how it ended. It never kills.
    ///
    /// # Errors
    /// `NotFound`; `FailedPrecondition` while it runs.
    pub async fn delete(&self, container: &str) -> Result<Exit> {
        let call =
            self.0.work(format!("cannot delete the task of container `{container}`")).at_least(DRAINED);
        let request = call.request(pb::DeleteTaskRequest { container_id: container.to_owned() });
        let answer = call.answer(self.raw().delete(request)).await?;
        Ok(Exit { status: answer.exit_status, at: answer.exited_at })
    }

    /// The state of a task.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, container: &str) -> Result<Process> {
        let call = self.0.call(format!("cannot look up the task of container `{container}`"));
        let request =
            call.request(pb::GetRequest { container_id: container.to_owned(), ..Default::default() });
        call.required(call.answer(self.raw().get(request)).await?.process)
    }

    /// All tasks of the namespace.
    ///
    /// # Errors
    /// Those of any call.
    pub async fn list(&self) -> Result<Vec<Process>> {
        let call = self.0.call("cannot list tasks".to_owned());
        Ok(call.answer(self.raw().list(call.request(pb::ListTasksRequest::default()))).await?.tasks)
    }

    /// Every process of the container, whoever started it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn pids(&self, container: &str) -> Result<Vec<ProcessInfo>> {
        let call = self.0.call(format!("cannot list the processes of container `{container}`"));
        let request = call.request(pb::ListPidsRequest { container_id: container.to_owned() });
        Ok(call.answer(self.raw().list_pids(request)).await?.processes)
    }

    fn raw(&self) -> TasksClient<Channel> {
        raw!(TasksClient, self.0.channel())
    }
}
