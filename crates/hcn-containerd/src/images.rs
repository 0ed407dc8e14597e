//! Names of images.

use crate::call::raw;
use crate::pb::containerd::services::images::v1::images_client::ImagesClient;
use crate::pb::containerd::services::images::v1::{GetImageRequest, ListImagesRequest};
use crate::{Client, ErrorKind, Image, Result};

/// Calls of [`Client::images`].
#[derive(Debug, Clone, Copy)]
pub struct Images<'c>(pub(crate) &'c Client);

impl Images<'_> {
    /// The image of exactly this name, as it is stored (`docker.io/library/busybox:latest`): short names are for the
    /// caller to complete.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, name: &str) -> Result<Image> {
        let call = self.0.call(format!("cannot find image `{name}`"));
        let request = call.request(GetImageRequest { name: name.to_owned() });
        let answer = call.answer(raw!(ImagesClient, self.0.channel()).get(request)).await;
        let pull = || format!("pull it with `ctr -n {} images pull {name}`", self.0.namespace());
        call.required(answer.map_err(|error| error.advise(ErrorKind::NotFound, pull()))?.image)
    }

    /// Those that match one of the filters (containerd's language, `name~=busybox`), or all.
    ///
    /// # Errors
    /// `InvalidArgument` for a filter that cannot be read.
    pub async fn list(&self, filters: &[&str]) -> Result<Vec<Image>> {
        let call = self.0.call("cannot list images".to_owned());
        let request =
            call.request(ListImagesRequest { filters: filters.iter().map(ToString::to_string).collect() });
        let answer = call.answer(raw!(ImagesClient, self.0.channel()).list(request)).await?;
        Ok(answer.images)
    }
}
