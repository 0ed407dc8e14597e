//! Running the probe in a folder and reading what it found.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::ffi::OsStr;

use hcn_lockprobe::{Outcome, Report, Row};
pub(crate) use hcn_test::names;
use hcn_test::{Output, Program};

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_hcn-lockprobe");

/// The program with a folder, for JSON.
pub(crate) fn probe(folder: impl AsRef<OsStr>) -> Program {
    Program::new(PROGRAM).arg(folder).args(["-o", "json"])
}

/// What it found; its exit code says the same.
#[track_caller]
pub(crate) fn found(output: &Output) -> Report {
    let report: Report =
        serde_json::from_str(&output.stdout()).unwrap_or_else(|why| panic!("{why}: {}", output.snapshot()));
    assert_eq!(output.exit, i32::from(!report.is_well()), "{}", output.snapshot());
    report
}

/// The first failure.
#[track_caller]
pub(crate) fn first(report: &Report) -> &Row {
    report.first_failure().unwrap_or_else(|| panic!("{}", report.text()))
}

/// Names and outcomes that are not `passed`.
pub(crate) fn others(report: &Report) -> Vec<(String, Outcome)> {
    let others = report.stages.iter().filter(|row| row.outcome != Outcome::Passed);
    others.map(|row| (row.name(), row.outcome)).collect()
}
