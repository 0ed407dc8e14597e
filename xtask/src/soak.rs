//! `cargo xtask soak [--tenth] [NAME…]`: trials too long for the tests. A file a trial in `soak/`, a line a trial in
//! [`TRIALS`]; each fails where a promise does not hold, and prints what it counted and measured in the form in which
//! `docs/measured.md` keeps it. CI runs a tenth of each.

#[cfg(target_os = "linux")]
mod everything;
#[cfg(target_os = "linux")]
mod hns;
#[cfg(target_os = "linux")]
mod kills;
#[cfg(target_os = "linux")]
mod pulls;
#[cfg(target_os = "linux")]
mod runs;
#[cfg(target_os = "linux")]
mod strangers;
#[cfg(target_os = "linux")]
mod windows_kills;

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail, ensure};

#[cfg(target_os = "linux")]
use crate::newer;
use crate::{home, process, say, tools, windows};

/// A promise, tried many times.
struct Trial {
    /// What it is called on the command line.
    name: &'static str,
    /// What is tried, for the heading.
    about: &'static str,
    /// Does it run Windows programs?
    wine: bool,
    /// Tries it, on a thread of its own, so that the namespaces of a daemon go with it. A panic of a test's helper
    /// counts as a failure.
    run: fn(&Scale, &mut Figures) -> Result<()>,
}

/// Every trial; one line each.
#[cfg(target_os = "linux")]
const TRIALS: &[Trial] = &[
    Trial { name: "runs", about: "short runs, 8 at a time", wine: false, run: runs::run },
    Trial { name: "kill-steps", about: "`kill -9` at every step of a run", wine: false, run: kills::steps },
    Trial {
        name: "kill-steps-2",
        about: "`kill -9` at every step of a run, on containerd 2.x",
        wine: false,
        run: kills::steps_of_two,
    },
    Trial {
        name: "kill-random",
        about: "`kill -9` at random moments of four runs",
        wine: false,
        run: kills::random,
    },
    Trial {
        name: "kill-pulls",
        about: "`kill -9` at every step of a run that pulls",
        wine: false,
        run: pulls::run,
    },
    Trial {
        name: "kill-steps-windows",
        about: "`kill -9` of `hcn.exe run` at every step, under Wine",
        wine: true,
        run: windows_kills::run,
    },
    Trial {
        name: "hns",
        about: "32 Windows processes on one host network service",
        wine: true,
        run: hns::run,
    },
];
#[cfg(not(target_os = "linux"))]
const TRIALS: &[Trial] = &[];

/// How much of a trial is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scale {
    tenth: bool,
}

impl Scale {
    /// How many times something is tried that the full trial tries `full` times: at least once.
    pub(crate) fn of(self, full: usize) -> usize {
        if self.tenth { full.div_ceil(10) } else { full }
    }
}

/// What a trial counted and measured.
#[derive(Debug, Default)]
pub(crate) struct Figures(Vec<(String, String)>);

impl Figures {
    /// One figure: what it is, and its value with its unit.
    pub(crate) fn add(&mut self, what: impl Into<String>, value: impl ToString) {
        self.0.push((what.into(), value.to_string()));
    }

    /// The rows of a table.
    fn rows(&self) -> String {
        let rows = self.0.iter().map(|(what, value)| format!("| {what} | {value} |\n"));
        format!("| what | figure |\n|---|---|\n{}", rows.collect::<String>())
    }
}

/// Runs the trials that the words name, or all.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    let scale = Scale { tenth: words.contains(&"--tenth") };
    let names: Vec<&str> = words.iter().copied().filter(|word| *word != "--tenth").collect();
    let trials = chosen(&names)?;
    if !home::is_root() {
        say::line("left out: the soak trials need root on Linux, for a containerd of their own");
        return Ok(());
    }
    prepare(&trials)?;
    trials.iter().try_for_each(|trial| try_it(trial, scale))
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Trial>> {
    let known = || TRIALS.iter().map(|trial| trial.name).collect::<Vec<_>>().join(", ");
    for name in names {
        if !TRIALS.iter().any(|trial| trial.name == *name) {
            bail!("no such trial: `{name}`; there are: {}", known());
        }
    }
    Ok(TRIALS.iter().filter(|trial| names.is_empty() || names.contains(&trial.name)).collect())
}

/// A containerd 2.x of this trial's own; without one, it says so and the trial is left out.
#[cfg(target_os = "linux")]
fn containerd_2() -> Result<Option<hcn_test::Daemon>> {
    match newer::ensure() {
        Ok(()) => hcn_test::Daemon::start_release(hcn_test::Release::Two).map(Some),
        Err(why) => {
            say::note(&format!("left out, without containerd 2.x: {why:#}"));
            Ok(None)
        }
    }
}

/// Brings the programs that the trials run.
fn prepare(trials: &[&Trial]) -> Result<()> {
    tools::ensure()?;
    let packages = "-p hcn-cli -p hcn-namespace -p hcn-emulator --bins";
    process::run(&mut home::cargo(&format!("build --locked --profile ci --quiet {packages}")))?;
    if trials.iter().any(|trial| trial.wine) {
        windows::ensure_all()?;
        windows::build("ci")?;
    }
    Ok(())
}

fn try_it(trial: &Trial, scale: Scale) -> Result<()> {
    say::progress(&format!("{}: {}", trial.name, trial.about));
    let (run, started) = (trial.run, Instant::now());
    let tried = std::thread::spawn(move || {
        let mut figures = Figures::default();
        let tried = run(&scale, &mut figures);
        (figures, tried)
    });
    let (mut figures, tried) =
        tried.join().map_err(|_| anyhow!("trial `{}` panicked; what it said is above", trial.name))?;
    process::go_on()?;
    tried.with_context(|| format!("trial `{}`", trial.name))?;
    figures.add("time in all", format!("{:.0} s", started.elapsed().as_secs_f64()));
    say::line(&format!("## {}: {}\n\n{}\n\n{}", trial.name, trial.about, heading(scale), figures.rows()));
    Ok(())
}

/// When, what and where: figures without these say nothing.
fn heading(scale: Scale) -> String {
    let said = |program: &str, args: &[&str]| {
        let said = process::capture(Command::new(program).args(args).current_dir(home::workspace()));
        said.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let part = if scale.tenth { ", a tenth" } else { "" };
    format!(
        "{}, commit {}, {cores} cores ({}), Linux {}{part}",
        said("date", &["-u", "+%Y-%m-%d"]),
        said("git", &["rev-parse", "--short", "HEAD"]),
        processor(),
        said("uname", &["-r"]),
    )
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// An error that shows what is left behind, by name; nothing where the two lists are the same.
pub(crate) fn same(before: &[String], after: &[String]) -> Result<()> {
    let more: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    let less: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    ensure!(more.is_empty() && less.is_empty(), "left behind: {more:#?}, missing: {less:#?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_is_never_nothing() {
        let (whole, tenth) = (Scale { tenth: false }, Scale { tenth: true });
        assert_eq!([2000, 15, 1].map(|n| whole.of(n)), [2000, 15, 1]);
        assert_eq!([2000, 15, 1].map(|n| tenth.of(n)), [200, 2, 1]);
    }

    #[test]
    fn figures_become_rows() {
        let mut figures = Figures::default();
        figures.add("runs", 200);
        assert_eq!(figures.rows(), "| what | figure |\n|---|---|\n| runs | 200 |\n");
    }

    #[test]
    fn what_differs_is_named() {
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
        assert!(same(&lines(&["a"]), &lines(&["a"])).is_ok());
        let why = same(&lines(&["a", "b"]), &lines(&["b", "c"])).unwrap_err().to_string();
        assert_eq!(why, "left behind: [\n    \"c\",\n], missing: [\n    \"a\",\n]");
    }

    #[test]
    fn an_unknown_trial_is_refused() {
        assert!(chosen(&["nosuch"]).is_err());
        assert_eq!(chosen(&[]).unwrap().len(), TRIALS.len());
    }
}
