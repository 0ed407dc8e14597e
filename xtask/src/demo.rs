//! `cargo xtask demo`: what hcn does, shown. First the story of a Windows namespace on the emulator, which
//! needs nothing; then, as root on Linux, a container on a real containerd.

#[cfg(target_os = "linux")]
mod container;
mod story;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{home, process, say};

/// Builds the programs and runs both parts.
pub(crate) fn run() -> Result<()> {
    say::progress("building hcn and hcn-namespace");
    let packages = "-p hcn-cli -p hcn-namespace -p hcn-emulator --bins --example network";
    process::run(&mut home::cargo(&format!("build --locked --profile ci --quiet {packages}")))?;
    let scratch =
        tempfile::Builder::new().prefix("hcn-").tempdir().context("cannot make a scratch folder")?;
    story::run(scratch.path())?;
    second_part()
}

#[cfg(target_os = "linux")]
fn second_part() -> Result<()> {
    use crate::{apt, tools};
    let missing = tools::missing();
    let packages = || match missing[..] {
        [] => String::new(),
        _ => format!(" (it fetches {}, or: {})", missing.join(", "), apt::install_command(&missing)),
    };
    if !home::is_root() {
        say::line(&format!(
            "left out: a container on a real containerd; run `cargo xtask demo` as root{}",
            packages()
        ));
        return Ok(());
    }
    if let Err(why) = tools::ensure() {
        process::go_on()?;
        say::line(&format!("left out: a container on a real containerd: {why:#}"));
        return Ok(());
    }
    container::run()
}

#[cfg(not(target_os = "linux"))]
fn second_part() -> Result<()> {
    say::line("left out: a container on a real containerd, which this shows on Linux only");
    Ok(())
}

/// Where a program of the workspace was built.
fn built(name: &str) -> PathBuf {
    home::target().join("ci").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A program of the workspace, shown by its name alone.
fn program(name: &str, args: &[&str]) -> (Command, String) {
    let mut command = Command::new(built(name));
    command.args(args);
    let name = name.rsplit('/').next().unwrap_or(name);
    (command, [name].iter().chain(args).copied().collect::<Vec<_>>().join(" "))
}
