//! Our own standard output and error.

use std::io::{self, Write};

/// Standard output.
pub(crate) fn stdout() -> io::Result<impl Write + Send> {
    Ok(io::stdout())
}

/// Standard error.
pub(crate) fn stderr() -> io::Result<impl Write + Send> {
    Ok(io::stderr())
}
