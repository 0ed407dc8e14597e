//! The only place that prints: data on stdout, one line on stderr.

use std::fmt;
use std::io::{self, Write};

/// Data for stdout could not be written.
#[derive(Debug)]
pub(crate) struct CannotPrint(io::Error);

impl fmt::Display for CannotPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write to stdout: {}; look at where it leads", self.0)
    }
}

impl std::error::Error for CannotPrint {}

/// Prints data. A reader that went away has what it wanted.
pub(crate) fn print(text: &str) -> Result<(), CannotPrint> {
    match print_or_fail(text) {
        Err(CannotPrint(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// Prints data that somebody has to read.
pub(crate) fn print_or_fail(text: &str) -> Result<(), CannotPrint> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(CannotPrint)
}

/// Says something on stderr, on one line whatever names it holds. If stderr is gone there is nobody to tell.
pub(crate) fn report(message: &str) {
    let line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let _ = writeln!(io::stderr(), "hcn-namespace: {line}");
}
