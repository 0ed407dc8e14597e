//! All services on one connection: the path's first part says which. (tonic's own router would bring a web framework.)

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use hcn_containerd::pb::containerd::services as pb;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tonic::codegen::{BoxFuture, Service};

use super::{Daemon, LONGEST_MESSAGE};

/// The services of a daemon.
#[derive(Clone)]
pub(super) struct Router {
    daemon: Arc<Daemon>,
}

impl Router {
    pub(super) fn new(daemon: Daemon) -> Self {
        Self { daemon: Arc::new(daemon) }
    }
}

/// The service of the daemon that serves requests of this path.
macro_rules! route {
    ($self:ident, $request:ident, $($name:literal => $server:path),* $(,)?) => {{
        let service = $request.uri().path().split('/').nth(1).unwrap_or_default();
        match service {
            $($name => {
                let server = <$server>::from_arc($self.daemon.clone());
                server.max_decoding_message_size(LONGEST_MESSAGE).call($request)
            })*
            unknown => {
                let status = Status::unimplemented(format!("unknown service {unknown}"));
                Box::pin(async move { Ok(status.into_http()) })
            }
        }
    }};
}

impl Service<Request<Body>> for Router {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        route!(self, request,
            "containerd.services.version.v1.Version" => pb::version::v1::version_server::VersionServer<_>,
            "containerd.services.introspection.v1.Introspection" =>
                pb::introspection::v1::introspection_server::IntrospectionServer<_>,
            "containerd.services.namespaces.v1.Namespaces" =>
                pb::namespaces::v1::namespaces_server::NamespacesServer<_>,
            "containerd.services.leases.v1.Leases" => pb::leases::v1::leases_server::LeasesServer<_>,
            "containerd.services.images.v1.Images" => pb::images::v1::images_server::ImagesServer<_>,
            "containerd.services.content.v1.Content" => pb::content::v1::content_server::ContentServer<_>,
            "containerd.services.snapshots.v1.Snapshots" =>
                pb::snapshots::v1::snapshots_server::SnapshotsServer<_>,
            "containerd.services.containers.v1.Containers" =>
                pb::containers::v1::containers_server::ContainersServer<_>,
            "containerd.services.tasks.v1.Tasks" => pb::tasks::v1::tasks_server::TasksServer<_>,
        )
    }
}
