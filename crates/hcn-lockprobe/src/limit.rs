//! A time limit on what may block in the kernel.
//!
//! A thread cannot be stopped: one that overstays is left behind, and ends with the process.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How it went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended<T> {
    /// In time.
    Done(T),
    /// It has not, and goes on.
    Hung,
    /// It panicked.
    Broke,
}

/// Does something on a thread of its own and waits so long for it.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Ended<T>> {
    let (sender, answer) = mpsc::channel();
    // Nobody listens any more where it took too long.
    thread::Builder::new().spawn(move || drop(sender.send(work())))?;
    Ok(match answer.recv_timeout(limit) {
        Ok(done) => Ended::Done(done),
        Err(RecvTimeoutError::Timeout) => Ended::Hung,
        Err(RecvTimeoutError::Disconnected) => Ended::Broke,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_in_time_is_answered() {
        assert_eq!(within(Duration::from_secs(60), || 7).unwrap(), Ended::Done(7));
    }

    #[test]
    fn what_blocks_is_left_behind() {
        let (holder, held) = mpsc::channel::<()>();
        let blocked = within(Duration::from_millis(1), move || held.recv().is_ok());
        assert_eq!(blocked.unwrap(), Ended::Hung);
        drop(holder);
    }
}
