//! `containerd-stand-in SETTINGS.json`: serves until its own standard input ends. It says `ready` once it listens.

#![forbid(unsafe_code)]

use std::io::{Read, Write};

use anyhow::{Context, Result};
use hcn_stand_in::Settings;
use hcn_stand_in::daemon::Daemon;

fn main() -> Result<()> {
    let file = std::env::args_os().nth(1).context("usage: containerd-stand-in SETTINGS.json")?;
    let settings: Settings = serde_json::from_slice(&std::fs::read(&file)?)?;
    std::thread::spawn(leave_with_stdin);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Daemon::new(settings)?.serve(say_ready))
}

fn say_ready() {
    let mut out = std::io::stdout();
    // Who started it and does not listen will end it soon.
    let _ = writeln!(out, "ready").and_then(|()| out.flush());
}

fn leave_with_stdin() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(0);
}
