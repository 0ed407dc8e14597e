//! What happens in the daemon, as it happens.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tonic::{Response, Status, Streaming};

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
    /// The request is on its way when this returns, and no more: the daemon's first sign of a subscription is its first
    /// event. So errors, too, come from [`EventStream::next`].
    pub async fn subscribe(&self, filters: &[&str]) -> EventStream {
        let call = self.0.unlimited(ATTEMPTED.to_owned());
        let request =
            call.request(SubscribeRequest { filters: filters.iter().map(ToString::to_string).collect() });
        let mut client = raw!(EventsClient, self.0.channel());
        let mut state = State::Asked(Box::pin(async move { client.subscribe(request).await }));
        // Polled once, the request is with the connection's task.
        poll_fn(|context| Poll::Ready(state.poll_open(context).is_ready())).await;
        EventStream(state)
    }
}

const ATTEMPTED: &str = "cannot follow containerd's events";

/// Events, one after another. Dropping it ends the subscription.
#[derive(Debug)]
pub struct EventStream(State);

impl EventStream {
    /// The next event, whenever it comes; `None` when the daemon ended the stream. No event is lost when this is dropped
    /// half-way.
    ///
    /// # Errors
    /// `Unavailable` when the daemon went away; `Other` for a filter that cannot be read.
    pub async fn next(&mut self) -> Result<Option<Envelope>> {
        self.message().await.map_err(|status| Error::from_status(ATTEMPTED, &status))
    }

    async fn message(&mut self) -> std::result::Result<Option<Envelope>, Status> {
        poll_fn(|context| self.0.poll_open(context)).await;
        match &mut self.0 {
            State::Open(stream) => stream.message().await,
            State::Failed(status) => Err(status.clone()),
            State::Asked(_) => unreachable!("polled until it was answered"),
        }
    }
}

type Answer = std::result::Result<Response<Streaming<Envelope>>, Status>;

/// How far a subscription is.
enum State {
    Asked(Pin<Box<dyn Future<Output = Answer> + Send>>),
    Open(Box<Streaming<Envelope>>),
    Failed(Status),
}

impl State {
    /// Ready once the daemon has answered, well or not.
    fn poll_open(&mut self, context: &mut std::task::Context<'_>) -> Poll<()> {
        let Self::Asked(answer) = self else { return Poll::Ready(()) };
        answer.as_mut().poll(context).map(|answer| {
            *self = match answer {
                Ok(stream) => Self::Open(Box::new(stream.into_inner())),
                Err(status) => Self::Failed(status),
            };
        })
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asked(_) => "asked",
            Self::Open(_) => "open",
            Self::Failed(_) => "failed",
        })
    }
}
