//! The life of a container's process: started, sent signals, waited for.
//!
//! Signals are passed on as they come. A second TERM or INT (a second Ctrl-C, or a TERM after an INT) kills, and so
//! does the end of the grace that the first TERM gives: the first process of a container ignores a TERM that it has no
//! handler for.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use hcn_containerd::{Client, ErrorKind};
use tokio::time::{Instant, sleep, sleep_until};

use super::event::{Event, Events};
use super::host::{Stop, task_failure};
use super::plan::Plan;
use crate::Failure;
use crate::sys::{self, GRACE, Signal, Size, signal_number};

/// How long a killed process may take to be gone before it is killed again.
const DEATH: Duration = Duration::from_secs(5);

/// How often it is killed.
const MOST_KILLS: usize = 6;

/// How long a daemon may be away: the container lives on while it restarts.
const DAEMON_AWAY: Duration = Duration::from_secs(120);

/// How often a daemon that is away is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// How often a daemon is asked again that has lost the task's shim: it gives the task up, or it was stopping itself and
/// finds the shim again.
const MOST_LOST: u32 = 50;

/// A wait that lasted this long had reached a daemon: what ends it is the beginning of another absence.
const REACHED: Duration = Duration::from_secs(10);

/// Starts the task that the plan made and answers its exit code. Once the process runs, `started` hears its id.
pub(crate) async fn live(
    client: &Client,
    plan: &Plan,
    events: &mut Events,
    started: impl FnOnce(&mut Events, u32) -> Result<(), Failure>,
) -> Result<u32, Failure> {
    let mut exit = pin!(exit_of(client, plan));
    // The first poll sends the request: the daemon has it before the process can end.
    let early = poll_fn(|context| Poll::Ready(exit.as_mut().poll(context))).await;
    // A program that looks at its terminal at once sees the size already; shims that do not take it now take it then.
    resize(client, plan, sys::terminal_size()).await;
    let pid = client.tasks().start(&plan.container).await.map_err(|error| task_failure(plan, &error))?;
    resize(client, plan, sys::terminal_size()).await;
    started(events, pid)?;
    if let Poll::Ready(ended) = early {
        return ended;
    }
    let mut end = End::default();
    loop {
        tokio::select! {
            ended = &mut exit => return end.late.map_or(ended, |late| Err(late.into())),
            event = events.next() => {
                let signal = match event {
                    Event::Resized(size) => {
                        resize(client, plan, Some(size)).await;
                        continue;
                    }
                    Event::Signal(signal) => end.passed_on(signal, Instant::now()),
                    Event::TimeIsUp(limit) => end.late(limit, Instant::now()),
                };
                send(client, plan, signal).await.map_err(|why| end.first_cause(why))?;
            }
            () = end.grace() => match end.over(Instant::now()) {
                Some(signal) => send(client, plan, signal).await.map_err(|why| end.first_cause(why))?,
                None => return Err(end.first_cause(undying(plan))),
            },
        }
    }
}

/// The container's terminal gets the size of ours, if it is ours that it is shown on. A process that is gone has none.
async fn resize(client: &Client, plan: &Plan, size: Option<Size>) {
    let Some(Size { columns, lines }) = size.filter(|_| plan.takes_our_terminal()) else { return };
    let resized = client.tasks().resize_pty(&plan.container, columns.into(), lines.into()).await;
    if let Err(error) = resized {
        tracing::debug!(%error, "the terminal's size was not passed on");
    }
}

/// Waits for the exit code. That the daemon went away is no exit: it is asked again; by a keeper for as long as it
/// takes, for nobody is there whom a failure could tell anything.
async fn exit_of(client: &Client, plan: &Plan) -> Result<u32, Failure> {
    let mut absence = Absence { patient: plan.detached, ..Absence::default() };
    let mut lost = 0;
    loop {
        let asked = Instant::now();
        match client.tasks().wait(&plan.container).await {
            Ok(exit) => return Ok(exit.status),
            Err(error)
                if error.kind() == ErrorKind::Unavailable && absence.may_end(asked, Instant::now()) =>
            {
                sleep(AGAIN).await;
            }
            Err(error) if error.shim_is_gone() && lost < MOST_LOST => {
                lost += 1;
                sleep(AGAIN).await;
            }
            Err(_) if lost > 0 => return Err(shim_died(plan)),
            Err(error) => return Err(Failure::run(error)),
        }
    }
}

/// Nobody else knows how its process ended.
fn shim_died(plan: &Plan) -> Failure {
    Failure::run(format!(
        "cannot learn how container `{}` ended: its shim died, and the exit code with it; look at containerd's log",
        plan.container
    ))
}

/// How long the daemon has been away.
#[derive(Debug, Default)]
struct Absence {
    since: Option<Instant>,
    patient: bool,
}

impl Absence {
    /// A wait that was sent at `asked` failed `now`: is it worth another one?
    fn may_end(&mut self, asked: Instant, now: Instant) -> bool {
        if now - asked >= REACHED {
            self.since = None;
        }
        self.patient || now - *self.since.get_or_insert(now) <= DAEMON_AWAY
    }
}

/// That a signal does not arrive leaves everything as it is: the process is gone, or the next signal tries again. Only
/// when it was to be killed, and the daemon is away, is there nothing to wait for.
async fn send(client: &Client, plan: &Plan, signal: Signal) -> Result<(), Failure> {
    match client.tasks().kill(&plan.container, signal_number(signal)).await {
        Err(error) if signal == Signal::Kill && error.kind() == ErrorKind::Unavailable => {
            Err(Failure::run(error))
        }
        Err(error) => {
            tracing::warn!(?signal, %error, "a signal was not passed on");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// What killing does not end waits for something in the kernel.
fn undying(plan: &Plan) -> Failure {
    Failure::run(format!(
        "cannot end container `{}`: it was killed {MOST_KILLS} times and still runs; look at containerd's log",
        plan.container
    ))
}

/// How far the process was asked to end.
#[derive(Debug, Default)]
struct End {
    asked: bool,
    /// When it is killed, or killed again.
    grace: Option<Instant>,
    kills: usize,
    late: Option<Stop>,
}

impl End {
    /// What to send to the container when its time is over.
    fn late(&mut self, limit: Duration, now: Instant) -> Signal {
        self.late = Some(Stop::TimeIsUp(limit));
        self.kill(now)
    }

    /// What to send to the container for what was heard.
    fn passed_on(&mut self, signal: Signal, now: Instant) -> Signal {
        match signal {
            Signal::Term | Signal::Int if self.asked => self.kill(now),
            Signal::Term | Signal::Int => {
                self.asked = true;
                self.grace = (signal == Signal::Term).then(|| now + GRACE);
                signal
            }
            Signal::Hup | Signal::Quit | Signal::Usr1 | Signal::Usr2 | Signal::Kill => signal,
        }
    }

    /// It had its time; none where it was killed often enough, and lives on.
    fn over(&mut self, now: Instant) -> Option<Signal> {
        (self.kills < MOST_KILLS).then(|| self.kill(now))
    }

    /// A kill may be lost, with the daemon that was to pass it on: it is sent again while the process lives.
    fn kill(&mut self, now: Instant) -> Signal {
        self.kills += 1;
        self.grace = Some(now + DEATH);
        Signal::Kill
    }

    /// That its time is over is the first cause of all that follows.
    fn first_cause(&self, why: Failure) -> Failure {
        self.late.map_or(why, Failure::from)
    }

    /// Waits for the end of the grace; for ever where there is none.
    async fn grace(&self) {
        match self.grace {
            Some(end) => sleep_until(end).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_may_be_away_often_but_not_for_long() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut absence = Absence::default();
        assert!(absence.may_end(at(0), at(3600)), "it was there for an hour");
        assert!(absence.may_end(at(3601), at(3601)), "and is away for a second");
        assert!(absence.may_end(at(3602), at(7200)), "then for an hour it was there again");
        assert!(absence.may_end(at(7320), at(7320)));
        assert!(!absence.may_end(at(7321), at(7321)), "it stays away");
    }

    #[test]
    fn a_keeper_waits_for_its_daemon_for_ever() {
        let start = Instant::now();
        let mut absence = Absence { patient: true, ..Absence::default() };
        assert!((0..1000).all(|hour| {
            let now = start + Duration::from_secs(hour * 3600);
            absence.may_end(now, now)
        }));
    }

    #[test]
    fn the_second_request_to_end_kills() {
        for first in [Signal::Term, Signal::Int] {
            for second in [Signal::Term, Signal::Int] {
                let mut end = End::default();
                assert_eq!(end.passed_on(first, Instant::now()), first);
                assert_eq!(end.passed_on(second, Instant::now()), Signal::Kill);
            }
        }
    }

    #[test]
    fn other_signals_are_the_containers_own() {
        let mut end = End::default();
        for signal in [Signal::Hup, Signal::Quit, Signal::Usr1, Signal::Usr2, Signal::Usr1, Signal::Hup] {
            assert_eq!(end.passed_on(signal, Instant::now()), signal);
        }
        assert!(!end.asked);
    }

    #[test]
    fn the_end_of_the_time_kills_and_is_remembered() {
        let mut end = End::default();
        assert_eq!(end.late(GRACE, Instant::now()), Signal::Kill);
        assert_eq!(end.late, Some(Stop::TimeIsUp(GRACE)));
    }

    #[test]
    fn what_was_killed_is_killed_again_until_that_is_vain() {
        let now = Instant::now();
        let mut end = End::default();
        assert_eq!(end.late(GRACE, now), Signal::Kill);
        for _ in 1..MOST_KILLS {
            assert_eq!(end.over(now), Some(Signal::Kill));
        }
        assert_eq!(end.over(now), None);
        assert_eq!(end.first_cause(Failure::run("it lives on")), Failure::from(Stop::TimeIsUp(GRACE)));
    }

    #[test]
    fn a_term_gives_a_grace_and_an_int_does_not() {
        let now = Instant::now();
        let mut end = End::default();
        end.passed_on(Signal::Term, now);
        assert_eq!(end.grace, Some(now + GRACE));
        assert_eq!((end.over(now), end.grace), (Some(Signal::Kill), Some(now + DEATH)), "then it kills");
        let mut end = End::default();
        end.passed_on(Signal::Int, now);
        assert_eq!(end.grace, None, "a prompt may well go on after a Ctrl-C");
    }
}
