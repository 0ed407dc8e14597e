//! The life of a container's process: started, sent signals, waited for.
//!
//! Signals are passed on as they come. A second TERM or INT (a second Ctrl-C, or a TERM after an INT) kills, and so
//! does the end of the grace that the first TERM gives: the first process of a container ignores a TERM that it has no
//! handler for. While the daemon is away they wait, and the grace begins once the TERM has arrived.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use hcn_containerd::{Client, ErrorKind, Process, Status};
use tokio::time::{Instant, sleep, sleep_until};

use super::absence::{AGAIN, Absence};
use super::event::{Event, Events};
use super::exit_code::exit_of;
use super::host::{Stop, task_failure};
use super::plan::Plan;
use crate::Failure;
use crate::sys::{self, GRACE, Signal, Size, signal_number};

/// How long a killed process may take to be gone before it is killed again.
const DEATH: Duration = Duration::from_secs(5);

/// How often it is killed.
const MOST_KILLS: usize = 6;

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
    let pid = start(client, plan, events).await.map_err(|error| task_failure(plan, &error))?;
    resize(client, plan, sys::terminal_size()).await;
    started(events, pid)?;
    if let Poll::Ready(ended) = early {
        return ended;
    }
    let (mut end, mut waiting) = (End::default(), Waiting::default());
    loop {
        tokio::select! {
            ended = &mut exit => return end.late.map_or(ended, |late| Err(late.into())),
            event = events.next() => match event {
                Event::Resized(size) => resize(client, plan, Some(size)).await,
                Event::Signal(signal) => waiting.push(end.passed_on(signal)),
                Event::TimeIsUp(limit) => waiting.push(end.late(limit)),
            },
            () = end.grace() => match end.over() {
                Some(signal) => waiting.push(signal),
                None => return Err(end.first_cause(undying(plan))),
            },
            () = waiting.again() => {}
        }
        while let Some(signal) = waiting.first() {
            if !send(client, plan, signal).await.map_err(|why| end.first_cause(why))? {
                break;
            }
            end.arrived(signal, Instant::now());
            waiting.0.pop_front();
        }
    }
}

/// Starts it. A daemon that went away meanwhile may have done so all the same: it is asked once it is back, unless
/// somebody asks for an end.
async fn start(client: &Client, plan: &Plan, events: &mut Events) -> hcn_containerd::Result<u32> {
    match client.tasks().start(&plan.container).await {
        Err(lost) if lost.kind() == ErrorKind::Unavailable => tokio::select! {
            biased;
            _ = events.stop() => Err(lost),
            answer = start_once_back(client, plan) => answer.unwrap_or(Err(lost)),
        },
        answer => answer,
    }
}

/// Starts it if it was not; nothing where the daemon stays away, or knows no such task.
async fn start_once_back(client: &Client, plan: &Plan) -> Option<hcn_containerd::Result<u32>> {
    let mut absence = Absence::default();
    loop {
        sleep(AGAIN).await;
        match task_once_back(client, plan, &mut absence).await {
            Ok(process) if process.status() == Status::Created => {}
            Ok(process) => return Some(Ok(process.pid)),
            Err(_) => return None,
        }
        let asked = Instant::now();
        match client.tasks().start(&plan.container).await {
            Err(error)
                if error.kind() == ErrorKind::Unavailable && absence.may_end(asked, Instant::now()) => {}
            answer => return Some(answer),
        }
    }
}

/// The task, from a daemon that is away, once that is back.
async fn task_once_back(
    client: &Client,
    plan: &Plan,
    absence: &mut Absence,
) -> hcn_containerd::Result<Process> {
    loop {
        let asked = Instant::now();
        match client.tasks().get(&plan.container).await {
            Err(error)
                if error.kind() == ErrorKind::Unavailable && absence.may_end(asked, Instant::now()) =>
            {
                sleep(AGAIN).await;
            }
            answer => return answer,
        }
    }
}

/// Signals that have not arrived yet, in the order in which they came.
#[derive(Debug, Default)]
struct Waiting(VecDeque<Signal>);

impl Waiting {
    /// Behind the others; what is to be killed needs no other.
    fn push(&mut self, signal: Signal) {
        if signal == Signal::Kill {
            self.0.clear();
        }
        self.0.push_back(signal);
    }

    fn first(&self) -> Option<Signal> {
        self.0.front().copied()
    }

    /// Waits until the first is to be sent again; for ever where there is none.
    async fn again(&self) {
        match self.0.is_empty() {
            false => sleep(AGAIN).await,
            true => std::future::pending().await,
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

/// Sends a signal, and answers whether that is done with: not while the daemon is away, or is stopping. Only when it was to
/// be killed, and the daemon is away, is there nothing to wait for. Another failure leaves everything as it is: the
/// process is gone, or the next signal tries again.
async fn send(client: &Client, plan: &Plan, signal: Signal) -> Result<bool, Failure> {
    let Err(error) = client.tasks().kill(&plan.container, signal_number(signal)).await else {
        return Ok(true);
    };
    let away = error.kind() == ErrorKind::Unavailable;
    if away && signal == Signal::Kill {
        return Err(Failure::run(error));
    }
    let again = away || error.shim_is_gone();
    tracing::warn!(?signal, %error, again, "a signal was not passed on");
    Ok(!again)
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
    fn late(&mut self, limit: Duration) -> Signal {
        self.late = Some(Stop::TimeIsUp(limit));
        Signal::Kill
    }

    /// What to send to the container for what was heard.
    fn passed_on(&mut self, signal: Signal) -> Signal {
        match signal {
            Signal::Term | Signal::Int if self.asked => Signal::Kill,
            Signal::Term | Signal::Int => {
                self.asked = true;
                signal
            }
            Signal::Hup | Signal::Quit | Signal::Usr1 | Signal::Usr2 | Signal::Kill => signal,
        }
    }

    /// It had its time; none where it was killed often enough, and lives on.
    fn over(&mut self) -> Option<Signal> {
        self.grace = None;
        (self.kills < MOST_KILLS).then_some(Signal::Kill)
    }

    /// It was sent. A kill may be lost all the same, with the daemon that was to pass it on: it is sent again while the
    /// process lives.
    fn arrived(&mut self, signal: Signal, now: Instant) {
        match signal {
            Signal::Kill => {
                self.kills += 1;
                self.grace = Some(now + DEATH);
            }
            Signal::Term => self.grace = Some(now + GRACE),
            _ => {}
        }
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
    fn the_second_request_to_end_kills() {
        for first in [Signal::Term, Signal::Int] {
            for second in [Signal::Term, Signal::Int] {
                let mut end = End::default();
                assert_eq!(end.passed_on(first), first);
                assert_eq!(end.passed_on(second), Signal::Kill);
            }
        }
    }

    #[test]
    fn what_waits_for_the_daemon_keeps_its_order_until_a_kill_takes_its_place() {
        let mut waiting = Waiting::default();
        [Signal::Hup, Signal::Term].into_iter().for_each(|signal| waiting.push(signal));
        assert_eq!((waiting.first(), waiting.0.len()), (Some(Signal::Hup), 2));
        waiting.push(Signal::Kill);
        assert_eq!((waiting.first(), waiting.0.len()), (Some(Signal::Kill), 1));
    }

    #[test]
    fn other_signals_are_the_containers_own() {
        let mut end = End::default();
        for signal in [Signal::Hup, Signal::Quit, Signal::Usr1, Signal::Usr2, Signal::Usr1, Signal::Hup] {
            assert_eq!(end.passed_on(signal), signal);
            end.arrived(signal, Instant::now());
        }
        assert_eq!((end.asked, end.grace), (false, None));
    }

    #[test]
    fn the_end_of_the_time_kills_and_is_remembered() {
        let mut end = End::default();
        assert_eq!(end.late(GRACE), Signal::Kill);
        assert_eq!(end.late, Some(Stop::TimeIsUp(GRACE)));
    }

    #[test]
    fn what_was_killed_is_killed_again_until_that_is_vain() {
        let now = Instant::now();
        let mut end = End::default();
        assert_eq!(end.late(GRACE), Signal::Kill);
        for _ in 1..MOST_KILLS {
            end.arrived(Signal::Kill, now);
            assert_eq!(end.over(), Some(Signal::Kill));
        }
        end.arrived(Signal::Kill, now);
        assert_eq!(end.over(), None);
        assert_eq!(end.first_cause(Failure::run("it lives on")), Failure::from(Stop::TimeIsUp(GRACE)));
    }

    #[test]
    fn a_term_that_arrived_gives_a_grace_and_an_int_does_not() {
        let now = Instant::now();
        let mut end = End::default();
        end.passed_on(Signal::Term);
        assert_eq!(end.grace, None, "it may be on its way to a daemon that is away");
        end.arrived(Signal::Term, now);
        assert_eq!(end.grace, Some(now + GRACE));
        assert_eq!((end.over(), end.grace), (Some(Signal::Kill), None), "then it kills");
        end.arrived(Signal::Kill, now);
        assert_eq!(end.grace, Some(now + DEATH));
        let mut end = End::default();
        end.passed_on(Signal::Int);
        end.arrived(Signal::Int, now);
        assert_eq!(end.grace, None, "a prompt may well go on after a Ctrl-C");
    }
}
