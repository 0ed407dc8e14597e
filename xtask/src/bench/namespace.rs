//! `hcn-namespace.exe create` and `delete` under Wine against a C program that calls the same DLL and does nothing else.
//! Most of the time of both is Wine's start of a process; what remains is what our program costs beside the calls.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use hcn_test::{Wine, tools};

use super::figures::{median, ninth_decile};
use crate::{home, process, say, windows};

/// Rounds of one pair of each, and those before them, which warm the caches.
const ROUNDS: usize = 100;
const WARM: usize = 5;

/// What our program may take at most, as a multiple of the C program's median.
const MOST: f64 = 1.2;

const PEER: &str = include_str!("namespace.c");

/// Builds both programs and the DLL, measures, and sees that nothing is left.
pub(super) fn run() -> Result<()> {
    windows::ensure_all()?;
    let built = build()?;
    let wine = Wine::new()?;
    install(&wine, &built)?;
    let clients = [("hcn-namespace.exe", built.join("hcn-namespace.exe")), ("C", peer(&wine)?)];
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS + WARM {
        for (index, (_, program)) in clients.iter().enumerate() {
            process::go_on()?;
            let took = pair(&wine, program)?;
            times[index].extend((round >= WARM).then_some(took));
        }
    }
    let left = answer(&wine, &clients[0].1, &["list"])?;
    ensure!(left.is_empty(), "namespaces are left:\n{left}");
    say::line(&format!("create and delete, {ROUNDS} rounds in turns: median (9 in 10 below)"));
    for ((name, _), times) in clients.iter().zip(&times) {
        say::line(&format!("  {name:<18} {:7.1} ms ({:.1} ms)", median(times), ninth_decile(times)));
    }
    let ratio = median(&times[0]) / median(&times[1]);
    say::line(&format!("ratio of medians: {ratio:.2}"));
    ensure!(
        ratio <= MOST,
        "hcn-namespace.exe takes {ratio:.2} times as long as the C program; {MOST} is the most"
    );
    Ok(())
}

/// The release builds: of what ships, and of the DLL below both.
fn build() -> Result<PathBuf> {
    let mut command = windows::cargo("build");
    command.args([
        "--release",
        "--quiet",
        "--target",
        windows::TARGET,
        "-p",
        "hcn-namespace",
        "-p",
        "hcn-dll",
    ]);
    process::run(&mut command)?;
    Ok(home::target().join("cross").join(windows::TARGET).join("release"))
}

fn install(wine: &Wine, built: &Path) -> Result<()> {
    let dll = wine.scratch().join("computenetwork.dll");
    std::fs::copy(built.join("hcn_dll.dll"), &dll).context("cannot copy the DLL")?;
    wine.install(&dll)
}

/// The C program, built as anybody would build it.
fn peer(wine: &Wine) -> Result<PathBuf> {
    let (source, exe) = (wine.scratch().join("namespace.c"), wine.scratch().join("namespace.exe"));
    std::fs::write(&source, PEER).context("cannot write the C program")?;
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    process::run(compiler.args(["-O2", "-Wall", "-Werror", "-o"]).args([&exe, &source]).arg("-lole32"))?;
    Ok(exe)
}

/// Makes a namespace and deletes it: two processes, in milliseconds.
fn pair(wine: &Wine, program: &Path) -> Result<f64> {
    let begun = Instant::now();
    let id = answer(wine, program, &["create"])?;
    answer(wine, program, &["delete", id.trim()])?;
    Ok(begun.elapsed().as_secs_f64() * 1000.0)
}

/// What a program prints.
fn answer(wine: &Wine, program: &Path, words: &[&str]) -> Result<String> {
    let mut command = Command::new(tools::need("wine64"));
    command.arg(program).args(words).envs(wine.env()).env_remove("HCN_EMULATOR_STORE");
    let output = command.stdin(Stdio::null()).output().context("cannot start wine64")?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}: {why}", process::shown(&command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
