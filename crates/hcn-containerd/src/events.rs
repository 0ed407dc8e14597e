//! What happens in the daemon, as it happens.

use tonic::Streaming;

use crate::call::raw;
use crate::pb::containerd::services::events::v1::SubscribeRequest;
use crate::pb::containerd::services::events::v1::events_client::EventsClient;
use crate::{Client, Envelope, Error, Result};

/// Calls of [`Client::events`].
#[derive(Debug, Clone, Copy)]
pub struct Events<'c>(pub(crate) &'c Client);

impl Events<'_> {
    /// Events that match one of the filters (containerd's language, `topic=="/tasks/exit"`), or all, **of every
    /// namespace**: look at the envelope's. There is no history: subscribe first, then read the state.
    ///
    /// # Errors
    /// Those of any call; a filter that cannot be read shows at the first [`EventStream::next`].
    pub async fn subscribe(&self, filters: &[&str]) -> Result<EventStream> {
        let call = self.0.call(ATTEMPTED.to_owned());
        let request =
            call.request(SubscribeRequest { filters: filters.iter().map(ToString::to_string).collect() });
        let stream = call.answer(raw!(EventsClient, self.0.channel()).subscribe(request)).await?;
        Ok(EventStream(stream))
    }
}

const ATTEMPTED: &str = "cannot follow containerd's events";

/// Events, one after another. Dropping it ends the subscription.
#[derive(Debug)]
pub struct EventStream(Streaming<Envelope>);

impl EventStream {
    /// The next event, whenever it comes; `None` when the daemon ended the stream.
    ///
    /// # Errors
    /// `Unavailable` when the daemon went away; `InvalidArgument` for a filter that cannot be read.
    pub async fn next(&mut self) -> Result<Option<Envelope>> {
        self.0.message().await.map_err(|status| Error::from_status(ATTEMPTED, &status))
    }
}
