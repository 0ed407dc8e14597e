//! The only place that prints. Standard output is for data, standard error for everything else; a closed pipe is no
//! error.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use crate::Failure;
use crate::exit::Exit;

/// How much to say on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notes {
    /// Notes and errors.
    #[default]
    Shown,
    /// Errors alone.
    Quiet,
}

impl Notes {
    /// Something the user should know: an input that was changed or ignored, a name that was made up.
    pub fn note(self, text: impl Display) {
        match self {
            Self::Shown => say(format_args!("hcn: note: {text}")),
            Self::Quiet => {}
        }
    }
}

/// Why the command failed.
pub fn error(text: impl Display) {
    say(format_args!("hcn: {text}"));
}

/// How far something is, in one line that the next one replaces; an empty one takes it away. On a terminal alone.
pub fn progress(line: &str) {
    let mut err = io::stderr().lock();
    if err.is_terminal() {
        // Spaces and no escape sequence: a console of Windows need not know any.
        let line: String = one_line(line).chars().take(PROGRESS).collect();
        let _ = write!(err, "\r{line:PROGRESS$}\r{line}").and_then(|()| err.flush());
    }
}

/// The columns of a progress line: fewer than any terminal has.
const PROGRESS: usize = 78;

/// Data on standard output, as it is.
///
/// # Errors
/// Whatever the system says, except that nobody reads it.
pub fn data(text: impl Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.to_string().as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Data on standard output that the command was run for.
///
/// # Errors
/// As [`data`], with the words and the exit code of a command.
pub fn all(text: impl Display) -> Result<(), Failure> {
    data(text).map_err(cannot_print)
}

/// The same, where it is a failure too that nobody reads it.
///
/// # Errors
/// Whatever the system says.
pub fn all_or_fail(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(cannot_print)
}

fn cannot_print(why: io::Error) -> Failure {
    Failure::new(Exit::Failure, format!("cannot write to stdout: {why}; look at where it leads"))
}

/// Bytes on standard output, as they are. Does anybody read them?
///
/// # Errors
/// Whatever the system says, except that nobody reads it.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<bool> {
    let mut out = crate::sys::stdout()?;
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        done => done.map(|()| true),
    }
}

/// What the parser of the command line has to say: help and version are data, the rest is an error.
pub fn usage(answer: &clap::Error) {
    // A closed pipe is no error, and there is no other place to tell of a failure to tell.
    let _ = answer.print();
}

/// One line, whatever the words of daemons, plugins and files in it hold.
fn say(message: impl Display) {
    let line = one_line(&message.to_string());
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(io::stderr(), "{line}");
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn what_others_said_stays_on_one_line_and_moves_no_cursor() {
        assert_eq!(one_line("runc said:\n\u{1b}[2Jno\täß"), "runc said:  [2Jno äß");
    }
}
