//! `cargo xtask test`: every ring. As root with a package mirror everything must run; elsewhere what can
//! run does, and the last line says what was left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::clock::{self, Clock};
use crate::{apt, examples, home, leftovers, newer, process, say, tools, windows};

/// Runs the tests; further words are filters for the runner.
pub(crate) fn run(filters: &[&str]) -> Result<()> {
    let mut clock = Clock::default();
    let required = prepare(&mut clock)?;
    let scratch =
        tempfile::Builder::new().prefix("hcn-").tempdir().context("cannot make a scratch folder")?;
    let ring = Ring {
        filters,
        required,
        skipped: scratch.path().join("skipped"),
        scratch: scratch.path().join("t"),
    };
    fs::create_dir(&ring.scratch).context("cannot make a scratch folder")?;
    let documented = clock.phase("examples in the documentation", || ring.doctests());
    let tested = documented.and_then(|()| clock.phase("tests", || ring.tests()));
    // What cleans up after a killed test needs its scratch folder for that.
    leftovers::end();
    say::progress("phases");
    say::line(&clock.table());
    tested.iter().flatten().for_each(|line| say::line(line));
    report_skipped(&ring.skipped);
    tested.map(drop)
}

/// Brings the programs and builds the Windows artefacts; gives what no test may be skipped for, as
/// `HCN_TEST_REQUIRE` has it.
fn prepare(clock: &mut Clock) -> Result<Option<&'static str>> {
    let complete = tools::missing().is_empty() && windows::missing().is_empty();
    if !complete && !apt::usable() {
        return Ok(None);
    }
    clock.phase("programs for the container ring", tools::ensure)?;
    let newer = clock.phase("containerd 2.x", || Ok(bring_newer()))?;
    process::go_on()?;
    clock.phase("examples of the runtime-spec", examples::ensure)?;
    clock.phase("compilers and Wine", windows::ensure_all)?;
    clock.phase("Windows programs", || windows::build("ci"))?;
    Ok(home::is_root().then_some(if newer { "all" } else { "all,-containerd-2" }))
}

/// Debian's newer suites change daily: where they have no containerd that starts here, its tests alone are left out.
fn bring_newer() -> bool {
    newer::ensure().map_err(|why| say::note(&format!("without containerd 2.x: {why:#}"))).is_ok()
}

/// One run of the tests.
struct Ring<'a> {
    filters: &'a [&'a str],
    /// What a test may not be skipped for.
    required: Option<&'static str>,
    /// Where skipped tests are noted.
    skipped: PathBuf,
    /// Where tests make their folders.
    scratch: PathBuf,
}

impl Ring<'_> {
    fn doctests(&self) -> Result<()> {
        if !self.filters.is_empty() {
            return Ok(());
        }
        process::run(&mut self.cargo("test --doc --workspace --locked --profile ci --quiet"))
    }

    /// The runner's closing lines.
    fn tests(&self) -> Result<Vec<String>> {
        let nextest = process::answers(&mut home::cargo("nextest --version"));
        let words = if nextest {
            "nextest run --workspace --locked --cargo-profile ci --no-fail-fast"
        } else {
            "test --workspace --locked --profile ci --no-fail-fast --lib --bins --tests"
        };
        let closing = if nextest { closes_nextest } else { closes_cargo_test };
        let done = process::tee(self.cargo(words).args(self.filters), closing)?;
        let lines = if nextest { from_summary(done.stderr) } else { done.stdout };
        process::go_on()?;
        ensure!(done.success, "a test failed\n{}", lines.join("\n"));
        ensure!(tests_in(&lines) > 0, "no test ran\n{}", lines.join("\n"));
        Ok(lines)
    }

    fn cargo(&self, words: &str) -> Command {
        let mut command = home::cargo(words);
        command.env("HCN_TEST_SCRATCH", &self.scratch).env("HCN_TEST_SKIPPED", &self.skipped);
        command.env("HCN_TEST_TOOLS", hcn_test::tools::fetched());
        command.env("HCN_TEST_WINDOWS", hcn_test::tools::windows());
        if let Some(required) = self.required {
            command.env("HCN_TEST_REQUIRE", required);
        }
        command
    }
}

/// `Summary [ 1.2s] 10 tests run: 9 passed, 1 failed`, and what it lists after that.
fn closes_nextest(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("Summary [")
        || ["FAIL [", "TIMEOUT [", "SIGABRT ["].iter().any(|word| line.starts_with(word))
}

/// nextest names a failed test when it fails, and again under its summary.
fn from_summary(mut lines: Vec<String>) -> Vec<String> {
    let summary = lines.iter().rposition(|line| line.trim_start().starts_with("Summary ["));
    lines.split_off(summary.unwrap_or_default())
}

fn closes_cargo_test(line: &str) -> bool {
    line.starts_with("test result: ")
}

/// How many tests the closing lines count as passed.
fn tests_in(lines: &[String]) -> u64 {
    let passed =
        |line: &String| line.split(" passed").next()?.rsplit([' ', '\t']).next()?.parse::<u64>().ok();
    lines.iter().filter(|line| line.contains(" passed")).filter_map(passed).sum()
}

/// The last line of a run that could not do everything.
fn report_skipped(noted: &Path) {
    let noted = fs::read_to_string(noted).unwrap_or_default();
    if noted.is_empty() {
        return;
    }
    noted.lines().for_each(say::note);
    let missing: Vec<&str> = tools::missing().into_iter().chain(windows::missing()).collect();
    let packages = if missing.is_empty() {
        String::new()
    } else {
        format!(", packages: {}", apt::install_command(&missing))
    };
    say::line(&format!(
        "left out {} tests that need root, containerd or Wine: run `cargo xtask test` as root{packages}",
        noted.lines().count()
    ));
}

/// The command that the README gives for the tests, as words.
pub(crate) fn readme_command() -> Result<String> {
    let readme = home::workspace().join("README.md");
    let text = fs::read_to_string(&readme).with_context(|| format!("cannot read {}", readme.display()))?;
    command_in(&text).context("README.md names no `cargo … test` command in a code block")
}

/// The first line of a code block that starts with cargo and ends with `test`.
fn command_in(readme: &str) -> Option<String> {
    let mut inside = false;
    for line in readme.lines() {
        let line = line.trim_start().trim_start_matches("$ ");
        if line.starts_with("```") {
            inside = !inside;
        }
        let command = line.split('#').next().unwrap_or_default().trim_end();
        if inside && command.starts_with("cargo ") && command.split(' ').any(|word| word == "test") {
            return Some(command.to_owned());
        }
    }
    None
}

/// Runs the README's test command in `folder` and gives its closing lines.
pub(crate) fn run_readme_command(folder: &Path) -> Result<Vec<String>> {
    let words = readme_command()?;
    let mut words = words.split(' ').map(str::to_owned);
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).current_dir(folder);
    command.env_remove("CARGO");
    if folder != home::workspace() {
        // A clone builds all of its own.
        command.env_remove("CARGO_TARGET_DIR");
    }
    let done = process::tee(&mut command, closes_readme_command)?;
    let closing = closing_of(&done);
    process::go_on()?;
    ensure!(done.success, "the README's test command failed\n{}", closing.join("\n"));
    ensure!(tests_in(&closing) > 0, "no test ran");
    Ok(closing)
}

fn closes_readme_command(line: &str) -> bool {
    let of_xtask = line.ends_with(clock::SUM) || line.starts_with("left out ");
    of_xtask || closes_nextest(line) || closes_cargo_test(line)
}

/// xtask repeats the runner's lines on stdout behind its table of phases; the runner alone says them once.
fn closing_of(done: &process::Teed) -> Vec<String> {
    match done.stdout.iter().rposition(|line| line.ends_with(clock::SUM)) {
        Some(table) => done.stdout[table + 1..].to_vec(),
        None => [done.stdout.clone(), done.stderr.clone()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_counted_in_both_runners_words() {
        let nextest =
            "     Summary [  12.3s] 120 tests run: 119 passed (3 slow), 1 failed, 2 skipped".to_owned();
        assert_eq!(tests_in(&[nextest]), 119);
        let result = |n| format!("test result: ok. {n} passed; 0 failed; 0 ignored; 0 measured");
        assert_eq!(tests_in(&[result(3), result(4)]), 7);
        assert_eq!(tests_in(&["Summary [ 0.0s] 0 tests run: 0 passed".into()]), 0);
    }

    #[test]
    fn nextest_s_failures_are_taken_once() {
        let lines = ["FAIL [1s] a", "Summary [2s] 1 passed, 1 failed", "FAIL [1s] a"].map(str::to_owned);
        assert_eq!(from_summary(lines.to_vec()), lines[1..]);
    }

    #[test]
    fn xtask_s_repetition_is_taken_once() {
        let lines = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>();
        let stdout =
            lines(&["test result: ok. 1 passed;", "    9.0 s  in all", "test result: ok. 1 passed;"]);
        let done = process::Teed { success: true, stdout, stderr: lines(&["Summary [1s] 1 passed"]) };
        assert_eq!(closing_of(&done), ["test result: ok. 1 passed;"]);
    }

    #[test]
    fn the_readme_s_test_command_is_found_in_its_code_blocks_only() {
        let readme = "Run cargo xtask test.\n```sh\ncargo xtask demo   # shows it\n$ cargo xtask test   # all rings\n```\n";
        assert_eq!(command_in(readme).as_deref(), Some("cargo xtask test"));
        assert_eq!(command_in("no block: cargo test"), None);
    }
}
