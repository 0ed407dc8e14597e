//! Unix: the daemon listens on a socket.

use std::io;
use std::path::Path;

use tokio::net::UnixStream;

/// Where packages make the daemon listen.
pub(crate) const DEFAULT_ADDRESS: &str = "/run/containerd/containerd.sock";

/// What to do about a refusal.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run as root";

/// What the daemon listens on.
pub(crate) const LISTENER: &str = "socket";

/// A connection.
pub(crate) type Stream = UnixStream;

/// Opens one connection.
pub(crate) async fn open(path: &Path) -> io::Result<Stream> {
    UnixStream::connect(path).await
}

/// Is the daemon there, but takes no connection at this moment? A full queue answers EAGAIN on Linux.
pub(crate) fn is_busy(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}
