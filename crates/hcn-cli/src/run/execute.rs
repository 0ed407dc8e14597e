//! One run from its plan to its exit code: make everything, start, wait, unmake everything.
//!
//! Signals are heard from the start on. While things are being made, TERM, INT, HUP and QUIT ask for an early end, and
//! so does the end of the run's time: the steps under way are finished, no other is begun, everything is unmade, and
//! the exit code is 128 + the signal. Whoever asks in the journal, as `hcn stop` does, counts as a TERM. Once the
//! container runs signals are its own, see [`life`]. They do not end the clean-up, which has its own clock, a limit for each
//! call and each plugin; but after one a daemon that is away is not waited for, nor a commit, which takes as long as the
//! snapshot is large.

use std::path::Path;
use std::pin::pin;

use hcn_containerd::Client;

use super::draft;
use super::event::{Events, Limit};
use super::folder::RunFolder;
use super::host::{Machine, Stop, refused};
use super::keeper::Front;
use super::life;
use super::plan::Plan;
use super::presence;
use super::pulling::Pulling;
use super::report::Report;
use super::stdio::Streams;
use super::undo::{self, Begun, Made};
use crate::Failure;
use crate::exit::Exit;
use crate::output;

/// How a run ended.
#[derive(Debug)]
#[must_use]
pub(crate) struct Outcome {
    /// The exit code: the container's own, or one of hcn's when it never ran or its output was cut.
    pub(crate) code: u32,
    /// What failed, first cause first; also when the container ran and only the clean-up had failures.
    pub(crate) failures: Vec<Failure>,
}

/// How a run is to be done, beyond what it makes.
#[derive(Debug)]
pub(crate) struct Conduct<'a> {
    /// Where the runs' folders are.
    pub(crate) state: &'a Path,
    /// How long it may take, without the clean-up; the clock runs already.
    pub(crate) limit: Option<Limit>,
    /// Where the process's id is written.
    pub(crate) pid_file: Option<&'a Path>,
    /// Where the finished spec is written.
    pub(crate) dump: Option<&'a Path>,
    /// Who started this keeper, and waits until the container runs.
    pub(crate) front: Option<Front>,
    /// What is told of it at its end.
    pub(crate) report: &'a Report,
    /// What it hears, where something listens already.
    pub(crate) events: Option<Events>,
    /// What was pulled for it, and the journal that this began. Taken once all of it is the plan's.
    pub(crate) pulling: &'a mut Option<Pulling>,
}

/// Runs the plan. What it made is unmade on every way out; when something could not be, its folder stays, and says
/// what is left.
pub(crate) async fn execute(plan: &Plan, client: Client, conduct: Conduct<'_>) -> Outcome {
    let Conduct { state, pid_file, dump, report, .. } = conduct;
    match prepare(plan, conduct) {
        Ok((events, folder)) => {
            run(plan, client, folder, Surroundings { events, state, pid_file, dump, report }).await
        }
        Err(failure) => Outcome { code: failure.exit.code(), failures: vec![failure] },
    }
}

/// Listens, then makes the folder: nothing is made that a signal could leave behind.
fn prepare(plan: &Plan, conduct: Conduct<'_>) -> Result<(Events, RunFolder), Failure> {
    let deaf = |error| Failure::run(format!("cannot listen to signals: {error}"));
    let mut events = conduct.events.map_or_else(|| Events::listen(conduct.limit), Ok).map_err(deaf)?;
    if conduct.front.is_some() {
        events.hear(conduct.front);
    }
    // Held until the journal says so.
    let _claim = presence::claim_snapshot(conduct.state, plan)?;
    let folder = journal(plan, conduct.state, conduct.pulling);
    let folder = folder.map_err(|why| unwritable(conduct.state, &why))?;
    events.watch(folder.path());
    Ok((events, folder))
}

/// A new one, or that of the pull goes on.
fn journal(plan: &Plan, state: &Path, pulling: &mut Option<Pulling>) -> std::io::Result<RunFolder> {
    if let Some(begun) = pulling {
        begun.replan(plan)?;
    }
    pulling.take().map_or_else(|| RunFolder::create(state, plan), |begun| Ok(begun.into_folder()))
}

/// There can be no journal, and so no run.
pub(super) fn unwritable(state: &Path, why: &std::io::Error) -> Failure {
    refused(format_args!("write the run's journal below `{}`", state.display()), why)
}

/// What a run has to do with beside its plan.
struct Surroundings<'a> {
    events: Events,
    state: &'a Path,
    pid_file: Option<&'a Path>,
    dump: Option<&'a Path>,
    report: &'a Report,
}

async fn run(plan: &Plan, client: Client, folder: RunFolder, around: Surroundings<'_>) -> Outcome {
    let Surroundings { mut events, state, pid_file, dump, report } = around;
    let machine = Machine::new(client, &folder).dumping(dump);
    let Made { begun, mut failures } = make(&machine, plan, &mut events).await;
    events.watch_no_more();
    report.phase("make");
    let code = match machine.stopped_by() {
        Some(stop) => {
            let cause = Failure::from(stop);
            if failures.first() != Some(&cause) {
                failures.insert(0, cause);
            }
            stop.code()
        }
        None if failures.is_empty() => {
            let started = |events: &mut Events, pid| started(plan, (state, pid_file), events, pid);
            let lived = live(&machine, plan, &mut events, started).await;
            report.phase("run");
            lived.unwrap_or_else(|failure| {
                failures.push(failure);
                first_code(&failures)
            })
        }
        None => first_code(&failures),
    };
    if machine.stopped_by().is_some() {
        machine.give_up_an_absent_daemon().await;
    }
    let left = clean_up(&machine, plan, begun, &mut events).await;
    let code = if machine.failed_to_commit() { Exit::Run.code() } else { code };
    machine.report(report);
    let hurried = machine.is_hurried();
    report.phase("clean_up");
    let streams = machine.take_streams();
    if plan.detached {
        // Whoever waits until nothing is left, as `hcn stop` does, finds the exit code. It is written once more, whole.
        report.write(code).unwrap_or_else(output::error);
    }
    failures.extend(close(folder, left));
    let cut = write_out(streams, &mut events, hurried).await;
    let code = if cut.is_empty() { code } else { Exit::Run.code() };
    failures.extend(cut);
    Outcome { code, failures }
}

/// Never drops the making: an event only keeps it from beginning more.
async fn make(machine: &Machine<'_>, plan: &Plan, events: &mut Events) -> Made<Failure> {
    let mut making = pin!(undo::make(machine, plan));
    loop {
        tokio::select! {
            biased;
            made = &mut making => return made,
            // Other signals could mean nothing yet to anybody.
            stop = events.stop() => machine.stop(stop),
        }
    }
}

/// Unmakes everything; one who asks for an end has what may take long given up.
async fn clean_up(machine: &Machine<'_>, plan: &Plan, begun: Begun, events: &mut Events) -> Vec<Failure> {
    let mut unmaking = pin!(undo::undo(machine, plan, begun));
    loop {
        tokio::select! {
            biased;
            left = &mut unmaking => return left,
            () = asked_to_end(events), if !machine.is_hurried() => machine.hurry(),
        }
    }
}

async fn live(
    machine: &Machine<'_>,
    plan: &Plan,
    events: &mut Events,
    started: impl FnOnce(&mut Events, u32) -> Result<(), Failure>,
) -> Result<u32, Failure> {
    if plan.takes_our_terminal() {
        let deaf = |error| Failure::run(format!("cannot follow the terminal's size: {error}"));
        events.follow_terminal().map_err(deaf)?;
    }
    let lived = life::live(machine.client(), plan, events, started).await;
    match lived {
        Ok(code) => machine.process_ended(code),
        Err(_) => machine.give_up_an_absent_daemon().await,
    }
    lived
}

/// The process runs: whoever waits for that is told.
fn started(
    plan: &Plan,
    (state, pid_file): (&Path, Option<&Path>),
    events: &mut Events,
    pid: u32,
) -> Result<(), Failure> {
    if let Some(file) = pid_file {
        let failed = |error| {
            Failure::run(format!(
                "cannot write the process id to `{}`: {error}; choose another file",
                file.display()
            ))
        };
        // The number alone, as ctr writes it. Whoever waits for the file finds it whole.
        draft::put_for_readers(state, file, pid.to_string().as_bytes()).map_err(failed)?;
    }
    match events.take_front() {
        Some(front) => front.started(&plan.container),
        None => Ok(()),
    }
}

fn first_code(failures: &[Failure]) -> u32 {
    failures.first().map_or(Exit::Run, |first| first.exit).code()
}

/// The rest of the output, as far as somebody takes it. Everything else is unmade by now, so a signal to end ends it,
/// also one that came before; the end of the run's time does not, for the container ended within it. Answers why some
/// could not be written.
async fn write_out(streams: Option<Streams>, events: &mut Events, hurried: bool) -> Vec<Failure> {
    let Some(mut streams) = streams else { return Vec::new() };
    tokio::select! {
        biased;
        cut = streams.written() => cut,
        () = async { if !hurried { asked_to_end(events).await } } => Vec::new(),
    }
}

async fn asked_to_end(events: &mut Events) {
    while let Stop::TimeIsUp(_) = events.stop().await {}
}

/// The folder goes when nothing is left; else it stays, and is named behind what failed.
pub(super) fn close(folder: RunFolder, mut left: Vec<Failure>) -> Vec<Failure> {
    let place = folder.path().display().to_string();
    if left.is_empty() {
        let failed = |error| Failure::run(format!("cannot remove the run's journal `{place}`: {error}"));
        return folder.remove().map_err(failed).err().into_iter().collect();
    }
    left.push(Failure::run(format!(
        "not everything could be unmade: what is left is noted in `{place}`; `hcn gc` tries again"
    )));
    left
}
