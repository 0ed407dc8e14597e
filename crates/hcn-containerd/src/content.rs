//! The content store: documents and layers of images, by digest.

use tonic::{Request, Status};

use crate::call::{Call, raw};
use crate::pb::containerd::services::content::v1::content_client::ContentClient;
use crate::pb::containerd::services::content::v1::{InfoRequest, ReadContentRequest, UpdateRequest};
use crate::{Client, ContentInfo, Error, ErrorKind, Result, digest, labels};

/// Calls of [`Client::content`].
#[derive(Debug, Clone, Copy)]
pub struct ContentStore<'c>(pub(crate) &'c Client);

impl ContentStore<'_> {
    /// Size and labels of a blob.
    ///
    /// # Errors
    /// `NotFound`: it was not pulled, or not for this platform.
    pub async fn info(&self, digest: &str) -> Result<ContentInfo> {
        let call = self.0.call(format!("cannot look up content `{digest}`"));
        let request = call.request(InfoRequest { digest: digest.to_owned() });
        let answer = call.answer(raw!(ContentClient, self.0.channel()).info(request)).await?;
        call.required(answer.info)
    }

    /// Sets one label of a blob and leaves the others alone; an empty value removes it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_label(&self, digest: &str, label: &str, value: &str) -> Result<ContentInfo> {
        let call = self.0.call(format!("cannot label content `{digest}`"));
        let info = ContentInfo {
            digest: digest.to_owned(),
            labels: labels([(label, value)]),
            ..ContentInfo::default()
        };
        let update_mask = Some(prost_types::FieldMask { paths: vec![format!("labels.{label}")] });
        let request = call.request(UpdateRequest { info: Some(info), update_mask });
        call.required(call.answer(raw!(ContentClient, self.0.channel()).update(request)).await?.info)
    }

    /// A whole blob of at most `limit` bytes, checked against its digest.
    ///
    /// # Errors
    /// `NotFound`; `TooLarge`; `DataLoss` when the bytes are not what the digest says; `InvalidArgument` for a digest
    /// other than `sha256:…` and `sha512:…`.
    pub async fn read(&self, digest: &str, limit: usize) -> Result<Vec<u8>> {
        let call = self.0.call(format!("cannot read content `{digest}`"));
        let (algorithm, hex) =
            digest::parse(digest).ok_or_else(|| call.invalid("its algorithm is not known here"))?;
        let request = call.request(ReadContentRequest { digest: digest.to_owned(), offset: 0, size: 0 });
        let data = call.within(self.collect(request, limit)).await?;
        let data = data.ok_or_else(|| too_large(&call, limit))?;
        match digest::of(algorithm, &data) {
            is if is == hex => Ok(data),
            is => Err(call.refuse(ErrorKind::DataLoss, format!("the daemon's bytes have the digest {is}"))),
        }
    }

    /// What the daemon sends; `None` when that is more than `limit`: the rest is then not asked for.
    async fn collect(
        &self,
        request: Request<ReadContentRequest>,
        limit: usize,
    ) -> std::result::Result<Option<Vec<u8>>, Status> {
        let mut stream = raw!(ContentClient, self.0.channel()).read(request).await?.into_inner();
        let mut data = Vec::new();
        while let Some(part) = stream.message().await? {
            if part.data.len() > limit - data.len() {
                return Ok(None);
            }
            data.extend_from_slice(&part.data);
        }
        Ok(Some(data))
    }
}

fn too_large(call: &Call<'_>, limit: usize) -> Error {
    call.refuse(ErrorKind::TooLarge, format!("it has more than {limit} bytes"))
}
