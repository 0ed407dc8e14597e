//! Seeing to a running process: its input is written, its output kept, its end noticed, all at once.

use std::io;
use std::time::Instant;

/// What sees to one process.
pub(super) trait Attend {
    /// Until it ended, wrote more than it may, or the time is up.
    fn until_end(&mut self, deadline: Instant) -> io::Result<Ended>;

    /// Until both output streams ended or the time is up: a child that it left running may hold them.
    fn drain(&mut self, deadline: Instant) -> Ended;

    /// Its standard output and error, as far as they came.
    fn kept(self: Box<Self>) -> (Vec<u8>, Vec<u8>);
}

/// How the wait for a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The process itself ended; its children need not have.
    ByItself,
    /// The time was up.
    TimedOut,
    /// It wrote more than it may.
    TooMuch,
}

/// Which part of a stream is kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keep {
    /// The first bytes; more are too many.
    Start(usize),
    /// The last bytes.
    End(usize),
}

impl Keep {
    /// Takes what came. Is it still as much as it may be?
    pub(super) fn take(self, came: &[u8], kept: &mut Vec<u8>) -> bool {
        kept.extend_from_slice(came);
        let length = kept.len();
        match self {
            Self::Start(limit) => length <= limit,
            Self::End(limit) => {
                drop(kept.drain(..length.saturating_sub(limit)));
                true
            }
        }
    }
}
