//! `Introspection`: what the daemon can do.

use hcn_containerd::pb::containerd::services::introspection::v1 as pb;
use hcn_containerd::pb::containerd::types::Platform;
use tonic::{Request, Response, Status};

use super::Daemon;

/// What a daemon on Windows has, of what anybody asks for.
const PLUGINS: [(&str, &str); 4] = [
    ("io.containerd.snapshotter.v1", "windows"),
    ("io.containerd.differ.v1", "windows"),
    ("io.containerd.runtime.v2", "task"),
    ("io.containerd.grpc.v1", "tasks"),
];

#[tonic::async_trait]
impl pb::introspection_server::Introspection for Daemon {
    async fn plugins(&self, _: Request<pb::PluginsRequest>) -> Result<Response<pb::PluginsResponse>, Status> {
        let windows = Platform { os: "windows".into(), architecture: "amd64".into(), ..Platform::default() };
        let plugin = |(kind, id): &(&str, &str)| pb::Plugin {
            r#type: (*kind).to_owned(),
            id: (*id).to_owned(),
            platforms: vec![windows.clone()],
            ..pb::Plugin::default()
        };
        let plugins = PLUGINS.iter().map(plugin).collect();
        self.answer_anybody("Introspection/Plugins", Ok(pb::PluginsResponse { plugins }))
    }

    async fn server(&self, _: Request<()>) -> Result<Response<pb::ServerResponse>, Status> {
        let uuid = "6b29fc40-ca47-1067-b31d-00dd010662da".to_owned();
        self.answer_anybody("Introspection/Server", Ok(pb::ServerResponse { uuid, ..Default::default() }))
    }
}
