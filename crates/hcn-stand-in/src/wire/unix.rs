//! Unix sockets.

use std::io;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;

/// A connection to the daemon.
pub(crate) type Connection = UnixStream;
/// A container's standard stream, as the shim holds it.
pub(crate) type Stream = UnixStream;

/// What every address of this system starts with.
pub(crate) const ADDRESS: &str = "/";

/// Listens, and hands on every connection.
pub(crate) fn listen(address: &str, to: UnboundedSender<io::Result<Connection>>) -> io::Result<()> {
    let listener = UnixListener::bind(address)?;
    tokio::spawn(async move { while to.send(listener.accept().await.map(|(stream, _)| stream)).is_ok() {} });
    Ok(())
}

/// Dials one standard stream.
pub(crate) async fn dial(name: &str) -> io::Result<Stream> {
    UnixStream::connect(name).await
}
