//! `Version`: who answers.

use hcn_containerd::pb::containerd::services::version::v1 as pb;
use tonic::{Request, Response, Status};

use super::Daemon;

#[tonic::async_trait]
impl pb::version_server::Version for Daemon {
    async fn version(&self, _: Request<()>) -> Result<Response<pb::VersionResponse>, Status> {
        let answer = pb::VersionResponse { version: "2.0.0+stand-in".into(), revision: "0".repeat(40) };
        self.answer_anybody("Version/Version", Ok(answer))
    }
}
