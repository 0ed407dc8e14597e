//! Streams between us and the daemon, which other services know by an id. From 1.7 on.

use prost::Message;
use tokio::sync::mpsc::{Sender, channel};
use tonic::Streaming;
use tonic::codegen::tokio_stream::wrappers::ReceiverStream;

use crate::call::raw;
use crate::pb::containerd::services::streaming::v1::StreamInit;
use crate::pb::containerd::services::streaming::v1::streaming_client::StreamingClient;
use crate::{Any, Client, Result};

/// How many messages may wait to be sent.
const WAITING: usize = 4;

/// One stream, open both ways until it is dropped.
#[derive(Debug)]
pub(crate) struct Stream {
    outgoing: Sender<Any>,
    incoming: Option<Streaming<Any>>,
}

impl Stream {
    /// Opens it; when this returns the daemon knows its id.
    pub(crate) async fn open(client: &Client, id: &str) -> Result<Self> {
        let call = client.call(format!("cannot open the stream `{id}`"));
        let (outgoing, waiting) = channel(WAITING);
        let init = StreamInit { id: id.to_owned() }.encode_to_vec();
        let init = Any { type_url: "containerd.services.streaming.v1.StreamInit".to_owned(), value: init };
        // There is room, and somebody takes it: it was made two lines above.
        let _ = outgoing.try_send(init);
        let request = call.request(ReceiverStream::new(waiting));
        let incoming = call.within(async {
            let mut incoming = raw!(StreamingClient, client.channel()).stream(request).await?.into_inner();
            incoming.message().await?;
            Ok(incoming)
        });
        Ok(Self { outgoing, incoming: Some(incoming.await?) })
    }

    /// The next message; never, once the daemon has closed the stream. Giving up the wait loses none.
    pub(crate) async fn next(&mut self) -> Any {
        if let Some(incoming) = &mut self.incoming {
            match incoming.message().await {
                Ok(Some(message)) => return message,
                Ok(None) => {}
                Err(status) => tracing::debug!(%status, "a stream ended"),
            }
            self.incoming = None;
        }
        std::future::pending().await
    }

    /// Sends one; what a stream that has ended should have carried is lost with it.
    pub(crate) async fn send(&self, message: Any) {
        if self.outgoing.send(message).await.is_err() {
            tracing::debug!("a stream ended before the answer");
        }
    }
}
