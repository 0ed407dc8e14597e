//! 32 Windows processes at once on one emulated Host Network Service, through the DLL under Wine, for a minute: nothing
//! is lost, nothing handed out twice, no list fails, and the store is in order afterwards.

use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hcn_test::{Program, Running, Wine, tools};
use serde_json::Value;

use super::{Figures, Scale};
use crate::home;

const PROCESSES: usize = 32;
const SECONDS: usize = 60;

/// The trial.
pub(super) fn run(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let (wine, seconds, started) = (Wine::new()?, scale.of(SECONDS), Instant::now());
    let processes: Vec<Running> = (0..PROCESSES).map(|number| start(&wine, seconds, number)).collect();
    let reports = processes.into_iter().map(finish).collect::<Result<Vec<_>>>()?;
    figures.add("Windows processes at once", PROCESSES);
    figures.add("each for", format!("{seconds} s"));
    for (what, member) in [
        ("rounds", "rounds"),
        ("endpoints made, attached, detached, deleted", "endpoints"),
        ("lists, none failed", "lists"),
    ] {
        figures.add(what, reports.iter().filter_map(|report| report[member].as_u64()).sum::<u64>());
    }
    figures.add("until the last one had ended", format!("{:.0} s", started.elapsed().as_secs_f64()));
    judge(&wine.drive_c().join("ProgramData/hcn/hns.db"), &reports)?;
    figures.add("violations found by hcn-emulator check", 0);
    Ok(())
}

fn start(wine: &Wine, seconds: usize, number: usize) -> Running {
    let program = wine.program(tools::windows().join("test/hns-load.exe"));
    let program = program.args([(seconds * 1000).to_string(), number.to_string()]);
    program.deadline(Duration::from_secs(600)).spawn()
}

fn finish(process: Running) -> Result<Value> {
    let output = process.wait();
    ensure!(output.exit == 0, "a process failed: {}", output.snapshot());
    serde_json::from_str(&output.stdout()).context("a process printed no report")
}

/// The store is in order, and holds what the processes say that they left, and nothing else.
fn judge(store: &Path, reports: &[Value]) -> Result<()> {
    let emulator =
        |command| Program::new(home::built("hcn-emulator")).args([command, "--store"]).arg(store).run();
    let checked = emulator("check");
    ensure!(
        checked.exit == 0 && checked.stdout().is_empty(),
        "the store is not in order: {}",
        checked.snapshot()
    );
    let dump: Value = serde_json::from_str(&emulator("dump").stdout()).context("no dump")?;
    let objects = dump["objects"].as_array().context("a dump without objects")?;
    let ids = |kind: &str| -> HashSet<&str> {
        objects
            .iter()
            .filter(|object| object["kind"] == kind)
            .filter_map(|object| object["id"].as_str())
            .collect()
    };
    let left = |report: &Value| report["left"].as_array().cloned().unwrap_or_default();
    let endpoints: Vec<Value> = reports.iter().flat_map(left).collect();
    let said = |member: &str| -> HashSet<&str> {
        endpoints.iter().filter_map(|endpoint| endpoint[member].as_str()).collect()
    };
    let namespaces: HashSet<&str> =
        reports.iter().filter_map(|report| report["namespace"].as_str()).collect();
    ensure!(ids("namespace") == namespaces, "namespaces are lost or left over");
    ensure!(ids("endpoint") == said("id"), "endpoints are lost or left over");
    let count = endpoints.len();
    ensure!([said("address").len(), said("mac").len()] == [count, count], "an address was given twice");
    ensure!(ids("network").len() == 1, "networks are left over");
    Ok(())
}
