//! What a run hears from outside: signals, and the end of its time.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::sys::{Signal, Signals};

/// Something that a run hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A signal came.
    Signal(Signal),
    /// The time limit of this length is over. Said once.
    TimeIsUp(Duration),
}

/// The events of one run, from [`Events::listen`] on.
#[derive(Debug)]
pub(crate) struct Events {
    signals: Signals,
    limit: Option<(Duration, Instant)>,
}

impl Events {
    /// Starts to listen. From now on signals do not end the process by themselves.
    pub(crate) fn listen(limit: Option<Duration>) -> io::Result<Self> {
        // A limit beyond what can be counted is none.
        let end = |length| Some((length, Instant::now().checked_add(length)?));
        Ok(Self { signals: Signals::listen()?, limit: limit.and_then(end) })
    }

    /// The next one. Giving up the wait loses none.
    pub(crate) async fn next(&mut self) -> Event {
        let Some((length, end)) = self.limit else { return Event::Signal(self.signals.next().await) };
        tokio::select! {
            signal = self.signals.next() => Event::Signal(signal),
            () = sleep_until(end) => {
                self.limit = None;
                Event::TimeIsUp(length)
            }
        }
    }
}
