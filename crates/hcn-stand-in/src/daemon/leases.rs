//! `Leases`: what holds snapshots until a container does.

use hcn_containerd::pb::containerd::services::leases::v1 as pb;
use prost_types::Timestamp;
use serde_json::json;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::call::check_id;
use super::tenant::{Held, absent, taken};

#[tonic::async_trait]
impl pb::leases_server::Leases for Daemon {
    async fn create(
        &self,
        request: Request<pb::CreateRequest>,
    ) -> Result<Response<pb::CreateResponse>, Status> {
        let shown = |asked: &pb::CreateRequest| json!({"id": asked.id, "labels": asked.labels});
        self.answer("Leases/Create", request, shown, |tenant, asked, _| {
            check_id(&asked.id)?;
            if tenant.leases.contains_key(&asked.id) {
                return Err(taken("lease", &asked.id));
            }
            let created_at = Some(Timestamp::from(std::time::SystemTime::now()));
            let lease = pb::Lease { id: asked.id.clone(), created_at, labels: asked.labels };
            tenant.leases.insert(asked.id, Held { lease: lease.clone(), snapshots: Vec::new() });
            Ok(pb::CreateResponse { lease: Some(lease) })
        })
    }

    async fn delete(&self, request: Request<pb::DeleteRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::DeleteRequest| json!({"id": asked.id, "sync": asked.sync});
        self.answer("Leases/Delete", request, shown, |tenant, asked, _| {
            tenant.leases.remove(&asked.id).ok_or_else(|| absent("lease", &asked.id))?;
            tenant.collect();
            Ok(())
        })
    }

    async fn list(&self, request: Request<pb::ListRequest>) -> Result<Response<pb::ListResponse>, Status> {
        let shown = |asked: &pb::ListRequest| json!({"filters": asked.filters});
        self.answer("Leases/List", request, shown, |tenant, _, _| {
            Ok(pb::ListResponse { leases: tenant.leases.values().map(|held| held.lease.clone()).collect() })
        })
    }

    async fn add_resource(&self, request: Request<pb::AddResourceRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::AddResourceRequest| json!({"id": asked.id});
        self.answer("Leases/AddResource", request, shown, |tenant, asked, _| {
            let held = tenant.leases.get_mut(&asked.id).ok_or_else(|| absent("lease", &asked.id))?;
            held.snapshots.extend(asked.resource.map(|resource| resource.id));
            Ok(())
        })
    }

    async fn list_resources(
        &self,
        request: Request<pb::ListResourcesRequest>,
    ) -> Result<Response<pb::ListResourcesResponse>, Status> {
        let shown = |asked: &pb::ListResourcesRequest| json!({"id": asked.id});
        self.answer("Leases/ListResources", request, shown, |tenant, asked, _| {
            let held = tenant.leases.get(&asked.id).ok_or_else(|| absent("lease", &asked.id))?;
            let resource = |id: &String| pb::Resource { id: id.clone(), r#type: "snapshots/windows".into() };
            Ok(pb::ListResourcesResponse { resources: held.snapshots.iter().map(resource).collect() })
        })
    }
}
