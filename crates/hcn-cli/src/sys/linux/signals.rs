//! The signals that `hcn run` passes on.

use std::future::poll_fn;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::task::Poll;
use std::time::Duration;
use std::{fs, io};

use tokio::signal::unix::{self, SignalKind};

use crate::sys::{Signal, at};

/// How long a process has after the first TERM.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

const HEARD: [Signal; 6] = [Signal::Term, Signal::Int, Signal::Hup, Signal::Quit, Signal::Usr1, Signal::Usr2];

/// Hears signals from [`Signals::listen`] on: from then on they no longer end the process.
#[derive(Debug)]
pub(crate) struct Signals(Vec<(Signal, unix::Signal)>);

impl Signals {
    /// Starts to listen, except to signals that this process was started to ignore: `nohup`, and what a shell puts in
    /// the background.
    pub(crate) fn listen() -> io::Result<Self> {
        let ignored =
            fs::read_to_string("/proc/self/status").map(|status| ignored_signals(&status)).unwrap_or(0);
        let heard = HEARD.into_iter().filter(|signal| ignored >> (signal.linux_number() - 1) & 1 == 0);
        heard.map(|signal| Ok((signal, listen_to(signal)?))).collect::<io::Result<_>>().map(Self)
    }

    /// The next one. Cancelling the wait loses none.
    pub(crate) async fn next(&mut self) -> Signal {
        poll_fn(|context| {
            let ready = self.0.iter_mut().find_map(|(signal, source)| {
                matches!(source.poll_recv(context), Poll::Ready(Some(()))).then_some(*signal)
            });
            ready.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

/// The number by which the container is sent a signal.
pub(crate) fn signal_number(signal: Signal) -> u32 {
    signal.linux_number()
}

/// Has a process of ours lead a group of its own: what is typed at the terminal, which goes to the whole group of this
/// process, it gets from us alone.
pub(crate) fn lead_own_group(command: &mut Command) {
    command.process_group(0);
}

/// Passes a signal on to a process of ours: one that came to this process alone.
pub(crate) fn signal_child(child: &Child, signal: Signal) -> io::Result<()> {
    let number = signal.linux_number() as i32;
    let signal = rustix::process::Signal::from_named_raw(number).ok_or(io::ErrorKind::InvalidInput)?;
    rustix::process::kill_process(rustix::process::Pid::from_child(child), signal).map_err(at("kill"))
}

fn listen_to(signal: Signal) -> io::Result<unix::Signal> {
    unix::signal(SignalKind::from_raw(signal.linux_number() as i32)).map_err(at("sigaction"))
}

/// proc(5)'s status: `SigIgn:` and a mask, bit 0 for signal 1.
fn ignored_signals(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read() {
        assert_eq!(ignored_signals("Name:\tx\nSigIgn:\t0000000000000001\nSigCgt:\t0\n"), 1);
        assert_eq!(ignored_signals(""), 0);
    }
}
