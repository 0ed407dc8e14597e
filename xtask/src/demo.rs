//! `cargo xtask demo`: what hcn does, shown. First the story of a Windows namespace, on the emulator, which
//! needs nothing, or on Windows itself; then a container on a real containerd: a private one, as root, on Linux; the
//! host's, where it answers, on Windows.

#[cfg(target_os = "linux")]
mod container;
mod story;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{home, process, say};

/// Builds the programs and runs both parts.
pub(crate) fn run() -> Result<()> {
    say::progress("building hcn and hcn-namespace");
    let packages = if cfg!(windows) {
        "-p hcn-cli -p hcn-namespace -p hcn-verify --bins"
    } else {
        "-p hcn-cli -p hcn-namespace -p hcn-emulator --bins --example network"
    };
    process::run(&mut home::cargo(&format!("build --locked --profile ci --quiet {packages}")))?;
    let scratch =
        tempfile::Builder::new().prefix("hcn-").tempdir().context("cannot make a scratch folder")?;
    story::run(scratch.path())?;
    second_part(scratch.path())
}

#[cfg(target_os = "linux")]
fn second_part(_: &Path) -> Result<()> {
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

/// hcn-verify knows which image fits the release, and says why where no container can be run.
#[cfg(not(target_os = "linux"))]
fn second_part(folder: &Path) -> Result<()> {
    say::progress("a container on this host's containerd, if it answers");
    let report = folder.join("report.json");
    let report = report.to_string_lossy();
    let (mut command, _) = program("hcn-verify", &["--yes", "--only", "container.run", "--report", &report]);
    process::run(&mut command)
}

/// A program of the workspace, shown by its name alone.
fn program(name: &str, args: &[&str]) -> (Command, String) {
    let mut command = Command::new(home::built(name));
    command.args(args);
    let name = name.rsplit('/').next().unwrap_or(name);
    (command, [name].iter().chain(args).copied().collect::<Vec<_>>().join(" "))
}
