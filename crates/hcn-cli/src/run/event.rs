//! What a run hears from outside: signals, and the end of its time.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::host::Stop;
use super::keeper::Front;
use super::progress::is_asked_to_end;
use crate::Failure;
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

/// How long a command may take, and when that is over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    length: Duration,
    end: Instant,
}

impl Limit {
    /// A limit whose clock starts now. One beyond what can be counted is none.
    pub(crate) fn from_now(length: Duration) -> Option<Self> {
        Some(Self { length, end: Instant::now().checked_add(length)? })
    }

    /// Does something that may be given up, within the limit where there is one.
    pub(crate) async fn keep<T>(
        limit: Option<Self>,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(Self { length, end }) = limit else { return work.await };
        timeout_at(end, work).await.unwrap_or_else(|_| Err(Stop::TimeIsUp(length).into()))
    }
}

/// How often it is looked whether somebody asked for the run's end.
const LOOK: Duration = Duration::from_millis(50);

/// The events of one run, from [`Events::listen`] on.
#[derive(Debug)]
pub(crate) struct Events {
    signals: Signals,
    limit: Option<Limit>,
    sizes: Option<Sizes>,
    front: Option<Front>,
    journal: Option<PathBuf>,
}

impl Events {
    /// Starts to listen. From now on signals do not end the process by themselves.
    pub(crate) fn listen(limit: Option<Limit>) -> io::Result<Self> {
        Ok(Self { signals: Signals::listen()?, limit, sizes: None, front: None, journal: None })
    }

    /// From now on what the front of this keeper passes on counts as signals, its end as a hang-up.
    pub(crate) fn hear(&mut self, front: Option<Front>) {
        self.front = front;
    }

    /// From now on the front is not heard any more.
    pub(crate) fn take_front(&mut self) -> Option<Front> {
        self.front.take()
    }

    /// From now on who asks in this journal for the run's end counts as a TERM.
    pub(crate) fn watch(&mut self, journal: &Path) {
        self.journal = Some(journal.to_owned());
    }

    /// From now on nobody is heard who asks there: what runs is sent signals.
    pub(crate) fn watch_no_more(&mut self) {
        self.journal = None;
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
            () = asked_to_end(self.journal.as_deref()) => {
                self.journal = None;
                Event::Signal(Signal::Term)
            }
        }
    }

    /// The next one that asks for an end. Giving up the wait loses none.
    pub(crate) async fn stop(&mut self) -> Stop {
        loop {
            match self.next().await {
                Event::Signal(Signal::Usr1 | Signal::Usr2) | Event::Resized(_) => {}
                Event::Signal(signal) => return Stop::Signal(signal),
                Event::TimeIsUp(limit) => return Stop::TimeIsUp(limit),
            }
        }
    }
}

/// Waits for the end of the time; for ever where there is none.
async fn end_of(limit: Option<Limit>) -> Duration {
    match limit {
        Some(Limit { length, end }) => {
            sleep_until(end).await;
            length
        }
        None => std::future::pending().await,
    }
}

/// Waits until somebody asks for the end; for ever where nobody is heard.
async fn asked_to_end(journal: Option<&Path>) {
    let Some(journal) = journal else { return std::future::pending().await };
    while !is_asked_to_end(journal) {
        sleep(LOOK).await;
    }
}

/// Waits for the next of what a source has; for ever where there is no source.
async fn next_of<'a, S, T>(source: &'a mut Option<S>, next: impl AsyncFnOnce(&'a mut S) -> T) -> T {
    match source {
        Some(source) => next(source).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::timeout;

    use super::*;
    use crate::run::progress::{Progress, ask_to_end};

    fn run<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
    }

    #[test]
    fn what_never_ends_is_given_up_when_its_time_is_over() {
        let given_up = run(async {
            let limit = Limit::from_now(Duration::from_millis(1));
            Limit::keep(limit, pending::<Result<(), Failure>>()).await.unwrap_err()
        });
        insta::assert_snapshot!(given_up, @"stopped: the 1ms of --timeout are over");
    }

    #[test]
    fn who_asks_in_the_journal_for_the_end_is_heard_once() {
        let journal = tempfile::tempdir().unwrap();
        let _progress = Progress::open(journal.path()).unwrap();
        ask_to_end(journal.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut events = Events::listen(Limit::from_now(Duration::ZERO)).unwrap();
            assert_eq!(events.next().await, Event::TimeIsUp(Duration::ZERO), "nobody listens there yet");
            events.watch(journal.path());
            assert_eq!(events.next().await, Event::Signal(Signal::Term));
            assert!(timeout(LOOK * 3, events.next()).await.is_err(), "it was heard");
            events.watch(journal.path());
            events.watch_no_more();
            assert!(timeout(LOOK * 3, events.next()).await.is_err(), "nobody listens there any more");
        });
    }

    #[test]
    fn a_limit_that_cannot_be_counted_is_none() {
        assert!(run(async { Limit::from_now(Duration::MAX) }).is_none());
    }
}
