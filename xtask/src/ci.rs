//! `cargo xtask ci`: everything, as CI runs it and anyone can. The last phase is the README's own command for
//! the tests, in a clean clone; the output ends with the test runner's closing lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::clock::Clock;
use crate::{demo, home, newer, process, say, soak, test, tidy, windows};

/// All phases in order. A phase that needs a program that is missing fails and names the package.
pub(crate) fn run() -> Result<()> {
    let mut clock = Clock::default();
    let closing = phases(&mut clock);
    say::progress("phases");
    say::line(&clock.table());
    closing?.iter().for_each(|line| say::line(line));
    Ok(())
}

fn phases(clock: &mut Clock) -> Result<Vec<String>> {
    clock.phase("format", || component("fmt", "fmt --all --check"))?;
    clock.phase("tidy", tidy::run)?;
    let clippy = "clippy --workspace --all-targets --locked --profile ci --quiet -- -D warnings";
    clock.phase("clippy", || component("clippy", clippy))?;
    clock.phase("documentation", documentation)?;
    clock.phase("compilers and Wine", windows::ensure_all)?;
    clock.phase("msvc check", || msvc_check("x86_64-pc-windows-msvc"))?;
    clock.phase("arm64 check", || msvc_check("aarch64-pc-windows-msvc"))?;
    clock.phase("demo", demo::run)?;
    // Elsewhere its tests may be left out.
    clock.phase("containerd 2.x", newer::ensure)?;
    clock.phase("soak, a tenth", || soak::run(&["--tenth"]))?;
    clock.phase("the README's test command, in a clean clone", in_a_clean_clone)
}

/// A part of rustup's toolchain.
fn component(name: &str, words: &str) -> Result<()> {
    if !process::answers(&mut home::cargo(&format!("{name} --version"))) {
        bail!(
            "`cargo {name}` is missing; `rustup component add {}` brings it",
            name.replace("fmt", "rustfmt")
        );
    }
    process::run(&mut home::cargo(words))
}

fn documentation() -> Result<()> {
    let mut command = home::cargo("doc --workspace --no-deps --locked --profile ci --quiet");
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// The crates that ship, for the other Windows targets: nothing in them may need mingw or a C compiler.
fn msvc_check(target: &str) -> Result<()> {
    let mut command = windows::cargo("check");
    command.args(["--quiet", "--profile", "ci", "--target", target]);
    process::run(command.args([
        "-p",
        "hcn",
        "-p",
        "hcn-namespace",
        "-p",
        "hcn-verify",
        "-p",
        "hcn-lockprobe",
        "-p",
        "hcn-cli",
    ]))
}

/// In CI the workspace is a clean clone already; elsewhere HEAD is cloned.
fn in_a_clean_clone() -> Result<Vec<String>> {
    if std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false") {
        return test::run_readme_command(&home::workspace());
    }
    let clone = Clone::of(&home::workspace())?;
    test::run_readme_command(&clone.folder)
}

/// A clone of HEAD under the target folder, removed when dropped.
struct Clone {
    folder: PathBuf,
}

impl Clone {
    fn of(workspace: &Path) -> Result<Self> {
        let clone = Clone { folder: home::target().join("clone") };
        clone.remove();
        fs::create_dir_all(home::target()).context("cannot make the target folder")?;
        // A worktree's .git is a file; --no-local copies objects from wherever they are.
        let mut command = Command::new("git");
        process::run(command.args(["clone", "--quiet", "--no-local"]).arg(workspace).arg(&clone.folder))?;
        Ok(clone)
    }

    fn remove(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Clone {
    fn drop(&mut self) {
        self.remove();
    }
}
