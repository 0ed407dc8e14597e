//! Our own terminal, while a container's is shown on it: raw, so that what is typed arrives as it is.

use std::io::{self, IsTerminal, Read, Write};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::sys::{Size, at};

/// The terminal that standard input is, raw for as long as this lives.
#[derive(Debug)]
pub(crate) struct Terminal {
    before: Termios,
}

impl Terminal {
    /// Is there one to type on?
    pub(crate) fn is_there() -> bool {
        io::stdin().is_terminal()
    }

    /// Makes it raw: no line is edited, nothing is echoed, Ctrl-C is a byte.
    pub(crate) fn raw() -> io::Result<Self> {
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).map_err(at("tcgetattr"))?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Now, &raw).map_err(at("tcsetattr"))?;
        Ok(Self { before })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &self.before) {
            tracing::warn!(%error, "the terminal stays as it is");
        }
    }
}

/// How large the terminal is; unknown where there is none, or none that says it.
pub(crate) fn terminal_size() -> Option<Size> {
    let size = tcgetwinsize(io::stdin()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some(Size { columns: size.ws_col, lines: size.ws_row })
}

/// The sizes that the terminal takes.
#[derive(Debug)]
pub(crate) struct Sizes(Signal);

impl Sizes {
    /// Starts to listen.
    pub(crate) fn listen() -> io::Result<Self> {
        signal(SignalKind::window_change()).map(Self).map_err(at("sigaction"))
    }

    /// The next one. Cancelling the wait loses none.
    pub(crate) async fn next(&mut self) -> Size {
        loop {
            if self.0.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
            if let Some(size) = terminal_size() {
                return size;
            }
        }
    }
}

/// What is typed.
pub(crate) fn terminal_input() -> io::Result<impl Read + Send + 'static> {
    super::stdin()
}

/// What is shown.
pub(crate) fn terminal_output() -> io::Result<impl Write + Send + 'static> {
    super::stdout()
}
