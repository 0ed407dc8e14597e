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
    /// Standard input; absent when it is not passed on.
    pub(crate) stdin: Option<ClosedInput>,
}

/// Standard input, to be opened once Tasks/Create has answered.
#[derive(Debug)]
pub(crate) struct ClosedInput(Input);

impl ClosedInput {
    /// Opens it, as soon as somebody reads.
    pub(crate) async fn open(self) -> io::Result<Input> {
        Ok(self.0)
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
