//! The only place that prints: data on standard output, the rest on standard error.

use std::io::{self, Write};

/// Data; that nobody reads it is no error.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Why it ends early.
pub(crate) fn report(why: &str) {
    let line: String = why.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(io::stderr(), "hcn-lockprobe: {line}");
}
