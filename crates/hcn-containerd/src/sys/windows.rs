//! Windows: the daemon listens on a named pipe.

use std::io;
use std::path::Path;

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient};

/// Where the daemon listens when its configuration says nothing.
pub(crate) const DEFAULT_ADDRESS: &str = r"\\.\pipe\containerd-containerd";

/// What to do about a refusal.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run it from an elevated prompt";

/// What the daemon listens on.
pub(crate) const LISTENER: &str = "named pipe";

/// All instances of the pipe are taken; the daemon makes the next one in a moment.
const ERROR_PIPE_BUSY: i32 = 231;

/// A connection.
pub(crate) type Stream = NamedPipeClient;

/// Opens one connection. The daemon may identify the caller, not act as them: tokio's default.
pub(crate) async fn open(path: &Path) -> io::Result<Stream> {
    ClientOptions::new().open(path)
}

/// Is the daemon there, but takes no connection at this moment?
pub(crate) fn is_busy(error: &io::Error) -> bool {
    error.raw_os_error() == Some(ERROR_PIPE_BUSY)
}
