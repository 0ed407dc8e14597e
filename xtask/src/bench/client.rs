//! One run of a client: how long it took, and what CPU its own process used. The plugins and shims that it started are
//! not in that: the clock of a process that has ended, and was not yet waited for, still tells its own time alone.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};

/// What one run took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    pub(super) wall: f64,
    pub(super) cpu: f64,
}

/// Runs it to its end, which must be a success.
pub(super) fn cost(command: &mut Command) -> Result<Cost> {
    let begun = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let mut child = child.context("cannot start the client")?;
    let id = WaitId::Pid(rustix::process::Pid::from_child(&child));
    let ended = waitid(id, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
    let wall = begun.elapsed().as_secs_f64() * 1000.0;
    let cpu = own_cpu(&child);
    let status = child.wait().context("cannot wait for the client")?;
    ended.context("cannot wait for the client")?;
    ensure!(status.success(), "`{}` failed: {status}", crate::process::shown(command));
    Ok(Cost { wall, cpu: cpu? })
}

fn own_cpu(child: &Child) -> Result<f64> {
    let pid = Pid::from_raw(child.id().cast_signed());
    let clock = ClockId::pid_cpu_clock_id(pid).context("the client has no clock")?;
    let time = clock_gettime(clock).context("cannot read the client's clock")?;
    Ok(time.tv_sec() as f64 * 1000.0 + time.tv_nsec() as f64 / 1e6)
}

/// The most memory that a living process has used, in MiB.
pub(super) fn peak_memory(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("the client has no status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().context("VmHWM is no number")?;
    Ok(kib / 1024.0)
}

/// The CPU time that the machine has used since it started, of all processes, in milliseconds.
pub(super) fn machine_cpu() -> Result<f64> {
    let stat = fs::read_to_string("/proc/stat").context("no /proc/stat")?;
    let line = stat.lines().next().context("/proc/stat is empty")?;
    let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    // user nice system idle iowait irq softirq steal: in hundredths of a second.
    let busy = |index: &usize| ![3, 4, 7].contains(index);
    Ok(ticks.iter().take(8).enumerate().filter(|(index, _)| busy(index)).map(|(_, tick)| tick * 10.0).sum())
}
