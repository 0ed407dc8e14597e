//! `Tasks`: what the shim does, and what is seen of the network when it does it.

use std::sync::Arc;

use hcn_containerd::pb::containerd::services::tasks::v1 as pb;
use hcn_containerd::pb::containerd::v1::types::ProcessInfo;
use serde_json::json;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::call::Caller;
use super::tenant::{absent, taken};
use crate::host;
use crate::shim::{Phase, Spec, Task};

impl Daemon {
    fn task(&self, caller: &Caller, id: &str, exec: &str) -> Result<Arc<Task>, Status> {
        let found = self.of(&caller.tenant, |tenant| tenant.tasks.get(id).cloned());
        found.filter(|_| exec.is_empty()).ok_or_else(|| absent("task", id))
    }

    /// The spec of a container's record.
    fn spec(&self, caller: &Caller, id: &str) -> Result<Spec, Status> {
        let found = self.of(&caller.tenant, |tenant| tenant.containers.get(id).cloned());
        let container = found.ok_or_else(|| absent("container", id))?;
        Spec::read(container.spec.as_ref())
            .map_err(|why| Status::invalid_argument(format!("{why}: invalid argument")))
    }

    /// Writes into the journal what the Host Network Service holds at this moment. A namespace that is not there keeps a
    /// container from being made.
    async fn look(&self, when: &str, spec: &Spec) -> Result<(), Status> {
        let Some(name) = spec.namespace.clone() else { return Ok(()) };
        let parsed =
            name.parse().map_err(|why| Status::unknown(format!("invalid GUID {name}: {why}: unknown")))?;
        let hcn = self.hcn.clone();
        let looked = tokio::task::spawn_blocking(move || host::namespace(&hcn, parsed)).await;
        let mut seen = looked.map_err(|why| Status::internal(why.to_string()))?;
        let there = seen["there"] == json!(true);
        seen["namespace"] = json!(name);
        self.journal.call(&format!("seen at {when}"), seen);
        match there {
            true => Ok(()),
            false => Err(Status::unknown(format!(
                "failed to create shim task: hcs::CreateComputeSystem: namespace {name}: Element not found.: unknown"
            ))),
        }
    }

    async fn create_task(
        &self,
        asked: pb::CreateTaskRequest,
        caller: Caller,
    ) -> Result<pb::CreateTaskResponse, Status> {
        let id = asked.container_id.clone();
        let spec = self.spec(&caller, &id)?;
        if self.task(&caller, &id, "").is_ok() {
            return Err(taken("task", &id));
        }
        self.look("Tasks/Create", &spec).await?;
        let task = Task::create(&spec, asked).await?;
        let pid = task.pid();
        self.of(&caller.tenant, |tenant| tenant.tasks.insert(id.clone(), task));
        Ok(pb::CreateTaskResponse { container_id: id, pid })
    }

    async fn delete_task(
        &self,
        asked: pb::DeleteTaskRequest,
        caller: Caller,
    ) -> Result<pb::DeleteResponse, Status> {
        let id = asked.container_id;
        let task = self.task(&caller, &id, "")?;
        let (exit_status, exited_at) = match task.phase() {
            Phase::Running => {
                let why = format!("task {id} must be stopped before deletion: running: failed precondition");
                return Err(Status::failed_precondition(why));
            }
            Phase::Stopped { status, at } => (status, Some(at)),
            Phase::Created => (1, None),
        };
        if let Ok(spec) = self.spec(&caller, &id) {
            // Whatever is seen: the task goes.
            let _ = self.look("Tasks/Delete", &spec).await;
        }
        self.of(&caller.tenant, |tenant| tenant.tasks.remove(&id));
        Ok(pb::DeleteResponse { id, pid: task.pid(), exit_status, exited_at })
    }
}

#[tonic::async_trait]
impl pb::tasks_server::Tasks for Daemon {
    async fn create(
        &self,
        request: Request<pb::CreateTaskRequest>,
    ) -> Result<Response<pb::CreateTaskResponse>, Status> {
        let shown = |asked: &pb::CreateTaskRequest| {
            let rootfs: Vec<_> = asked
                .rootfs
                .iter()
                .map(|mount| json!({"type": mount.r#type, "source": mount.source, "options": mount.options}))
                .collect();
            json!({"id": asked.container_id, "stdin": asked.stdin, "stdout": asked.stdout, "stderr": asked.stderr,
                "terminal": asked.terminal, "rootfs": rootfs})
        };
        self.answer_later("Tasks/Create", request, shown, |asked, caller| self.create_task(asked, caller))
            .await
    }

    async fn start(&self, request: Request<pb::StartRequest>) -> Result<Response<pb::StartResponse>, Status> {
        let shown = |asked: &pb::StartRequest| json!({"id": asked.container_id});
        self.answer_later("Tasks/Start", request, shown, |asked, caller| async move {
            let pid = self.task(&caller, &asked.container_id, &asked.exec_id)?.start()?;
            Ok(pb::StartResponse { pid })
        })
        .await
    }

    async fn delete(
        &self,
        request: Request<pb::DeleteTaskRequest>,
    ) -> Result<Response<pb::DeleteResponse>, Status> {
        let shown = |asked: &pb::DeleteTaskRequest| json!({"id": asked.container_id});
        self.answer_later("Tasks/Delete", request, shown, |asked, caller| self.delete_task(asked, caller))
            .await
    }

    async fn get(&self, request: Request<pb::GetRequest>) -> Result<Response<pb::GetResponse>, Status> {
        let shown = |asked: &pb::GetRequest| json!({"id": asked.container_id});
        self.answer_later("Tasks/Get", request, shown, |asked, caller| async move {
            let task = self.task(&caller, &asked.container_id, &asked.exec_id)?;
            Ok(pb::GetResponse { process: Some(task.message()) })
        })
        .await
    }

    async fn list(
        &self,
        request: Request<pb::ListTasksRequest>,
    ) -> Result<Response<pb::ListTasksResponse>, Status> {
        self.answer(
            "Tasks/List",
            request,
            |_| json!({}),
            |tenant, _, _| {
                Ok(pb::ListTasksResponse {
                    tasks: tenant.tasks.values().map(|task| task.message()).collect(),
                })
            },
        )
    }

    async fn kill(&self, request: Request<pb::KillRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::KillRequest| json!({"id": asked.container_id, "signal": asked.signal, "all": asked.all});
        self.answer_later("Tasks/Kill", request, shown, |asked, caller| async move {
            self.task(&caller, &asked.container_id, &asked.exec_id)?.kill(asked.signal)
        })
        .await
    }

    async fn resize_pty(&self, request: Request<pb::ResizePtyRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::ResizePtyRequest| json!({"id": asked.container_id, "width": asked.width, "height": asked.height});
        self.answer_later("Tasks/ResizePty", request, shown, |asked, caller| async move {
            self.task(&caller, &asked.container_id, &asked.exec_id).map(drop)
        })
        .await
    }

    async fn close_io(&self, request: Request<pb::CloseIoRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::CloseIoRequest| json!({"id": asked.container_id, "stdin": asked.stdin});
        self.answer_later("Tasks/CloseIO", request, shown, |asked, caller| async move {
            let task = self.task(&caller, &asked.container_id, &asked.exec_id)?;
            if asked.stdin {
                task.close_input();
            }
            Ok(())
        })
        .await
    }

    async fn list_pids(
        &self,
        request: Request<pb::ListPidsRequest>,
    ) -> Result<Response<pb::ListPidsResponse>, Status> {
        let shown = |asked: &pb::ListPidsRequest| json!({"id": asked.container_id});
        self.answer_later("Tasks/ListPids", request, shown, |asked, caller| async move {
            let task = self.task(&caller, &asked.container_id, "")?;
            let running = (task.phase() == Phase::Running)
                .then(|| ProcessInfo { pid: task.pid(), ..ProcessInfo::default() });
            Ok(pb::ListPidsResponse { processes: running.into_iter().collect() })
        })
        .await
    }

    async fn wait(&self, request: Request<pb::WaitRequest>) -> Result<Response<pb::WaitResponse>, Status> {
        let shown = |asked: &pb::WaitRequest| json!({"id": asked.container_id});
        self.answer_later("Tasks/Wait", request, shown, |asked, caller| async move {
            let task = self.task(&caller, &asked.container_id, &asked.exec_id)?;
            let (exit_status, at) = task.ended().await;
            Ok(pb::WaitResponse { exit_status, exited_at: Some(at) })
        })
        .await
    }
}
