//! What a run hears from outside: signals, and the end of its time.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::keeper::Front;
use crate::sys::{Signal, Signals, Size, Sizes};

/// Something that a run hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// A signal came.
    Signal(Signal),
    /// The time limit of this length is over. Said once.
    TimeIsUp(Duration),
    /// Our terminal has another size.
    Resized(Size),
}

/// The events of one run, from [`Events::listen`] on.
#[derive(Debug)]
pub(crate) struct Events {
    signals: Signals,
    limit: Option<(Duration, Instant)>,
    sizes: Option<Sizes>,
    front: Option<Front>,
}

impl Events {
    /// Starts to listen. From now on signals do not end the process by themselves.
    pub(crate) fn listen(limit: Option<Duration>) -> io::Result<Self> {
        // A limit beyond what can be counted is none.
        let end = |length| Some((length, Instant::now().checked_add(length)?));
        Ok(Self { signals: Signals::listen()?, limit: limit.and_then(end), sizes: None, front: None })
    }

    /// From now on what the front of this keeper passes on counts as signals, its end as a hang-up.
    pub(crate) fn hear(&mut self, front: Option<Front>) {
        self.front = front;
    }

    /// From now on the front is not heard any more.
    pub(crate) fn take_front(&mut self) -> Option<Front> {
        self.front.take()
    }

    /// From now on the terminal's sizes are heard too.
    pub(crate) fn follow_terminal(&mut self) -> io::Result<()> {
        self.sizes = Some(Sizes::listen()?);
        Ok(())
    }

    /// The next one. Giving up the wait loses none.
    pub(crate) async fn next(&mut self) -> Event {
        tokio::select! {
            signal = self.signals.next() => Event::Signal(signal),
            length = end_of(self.limit) => {
                self.limit = None;
                Event::TimeIsUp(length)
            }
            size = next_of(&mut self.sizes, Sizes::next) => Event::Resized(size),
            signal = next_of(&mut self.front, Front::next) => Event::Signal(signal),
        }
    }
}

/// Waits for the end of the time; for ever where there is none.
async fn end_of(limit: Option<(Duration, Instant)>) -> Duration {
    match limit {
        Some((length, end)) => {
            sleep_until(end).await;
            length
        }
        None => std::future::pending().await,
    }
}

/// Waits for the next of what a source has; for ever where there is no source.
async fn next_of<'a, S, T>(source: &'a mut Option<S>, next: impl AsyncFnOnce(&'a mut S) -> T) -> T {
    match source {
        Some(source) => next(source).await,
        None => std::future::pending().await,
    }
}
