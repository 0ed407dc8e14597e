//! `Content`: documents, by digest, in small pieces.

use hcn_containerd::pb::containerd::services::content::v1 as pb;
use prost_types::Timestamp;
use serde_json::json;
use tonic::codegen::BoxStream;
use tonic::codegen::tokio_stream;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::call::Caller;

/// Much smaller than a real daemon's: so every document comes in several.
const PIECE: usize = 100;

impl Daemon {
    fn blob(&self, caller: &Caller, digest: &str) -> Result<&[u8], Status> {
        let images = self.images.iter().filter(|_| caller.tenant == "default");
        let found = images.flat_map(|image| &image.blobs).find(|(name, _)| *name == digest);
        let absent = || Status::not_found(format!("content {digest}: not found"));
        found.map(|(_, blob)| blob.as_slice()).ok_or_else(absent)
    }
}

#[tonic::async_trait]
impl pb::content_server::Content for Daemon {
    async fn info(&self, request: Request<pb::InfoRequest>) -> Result<Response<pb::InfoResponse>, Status> {
        let shown = |asked: &pb::InfoRequest| json!({"digest": asked.digest});
        self.answer("Content/Info", request, shown, |_, asked, caller| {
            let size = self.blob(&caller, &asked.digest)?.len() as i64;
            let now = Some(Timestamp::from(std::time::SystemTime::now()));
            let info = pb::Info {
                digest: asked.digest,
                size,
                created_at: now,
                updated_at: now,
                ..pb::Info::default()
            };
            Ok(pb::InfoResponse { info: Some(info) })
        })
    }

    async fn update(
        &self,
        request: Request<pb::UpdateRequest>,
    ) -> Result<Response<pb::UpdateResponse>, Status> {
        let shown = |asked: &pb::UpdateRequest| json!({"info": asked.info.as_ref().map(|info| &info.digest)});
        self.answer("Content/Update", request, shown, |_, asked, caller| {
            let info = asked.info.unwrap_or_default();
            self.blob(&caller, &info.digest)?;
            Ok(pb::UpdateResponse { info: Some(info) })
        })
    }

    type ReadStream = BoxStream<pb::ReadContentResponse>;

    async fn read(
        &self,
        request: Request<pb::ReadContentRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let shown = |asked: &pb::ReadContentRequest| json!({"digest": asked.digest});
        self.answer("Content/Read", request, shown, |_, asked, caller| {
            let blob = self.blob(&caller, &asked.digest)?;
            let out_of_range = || Status::out_of_range("read past the end: out of range");
            let rest = blob.get(asked.offset as usize..).ok_or_else(out_of_range)?;
            let wanted = if asked.size == 0 { rest.len() } else { rest.len().min(asked.size as usize) };
            let pieces = rest[..wanted].chunks(PIECE).enumerate().map(|(index, data)| {
                let offset = asked.offset + (index * PIECE) as i64;
                Ok(pb::ReadContentResponse { offset, data: data.to_vec() })
            });
            let pieces: Vec<Result<_, Status>> = pieces.collect();
            Ok(Box::pin(tokio_stream::iter(pieces)) as Self::ReadStream)
        })
    }
}
