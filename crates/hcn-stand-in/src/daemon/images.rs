//! `Images`: names and what they point at.

use hcn_containerd::pb::containerd::services::images::v1 as pb;
use hcn_containerd::pb::containerd::types::Descriptor;
use prost_types::Timestamp;
use serde_json::json;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::image::Image;

#[tonic::async_trait]
impl pb::images_server::Images for Daemon {
    async fn get(
        &self,
        request: Request<pb::GetImageRequest>,
    ) -> Result<Response<pb::GetImageResponse>, Status> {
        let shown = |asked: &pb::GetImageRequest| json!({"name": asked.name});
        self.answer("Images/Get", request, shown, |_, asked, caller| {
            let mut there = self.images.iter().filter(|_| caller.tenant == "default");
            let found = there.find(|image| image.name == asked.name);
            let absent = || Status::not_found(format!("image {:?}: not found", asked.name));
            Ok(pb::GetImageResponse { image: Some(message(found.ok_or_else(absent)?)) })
        })
    }

    async fn list(
        &self,
        request: Request<pb::ListImagesRequest>,
    ) -> Result<Response<pb::ListImagesResponse>, Status> {
        self.answer(
            "Images/List",
            request,
            |_| json!({}),
            |_, _, caller| {
                let images = match caller.tenant.as_str() {
                    "default" => self.images.iter().map(message).collect(),
                    _ => Vec::new(),
                };
                Ok(pb::ListImagesResponse { images })
            },
        )
    }
}

fn message(image: &Image) -> pb::Image {
    let target = Descriptor {
        media_type: image.media_type.into(),
        digest: image.target.clone(),
        size: image.size,
        ..Descriptor::default()
    };
    let now = Some(Timestamp::from(std::time::SystemTime::now()));
    pb::Image {
        name: image.name.clone(),
        target: Some(target),
        created_at: now,
        updated_at: now,
        ..pb::Image::default()
    }
}
