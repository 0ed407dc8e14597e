//! The console's events, which are Windows' signals.

use std::io;
use std::process::{Child, Command};
use std::time::Duration;

use tokio::signal::windows;

use crate::sys::Signal;

/// How long the container has after the first request to end before it is killed. Windows gives this process five
/// seconds after its console was closed; the rest of them is for the clean-up, and what does not fit into it is left
/// to the journal.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Hears the console's events from [`Signals::listen`] on: from then on they no longer end the process at once.
#[derive(Debug)]
pub(crate) struct Signals {
    ctrl_c: windows::CtrlC,
    ctrl_break: windows::CtrlBreak,
    close: windows::CtrlClose,
    logoff: windows::CtrlLogoff,
    shutdown: windows::CtrlShutdown,
}

impl Signals {
    /// Starts to listen.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            ctrl_c: windows::ctrl_c()?,
            ctrl_break: windows::ctrl_break()?,
            close: windows::ctrl_close()?,
            logoff: windows::ctrl_logoff()?,
            shutdown: windows::ctrl_shutdown()?,
        })
    }

    /// The next one. Cancelling the wait loses none.
    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.ctrl_c.recv() => Signal::Int,
            _ = self.ctrl_break.recv() => Signal::Quit,
            _ = self.close.recv() => Signal::Term,
            _ = self.logoff.recv() => Signal::Term,
            _ = self.shutdown.recv() => Signal::Term,
        }
    }
}

/// The console tells all its processes by itself, and a group of its own would not hear of Ctrl-C at all.
pub(crate) fn lead_own_group(_command: &mut Command) {}

/// The console tells all its processes by itself.
pub(crate) fn signal_child(_child: &Child, _signal: Signal) -> io::Result<()> {
    Ok(())
}

/// The number by which runhcs is sent a signal: Ctrl-C (0), Ctrl-Break (1), the system's shutdown (15), the end (9).
pub(crate) fn signal_number(signal: Signal) -> u32 {
    match signal {
        Signal::Int => 0,
        Signal::Quit => 1,
        Signal::Kill => 9,
        Signal::Term | Signal::Hup | Signal::Usr1 | Signal::Usr2 => 15,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_have_the_numbers_of_windows_shims() {
        let all = [Signal::Int, Signal::Quit, Signal::Term, Signal::Hup, Signal::Kill];
        assert_eq!(all.map(signal_number), [0, 1, 15, 15, 9]);
    }
}
