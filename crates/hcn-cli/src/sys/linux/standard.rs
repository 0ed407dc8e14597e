//! Our own standard streams.

use std::io::{self, Read, Write};

/// Standard input.
pub(crate) fn stdin() -> io::Result<impl Read + Send + 'static> {
    Ok(io::stdin())
}

/// Standard output.
pub(crate) fn stdout() -> io::Result<impl Write + Send + 'static> {
    Ok(io::stdout())
}

/// Standard error.
pub(crate) fn stderr() -> io::Result<impl Write + Send + 'static> {
    Ok(io::stderr())
}
