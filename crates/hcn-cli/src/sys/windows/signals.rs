//! The console's events, which are Windows' signals.

use std::io;

use tokio::signal::windows;

use crate::sys::Signal;

/// Hears the console's events from [`Signals::listen`] on: from then on they no longer end the process.
#[derive(Debug)]
pub(crate) struct Signals {
    ctrl_c: windows::CtrlC,
    ctrl_break: windows::CtrlBreak,
    close: windows::CtrlClose,
    shutdown: windows::CtrlShutdown,
}

impl Signals {
    /// Starts to listen.
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self {
            ctrl_c: windows::ctrl_c()?,
            ctrl_break: windows::ctrl_break()?,
            close: windows::ctrl_close()?,
            shutdown: windows::ctrl_shutdown()?,
        })
    }

    /// The next one. Cancelling the wait loses none.
    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.ctrl_c.recv() => Signal::Int,
            _ = self.ctrl_break.recv() => Signal::Quit,
            _ = self.close.recv() => Signal::Hup,
            _ = self.shutdown.recv() => Signal::Term,
        }
    }
}

/// The number by which runhcs is sent a signal: console events, CtrlShutdown (15), and the end (9).
pub(crate) fn signal_number(signal: Signal) -> u32 {
    match signal {
        Signal::Int => 0,
        Signal::Quit => 1,
        Signal::Hup => 2,
        Signal::Kill => 9,
        Signal::Term | Signal::Usr1 | Signal::Usr2 => 15,
    }
}
