//! One call: its headers, its limit, its errors.

use std::future::Future;
use std::time::Duration;

use tonic::metadata::MetadataValue;
use tonic::{Request, Response, Status};

use crate::{Client, Error, ErrorKind};

/// What a message may hold, in bytes, each way: what containerd's own clients set.
pub(crate) const LONGEST_MESSAGE: usize = 16 << 20;

/// A generated client on a channel, with our limits.
macro_rules! raw {
    ($client:ident, $channel:expr) => {
        $client::new($channel)
            .max_decoding_message_size($crate::call::LONGEST_MESSAGE)
            .max_encoding_message_size($crate::call::LONGEST_MESSAGE)
    };
}
pub(crate) use raw;

/// A call that is being made.
pub(crate) struct Call<'c> {
    client: &'c Client,
    attempted: String,
    limit: Duration,
}

impl<'c> Call<'c> {
    /// `attempted`: ``cannot create container `web` ``.
    pub(crate) fn new(client: &'c Client, attempted: String, limit: Duration) -> Self {
        Self { client, attempted, limit }
    }

    /// The same call with a limit of at least this.
    pub(crate) fn at_least(self, least: Duration) -> Self {
        Self { limit: self.limit.max(least), ..self }
    }

    /// The message with its headers.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("containerd-namespace", self.client.namespace().header());
        request
    }

    /// The message with its headers, under a lease: what the call makes is held by it from its first moment. Under none
    /// if it is empty.
    pub(crate) fn leased<T>(&self, message: T, lease: &str) -> Result<Request<T>, Error> {
        if lease.is_empty() {
            return Ok(self.request(message));
        }
        let header = MetadataValue::try_from(lease);
        let header = header.map_err(|_| self.invalid(&format!("`{lease}` cannot be the id of a lease")))?;
        let mut request = self.request(message);
        request.metadata_mut().insert("containerd-lease", header);
        Ok(request)
    }

    /// Sends it and returns the answer.
    pub(crate) async fn answer<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, Error> {
        self.within(async { call.await.map(Response::into_inner) }).await
    }

    /// Whatever the call consists of, within its limit.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T, Status>>) -> Result<T, Error> {
        let done = match self.limit {
            Duration::MAX => Ok(work.await),
            limit => tokio::time::timeout(limit, work).await,
        };
        let done = done.map_err(|_| Error::timeout(&self.attempted, self.limit));
        let result = done.and_then(|answer| answer.map_err(|status| self.failed(&status)));
        if let Err(error) = &result {
            tracing::debug!(kind = ?error.kind(), namespace = %self.client.namespace(), "{error}");
        }
        result
    }

    /// What every answer of this sort has.
    pub(crate) fn required<T>(&self, part: Option<T>) -> Result<T, Error> {
        part.ok_or_else(|| Error::new(ErrorKind::Other, &self.attempted, "the daemon's answer is empty"))
    }

    pub(crate) fn failed(&self, status: &Status) -> Error {
        Error::from_status(&self.attempted, status)
    }

    pub(crate) fn invalid(&self, why: &str) -> Error {
        Error::new(ErrorKind::InvalidArgument, &self.attempted, why)
    }

    pub(crate) fn refuse(&self, kind: ErrorKind, why: String) -> Error {
        Error::new(kind, &self.attempted, why)
    }
}
