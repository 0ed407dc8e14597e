//! Everything the project does to itself: `cargo xtask demo`, `test`, `windows`, `tools`, `bench`, `tidy`, `soak`, `ci`.
//!
//! What a task needs and the machine lacks it brings by package name, and prints the command first:
//! programs are unpacked under `target/tools`, only compilers, Wine and shared libraries are installed.
//! Ctrl-C, like any failure, leaves no process, mount or scratch folder.
#![forbid(unsafe_code)]

mod apt;
mod bench;
mod ci;
mod clock;
mod demo;
mod examples;
mod home;
mod imports;
mod leftovers;
mod newer;
mod process;
mod say;
mod soak;
mod suite;
mod test;
mod tidy;
mod tools;
mod windows;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask TASK

  demo      show what hcn does: on the emulator, then (as root) on a real containerd
  test      run every ring of tests: plain, Windows programs under Wine, real containerd
  windows   cross-build for Windows into target/windows (--profile ci: quicker, larger)
  tools     fetch containerd, runc, CNI plugins, busybox … into target/tools where the host has none, and
            containerd 2.x and the runtime-spec's examples beside it
  bench     compare with peers, [NAME…]: what depends on the machine is given as ratios
  tidy      check the rules of the house that no compiler checks (--write: make the pages made from sources)
  soak      trials too long for the tests: soak [--tenth] [NAME…]
  ci        all of it, as CI runs it";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    process::watch_signals();
    leftovers::adopt();
    let done = run(&args);
    leftovers::end();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if process::interrupted() => {
            say::error("interrupted; everything that was started is gone");
            ExitCode::from(130)
        }
        Err(why) => {
            say::error(&format!("{why:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words[..] {
        ["demo"] => demo::run(),
        ["test", ref filters @ ..] => test::run(filters),
        ["windows"] => windows::run("release"),
        ["windows", "--profile", profile] => windows::run(profile),
        ["tools"] => tools::run(),
        ["bench", ref names @ ..] => bench::run(names),
        ["tidy"] => tidy::run(),
        ["tidy", "--write"] => tidy::write(),
        ["soak", ref words @ ..] => soak::run(words),
        ["ci"] => ci::run(),
        ["help" | "--help" | "-h"] => {
            say::line(USAGE);
            Ok(())
        }
        _ => bail!("no such task: `{}`\n{USAGE}", words.join(" ")),
    }
}
