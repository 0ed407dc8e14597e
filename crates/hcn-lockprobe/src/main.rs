//! `hcn-lockprobe FOLDER`: does it take lock files? Shipped beside hcn, which runs it on the host and in containers.
//!
//! On Linux it is linked statically (`build.rs`), so that it runs in any image.

#![forbid(unsafe_code)]

mod args;
mod output;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use args::{Command, Form};
use hcn_lockprobe::{NoReport, Options, Token, open_from_many_threads, probe, serve};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Everything passed, and nothing is left.
const WELL: u8 = 0;
/// A stage failed, or a file could not be removed.
const FAILED: u8 = 1;
/// Wrong usage, a folder that is not there included.
const USAGE: u8 = 2;
/// The probe itself failed.
const BROKEN: u8 = 125;

/// What asks it to end.
#[cfg(windows)]
const STOPPING: &[i32] = &[SIGINT, SIGTERM];
/// What asks it to end.
#[cfg(not(windows))]
const STOPPING: &[i32] = &[SIGINT, SIGTERM, signal_hook::consts::SIGHUP];

fn main() -> ExitCode {
    let done = args::parse(std::env::args_os().skip(1)).map_err(|why| (USAGE, why)).and_then(run);
    done.unwrap_or_else(|(code, why)| {
        output::report(&why);
        code
    })
    .into()
}

fn run(command: Command) -> Result<u8, (u8, String)> {
    let broken = |why: io::Error| (BROKEN, format!("cannot write to stdout: {why}; look at where it leads"));
    match command {
        Command::Help => output::print(args::HELP).map_err(broken)?,
        Command::Version => output::print(args::VERSION).map_err(broken)?,
        Command::Second { file, kind } => {
            serve(&file, kind, io::stdin().lock(), io::stdout().lock()).map_err(broken)?
        }
        Command::Opens { name, path } => {
            output::print(&open_from_many_threads(&name, &path)).map_err(broken)?;
        }
        Command::Probe(job) => return probed(job),
    }
    Ok(WELL)
}

fn probed(job: args::Job) -> Result<u8, (u8, String)> {
    let args::Job { folder, form, token, limit } = job;
    let program = std::env::current_exe()
        .map_err(|why| (BROKEN, format!("cannot find this program's own file: {why}; mount /proc")))?;
    let stop = stop().map_err(|why| (BROKEN, format!("cannot listen to signals: {why}")))?;
    let options = Options { program, token: token.unwrap_or_else(Token::random), limit, stop };
    let found = probe(&folder, options).map_err(|why| (code_of(&why), why.to_string()))?;
    let text = match form {
        Form::Table => found.text(),
        Form::Json => {
            format!("{}\n", serde_json::to_string(&found).map_err(|why| (BROKEN, why.to_string()))?)
        }
    };
    output::print(&text).map_err(|why| (BROKEN, format!("cannot print the report: {why}")))?;
    Ok(if found.is_well() { WELL } else { FAILED })
}

/// What a signal is noted in, instead of ending the program before it has removed its files.
fn stop() -> io::Result<Arc<AtomicUsize>> {
    let stop = Arc::new(AtomicUsize::new(0));
    for signal in STOPPING {
        flag::register_usize(*signal, stop.clone(), *signal as usize)?;
    }
    Ok(stop)
}

fn code_of(why: &NoReport) -> u8 {
    match why {
        NoReport::Stopped(signal, _) => u8::try_from(128 + signal).unwrap_or(BROKEN),
        _ => USAGE,
    }
}
