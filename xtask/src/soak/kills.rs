//! Runs that are killed: at every point of theirs one after the other, and at random moments of their whole life, four
//! at a time. After one `hcn gc`, or the next `hcn run`, the host is as before, each time, and the strangers beside them
//! are untouched.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hcn_test::{Daemon, IMAGE, Output, Running};
use rustix::process::Signal;

use super::everything::{all_of, as_before};
use super::strangers::{Strangers, hcn};
use super::{Figures, Scale, containerd_2};
use crate::process;

/// More than a run has points.
pub(super) const POINTS: usize = 200;
const AT_A_TIME: usize = 4;

/// A daemon, the strangers, and all that is there.
pub(super) struct Field {
    pub(super) daemon: Daemon,
    strangers: Strangers,
    before: Vec<String>,
}

/// Who cleans up.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Gc,
    NextRun,
}

impl Field {
    fn new() -> Result<Self> {
        Self::with(Daemon::start()?)
    }

    /// With this daemon.
    pub(super) fn with(daemon: Daemon) -> Result<Self> {
        hcn(&daemon).args(["run", IMAGE, "first", "true"]).run().success();
        let mut strangers = Strangers::new(&daemon)?;
        strangers.check()?;
        let before = all_of(&daemon);
        Ok(Self { daemon, strangers, before })
    }

    /// Everything is as before once it was cleaned up.
    fn judge(&mut self, by: By, killed: &str) -> Result<()> {
        self.judge_after(by, killed, |_| {})
    }

    /// The same, once something that stays was removed.
    pub(super) fn judge_after(&mut self, by: By, killed: &str, remove: impl FnOnce(&Daemon)) -> Result<()> {
        let cleaned = match by {
            By::Gc => hcn(&self.daemon).arg("gc").run(),
            By::NextRun => hcn(&self.daemon).args(["run", IMAGE, "next", "true"]).run(),
        };
        let told = || format!("{killed}; then {by:?} said: {}", cleaned.snapshot());
        ensure!(cleaned.exit == 0, "{}", told());
        remove(&self.daemon);
        as_before(&self.daemon, &self.before).with_context(told)?;
        self.strangers.check().with_context(told)
    }

    pub(super) fn end(self, figures: &mut Figures) -> Result<()> {
        figures.add("names compared each time", self.before.len());
        figures.add("answered ping each time", self.strangers.end(&self.daemon)?);
        Ok(())
    }
}

/// Kills a run at each of its points; each of them twice, for each way to clean up.
pub(super) fn steps(scale: &Scale, figures: &mut Figures) -> Result<()> {
    at_each_point(Field::new()?, scale, figures)
}

/// The same on containerd 2.x.
pub(super) fn steps_of_two(scale: &Scale, figures: &mut Figures) -> Result<()> {
    containerd_2()?.map_or(Ok(()), |daemon| at_each_point(Field::with(daemon)?, scale, figures))
}

fn at_each_point(mut field: Field, scale: &Scale, figures: &mut Figures) -> Result<()> {
    let (mut killed, stride) = (0, POINTS / scale.of(POINTS));
    'points: for point in (0..POINTS).step_by(stride) {
        for by in [By::Gc, By::NextRun] {
            process::go_on()?;
            let died = at_point(&field.daemon, point);
            if died.exit != 137 {
                ensure!(died.exit == 7, "it was not killed: {}", died.snapshot());
                break 'points;
            }
            killed += 1;
            field.judge(by, &died.snapshot())?;
        }
    }
    ensure!(killed > 0, "no run was killed: HCN_STOP_AT had no effect");
    figures.add("kills, each followed by `hcn gc` or the next run, and the host as before", killed);
    field.end(figures)
}

fn at_point(daemon: &Daemon, point: usize) -> Output {
    let run = hcn(daemon).args(["run", IMAGE, "killed", "sh", "-c", "exit 7"]);
    run.env("HCN_STOP_AT", point.to_string()).run()
}

/// Kills runs at random moments, from before they have begun until after they have ended.
pub(super) fn random(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let mut field = Field::new()?;
    let (life, mut dice) = (life(&field.daemon)?, Dice::new());
    let (seed, batches) = (dice.0, scale.of(300).div_ceil(AT_A_TIME));
    let (mut killed, mut ended) = (0, 0);
    for batch in 0..batches {
        process::go_on()?;
        let moments: Vec<Duration> = (0..AT_A_TIME).map(|_| dice.within(life)).collect();
        let exits: Vec<i32> = kill_at(&field.daemon, &moments);
        killed += exits.iter().filter(|exit| **exit == 137).count();
        ended += exits.iter().filter(|exit| **exit == 7).count();
        let by = if batch % 2 == 0 { By::Gc } else { By::NextRun };
        field.judge(by, &format!("killed after {moments:?}, ended with {exits:?}, dice {seed}"))?;
    }
    ensure!(killed > 0, "no run was killed");
    figures.add("moments, four runs at a time, and the host as before each time", batches * AT_A_TIME);
    figures.add("of them killed at work", killed);
    figures.add("of them ended before, with their exit code", ended);
    figures.add("a life, within which the moments lie", format!("{} ms", life.as_millis()));
    field.end(figures)
}

fn start(daemon: &Daemon, number: usize) -> Running {
    let script = "echo begun; sleep 0.1; exit 7";
    hcn(daemon).args(["run", IMAGE, &format!("killed-{number}"), "sh", "-c", script]).spawn()
}

/// How long four runs at a time take, and a little more.
fn life(daemon: &Daemon) -> Result<Duration> {
    let started = Instant::now();
    let runs: Vec<Running> = (0..AT_A_TIME).map(|number| start(daemon, number)).collect();
    for run in runs {
        let output = run.wait();
        ensure!(output.exit == 7, "{}", output.snapshot());
    }
    Ok(started.elapsed() * 11 / 10)
}

/// Starts a run for each moment, kills each at its own, and answers their exit codes.
fn kill_at(daemon: &Daemon, moments: &[Duration]) -> Vec<i32> {
    let started = Instant::now();
    let runs: Vec<Running> = (0..moments.len()).map(|number| start(daemon, number)).collect();
    let mut order: Vec<usize> = (0..moments.len()).collect();
    order.sort_by_key(|number| moments[*number]);
    for number in order {
        std::thread::sleep(moments[number].saturating_sub(started.elapsed()));
        runs[number].signal(Signal::KILL);
    }
    runs.into_iter().map(|run| run.wait().exit).collect()
}

/// Numbers that nobody chose (xorshift); the first one is told, so that a trial can be looked at again.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(now.map_or(1, |now| now.as_nanos() as u64) | 1)
    }

    fn within(&mut self, life: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let part = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        life.mul_f64(part)
    }
}
