//! Unpacking layers.

use crate::call::raw;
use crate::pb::containerd::services::diff::v1::ApplyRequest;
use crate::pb::containerd::services::diff::v1::diff_client::DiffClient;
use crate::{Client, Descriptor, Mount, Result};

/// Calls of [`Client::diff`].
#[derive(Debug, Clone, Copy)]
pub struct Diff<'c>(pub(crate) &'c Client);

impl Diff<'_> {
    /// Unpacks a layer onto the mounts of a writable snapshot; its digest, unpacked, is what the image's configuration
    /// calls the diff id. Without limit: 100 MB take seconds.
    ///
    /// # Errors
    /// `NotFound` for the layer's content or the lease; `Other` for what cannot be unpacked.
    pub async fn apply(&self, layer: Descriptor, mounts: Vec<Mount>, lease: &str) -> Result<Descriptor> {
        let call = self.0.unlimited(format!("cannot unpack layer `{}`", layer.digest));
        let message = ApplyRequest { diff: Some(layer), mounts, ..ApplyRequest::default() };
        let request = call.leased(message, lease)?;
        let answer = call.answer(raw!(DiffClient, self.0.channel()).apply(request)).await?;
        call.required(answer.applied)
    }
}
