//! The three pipes of a process.

use std::io::{self, PipeReader, PipeWriter};

/// Our ends.
pub(crate) struct Streams {
    pub(super) stdin: PipeWriter,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

/// The process's ends. Once it has them nobody else may, or its streams never end.
pub(crate) struct Ends {
    pub(crate) stdin: PipeReader,
    pub(crate) stdout: PipeWriter,
    pub(crate) stderr: PipeWriter,
}

/// New pipes. No process inherits an end before [`Family::start`](crate::sys::Family::start) lets it.
pub(super) fn pipes() -> io::Result<(Streams, Ends)> {
    let (their_stdin, stdin) = io::pipe()?;
    let (stdout, their_stdout) = io::pipe()?;
    let (stderr, their_stderr) = io::pipe()?;
    let ends = Ends { stdin: their_stdin, stdout: their_stdout, stderr: their_stderr };
    Ok((Streams { stdin, stdout, stderr }, ends))
}
