//! `Containers`: records, checked when they are made.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use hcn_containerd::pb::containerd::services::containers::v1 as pb;
use prost_types::Timestamp;
use serde_json::{Value, json};
use tonic::codegen::BoxStream;
use tonic::codegen::tokio_stream;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::call::check_id;
use super::tenant::{absent, taken};
use crate::shim::Spec;

/// The longest label: key and value together, in bytes.
const LONGEST_LABEL: usize = 4096;

/// The rules for a new record.
fn check(container: &pb::Container) -> Result<(), Status> {
    let invalid = |why: String| Err(Status::invalid_argument(format!("{why}: invalid argument")));
    check_id(&container.id)?;
    if container.runtime.as_ref().is_none_or(|runtime| runtime.name.is_empty()) {
        return invalid("container.Runtime.Name must be set".into());
    }
    if container.spec.is_none() {
        return invalid("container.Spec must be set".into());
    }
    if container.snapshotter.is_empty() && !container.snapshot_key.is_empty() {
        return invalid("container.Snapshotter must be set if container.SnapshotKey is set".into());
    }
    if container.extensions.keys().any(String::is_empty) {
        return invalid("extension keys must not be zero-length".into());
    }
    match container.labels.iter().find(|(key, value)| key.len() + value.len() > LONGEST_LABEL) {
        Some((key, _)) => invalid(format!("label key and value greater than maximum size, key: {key}")),
        None => Ok(()),
    }
}

impl Daemon {
    fn insert_later(&self, tenant: String, container: pb::Container, delay: Duration) {
        let (tenants, journal) = (Arc::clone(&self.tenants), self.journal.clone());
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let mut tenants = tenants.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(tenant) = tenants.get_mut(&tenant) {
                journal.call("a late record", json!({"id": container.id}));
                tenant.containers.insert(container.id.clone(), container);
            }
        });
    }

    /// What is wrong with a record for Windows that only the shim will notice, or nobody.
    fn note_violations(&self, container: &pb::Container) {
        let runtime = container.runtime.clone().unwrap_or_default();
        if runtime.name != "io.containerd.runhcs.v1" {
            self.journal.violation(&format!("runtime {:?} is none of Windows", runtime.name));
        }
        if container.snapshotter.is_empty() != container.snapshot_key.is_empty() {
            self.journal.violation("snapshotter and snapshot key go together");
        }
        if let Err(why) = Spec::read(container.spec.as_ref()) {
            self.journal.violation(&why);
        }
    }
}

fn shown(asked: &pb::CreateContainerRequest) -> Value {
    let container = asked.container.clone().unwrap_or_default();
    let runtime = container.runtime.unwrap_or_default();
    let spec = Spec::read(container.spec.as_ref()).ok();
    json!({
        "id": container.id,
        "image": container.image,
        "labels": container.labels,
        "runtime": runtime.name,
        "options": runtime.options.map(|options| options.type_url),
        "snapshotter": container.snapshotter,
        "snapshot": container.snapshot_key,
        "type": container.spec.as_ref().map(|spec| spec.type_url.clone()),
        "namespace": spec.as_ref().and_then(|spec| spec.namespace.clone()),
        "spec": container.spec.map(|spec| String::from_utf8_lossy(&spec.value).into_owned()),
    })
}

#[tonic::async_trait]
impl pb::containers_server::Containers for Daemon {
    async fn create(
        &self,
        request: Request<pb::CreateContainerRequest>,
    ) -> Result<Response<pb::CreateContainerResponse>, Status> {
        self.answer("Containers/Create", request, shown, |tenant, asked, caller| {
            let mut container = asked.container.unwrap_or_default();
            check(&container)?;
            if tenant.containers.contains_key(&container.id) {
                return Err(taken("container", &container.id));
            }
            self.note_violations(&container);
            container.created_at = Some(Timestamp::from(std::time::SystemTime::now()));
            container.updated_at = container.created_at;
            if let Some(delay) = self.settings.late_records {
                self.insert_later(caller.tenant, container, Duration::from_millis(delay));
                return Err(Status::unavailable("the connection was lost"));
            }
            tenant.containers.insert(container.id.clone(), container.clone());
            Ok(pb::CreateContainerResponse { container: Some(container) })
        })
    }

    async fn get(
        &self,
        request: Request<pb::GetContainerRequest>,
    ) -> Result<Response<pb::GetContainerResponse>, Status> {
        let shown = |asked: &pb::GetContainerRequest| json!({"id": asked.id});
        self.answer("Containers/Get", request, shown, |tenant, asked, _| {
            let found = tenant.containers.get(&asked.id).ok_or_else(|| absent("container", &asked.id))?;
            Ok(pb::GetContainerResponse { container: Some(found.clone()) })
        })
    }

    async fn list(
        &self,
        request: Request<pb::ListContainersRequest>,
    ) -> Result<Response<pb::ListContainersResponse>, Status> {
        let shown = |asked: &pb::ListContainersRequest| json!({"filters": asked.filters});
        self.answer("Containers/List", request, shown, |tenant, _, _| {
            Ok(pb::ListContainersResponse { containers: tenant.containers.values().cloned().collect() })
        })
    }

    type ListStreamStream = BoxStream<pb::ListContainerMessage>;

    async fn list_stream(
        &self,
        request: Request<pb::ListContainersRequest>,
    ) -> Result<Response<Self::ListStreamStream>, Status> {
        let shown = |asked: &pb::ListContainersRequest| json!({"filters": asked.filters});
        self.answer("Containers/ListStream", request, shown, |tenant, _, _| {
            let message = |container: &pb::Container| {
                Ok(pb::ListContainerMessage { container: Some(container.clone()) })
            };
            let all: Vec<Result<_, Status>> = tenant.containers.values().map(message).collect();
            Ok(Box::pin(tokio_stream::iter(all)) as Self::ListStreamStream)
        })
    }

    async fn update(
        &self,
        request: Request<pb::UpdateContainerRequest>,
    ) -> Result<Response<pb::UpdateContainerResponse>, Status> {
        self.answer(
            "Containers/Update",
            request,
            |_| json!({}),
            |_, _, _| Err(Status::unimplemented("this stand-in updates no record")),
        )
    }

    async fn delete(&self, request: Request<pb::DeleteContainerRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::DeleteContainerRequest| json!({"id": asked.id});
        self.answer("Containers/Delete", request, shown, |tenant, asked, _| {
            if tenant.tasks.contains_key(&asked.id) {
                self.journal.violation(&format!("container {} is deleted before its task", asked.id));
            }
            tenant.containers.remove(&asked.id).ok_or_else(|| absent("container", &asked.id))?;
            tenant.collect();
            Ok(())
        })
    }
}
