//! `hcn.exe run` killed at every point of its life under Wine: a test of hcn-cli's, where the stand-ins for containerd and
//! its shim are, which is too long to be run with the others.

use anyhow::{Context, Result, ensure};

use super::{Figures, Scale};
use crate::{home, process};

/// The trial.
pub(super) fn run(scale: &Scale, figures: &mut Figures) -> Result<()> {
    let words = "test --locked --profile ci --quiet -p hcn-cli --test it -- --ignored --exact --nocapture";
    let mut command = home::cargo(words);
    command.arg("windows::gc::wherever_hcn_exe_is_killed_gc_removes_what_it_left");
    command.env("HCN_TEST_REQUIRE", "all").env("HCN_SOAK_STRIDE", (10 / scale.of(10)).to_string());
    command
        .env("HCN_TEST_TOOLS", hcn_test::tools::fetched())
        .env("HCN_TEST_WINDOWS", hcn_test::tools::windows());
    let done = process::tee(&mut command, |line| line.contains(COUNTED))?;
    ensure!(done.success, "the test failed");
    let line = [done.stdout, done.stderr].concat().pop().context("the test has not counted its kills")?;
    let count = line.split(COUNTED).nth(1).unwrap_or_default().trim().to_owned();
    figures.add("kills, each followed by `hcn gc` or the next run, and the host as before", count);
    Ok(())
}

/// What the test says in front of its number.
const COUNTED: &str = "killed and cleaned up:";
