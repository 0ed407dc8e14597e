//! `Namespaces`: the daemon's tenants.

use hcn_containerd::pb::containerd::services::namespaces::v1 as pb;
use serde_json::json;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::tenant::taken;

fn message(name: &str) -> pb::Namespace {
    pb::Namespace { name: name.to_owned(), ..pb::Namespace::default() }
}

#[tonic::async_trait]
impl pb::namespaces_server::Namespaces for Daemon {
    async fn get(
        &self,
        request: Request<pb::GetNamespaceRequest>,
    ) -> Result<Response<pb::GetNamespaceResponse>, Status> {
        // A real daemon answers for names that it has never heard of too.
        let namespace = Some(message(&request.get_ref().name));
        self.answer_anybody("Namespaces/Get", Ok(pb::GetNamespaceResponse { namespace }))
    }

    async fn list(
        &self,
        _: Request<pb::ListNamespacesRequest>,
    ) -> Result<Response<pb::ListNamespacesResponse>, Status> {
        let namespaces = self.tenants().keys().map(|name| message(name)).collect();
        self.answer_anybody("Namespaces/List", Ok(pb::ListNamespacesResponse { namespaces }))
    }

    async fn create(
        &self,
        request: Request<pb::CreateNamespaceRequest>,
    ) -> Result<Response<pb::CreateNamespaceResponse>, Status> {
        let shown = |asked: &pb::CreateNamespaceRequest| json!({"asked": asked.namespace.as_ref().map(|of| &of.name)});
        let asked = request.get_ref().namespace.clone().unwrap_or_default();
        let there = self.tenants().contains_key(&asked.name);
        self.answer("Namespaces/Create", request, shown, |_, _, _| match there {
            true => Err(taken("namespace", &asked.name)),
            false => Ok(asked.name.clone()),
        })
        .map(|made| {
            self.of(made.get_ref(), |_| ());
            Response::new(pb::CreateNamespaceResponse { namespace: Some(message(made.get_ref())) })
        })
    }
}
