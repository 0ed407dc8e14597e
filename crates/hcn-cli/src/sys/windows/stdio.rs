//! The standard streams. They need named pipes with a protected DACL, which this version does not make: it says so.

use std::io::{self, ErrorKind};

use tokio::io::DuplexStream;

use crate::run::plan::Stdio;

/// What the container writes, to be read.
pub(crate) type Output = DuplexStream;
/// What the container reads, to be written.
pub(crate) type Input = DuplexStream;

/// Our ends of the standard streams.
#[derive(Debug)]
pub(crate) struct Ends {
    /// Standard output.
    pub(crate) stdout: Output,
    /// Standard error; absent with a terminal.
    pub(crate) stderr: Option<Output>,
}

impl Ends {
    /// Opens standard input, once Tasks/Create has answered; absent when it is not passed on.
    pub(crate) async fn open_input(&self) -> io::Result<Option<Input>> {
        Ok(None)
    }
}

/// Makes the pipes, to be listened on before the task is created.
pub(crate) fn make_stdio(_: &Stdio) -> io::Result<Ends> {
    Err(io::Error::new(ErrorKind::Unsupported, "this version of hcn passes no standard streams on Windows"))
}

/// Named pipes go with the process that made them.
pub(crate) fn remove_stdio(_: &Stdio) -> io::Result<()> {
    Ok(())
}
