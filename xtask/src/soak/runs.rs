//! Short runs, 8 at a time: each exit code comes back, and all of them together leave nothing.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hcn_test::{Daemon, IMAGE, Running};

use super::{Figures, Scale, same};
use crate::{home, process};

const AT_A_TIME: usize = 8;

/// The trial.
pub(super) fn run(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let daemon = Daemon::start()?;
    finish(start(&daemon, 0))?;
    let before = daemon.state();
    let (count, started) = (scale.of(2000), Instant::now());
    let mut running = VecDeque::new();
    for number in 0..count {
        process::go_on()?;
        if running.len() == AT_A_TIME {
            running.pop_front().map_or(Ok(()), finish)?;
        }
        running.push_back(start(&daemon, number));
    }
    running.into_iter().try_for_each(finish)?;
    let seconds = started.elapsed().as_secs_f64();
    same(&before, &daemon.state_like(&before))?;
    figures.add("runs, every exit code right, nothing left", count);
    figures.add("runs a second", format!("{:.1}", count as f64 / seconds));
    Ok(())
}

fn start(daemon: &Daemon, number: usize) -> (usize, Running) {
    let script = format!("echo {number}; exit {}", number % 120);
    let run = daemon.program(home::built("hcn"));
    let run = run.args(["run", IMAGE, &format!("soak-{number}"), "sh", "-c", &script]);
    (number, run.deadline(Duration::from_secs(120)).spawn())
}

fn finish((number, running): (usize, Running)) -> Result<()> {
    let output = running.wait();
    let wanted = i32::try_from(number % 120)?;
    let right = output.exit == wanted && output.stdout() == format!("{number}\n");
    ensure!(right, "run {number}: {}", output.snapshot());
    Ok(())
}
