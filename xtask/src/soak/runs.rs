//! Short runs, 8 at a time: each exit code comes back, every byte arrives, and all of them together leave nothing.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use hcn_test::{Daemon, IMAGE, Program, Running};

use super::everything::{all_of, as_before};
use super::strangers::{busybox, hcn};
use super::{Figures, Scale};
use crate::process;

const AT_A_TIME: usize = 8;

/// Every so manieth run writes 1 MB.
const LOUD: usize = 20;
const MEGABYTE: usize = 1_000_000;

/// The trial.
pub(super) fn run(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let daemon = Daemon::start()?;
    finish(start(&daemon, 1))?;
    let before = all_of(&daemon);
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
    let bytes = through(&daemon, 100 * MEGABYTE)?;
    as_before(&daemon, &before)?;
    figures.add("names compared", before.len());
    figures.add("runs, every exit code right, nothing left", count);
    figures.add("of them with 1 MB of output, whole", count.div_ceil(LOUD));
    figures.add("bytes through one run, in and out, whole by their hash", bytes);
    figures.add("runs a second", format!("{:.1}", count as f64 / seconds));
    Ok(())
}

fn start(daemon: &Daemon, number: usize) -> (usize, Running) {
    let say = match number % LOUD {
        0 => format!("yes {number} | head -c {MEGABYTE}"),
        _ => format!("echo {number}"),
    };
    let script = format!("{say}; exit {}", number % 120);
    let run = hcn(daemon).args(["run", IMAGE, &format!("soak-{number}"), "sh", "-c", &script]);
    (number, run.deadline(Duration::from_secs(120)).spawn())
}

fn finish((number, running): (usize, Running)) -> Result<()> {
    let output = running.wait();
    let line = format!("{number}\n").into_bytes();
    let wanted = match number % LOUD {
        0 => line.iter().copied().cycle().take(MEGABYTE).collect(),
        _ => line,
    };
    let right = output.exit == i32::try_from(number % 120)? && output.stdout == wanted;
    ensure!(right, "run {number}: exit {}, {} bytes: {}", output.exit, output.stdout.len(), output.stderr());
    Ok(())
}

/// Bytes of every value through `cat` in a container; the hashes of what goes in and comes out are compared.
fn through(daemon: &Daemon, count: usize) -> Result<usize> {
    let bytes: Vec<u8> =
        (0..count as u64).map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect();
    let run = hcn(daemon).args(["run", "-i", IMAGE, "soak-bytes", "cat"]);
    let output = run.stdin(bytes.clone()).deadline(Duration::from_secs(600)).run().success();
    ensure!(
        hash(busybox()?, bytes)? == hash(busybox()?, output.stdout)?,
        "what came out is not what went in"
    );
    Ok(count)
}

fn hash(busybox: Program, bytes: Vec<u8>) -> Result<String> {
    let said =
        busybox.arg("sha256sum").stdin(bytes).deadline(Duration::from_secs(120)).run().success().stdout();
    ensure!(said.len() > 64, "sha256sum said {said:?}");
    Ok(said)
}
