//! Named pipes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};
use tokio::sync::mpsc::UnboundedSender;
use tonic::transport::server::Connected;

/// A container's standard stream, as the shim holds it.
pub(crate) type Stream = NamedPipeClient;

/// What every address of this system starts with.
pub(crate) const ADDRESS: &str = r"\\.\pipe\";

/// ERROR_PIPE_BUSY: every instance of the pipe is taken.
const BUSY: i32 = 231;

/// How long the shim waits before it dials a busy pipe again.
const AGAIN: Duration = Duration::from_millis(10);

/// Listens, and hands on every connection. There is always one instance more than there are clients.
pub(crate) fn listen(address: &str, to: UnboundedSender<io::Result<Connection>>) -> io::Result<()> {
    let mut next = ServerOptions::new().first_pipe_instance(true).create(address)?;
    let address = address.to_owned();
    tokio::spawn(async move {
        loop {
            let connected = next.connect().await;
            let Ok(following) = ServerOptions::new().create(&address) else { return };
            let taken = std::mem::replace(&mut next, following);
            // A client that left at once is no reason to stop.
            if connected.is_ok() && to.send(Ok(Connection(taken))).is_err() {
                return;
            }
        }
    });
    Ok(())
}

/// Dials one standard stream as the runhcs shim does: for reading and writing, again only while it is busy.
pub(crate) async fn dial(name: &str) -> io::Result<Stream> {
    loop {
        match ClientOptions::new().read(true).write(true).open(name) {
            Err(error) if error.raw_os_error() == Some(BUSY) => tokio::time::sleep(AGAIN).await,
            answer => return answer,
        }
    }
}

/// A connection to the daemon.
pub(crate) struct Connection(NamedPipeServer);

impl Connected for Connection {
    type ConnectInfo = ();
    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, to)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
