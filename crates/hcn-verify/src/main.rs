//! `hcn-verify`: judges the Host Network Service of this host and writes a report.
//!
//! Without `--yes` it lists what it would do and calls nothing. Exit codes are in [`exit`].

#![forbid(unsafe_code)]

mod args;
mod exit;
mod output;
mod service;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;
use hcn_verify::{Container, Done, Options, Privacy, ReportFile, RunState, Surroundings};

use args::Args;
use exit::Exit;

fn main() -> ExitCode {
    let args = Args::parse();
    let ended = if !args.yes {
        plan(&args)
    } else if args.clean {
        clean(&args)
    } else {
        verify(&args)
    };
    match ended {
        Ok(exit) => exit.into(),
        Err(problem) => {
            output::report(&problem.line);
            problem.exit.into()
        }
    }
}

/// What is wrong, and how the program ends.
struct Problem {
    line: String,
    exit: Exit,
}

impl Problem {
    fn usage(line: impl ToString) -> Self {
        Self { line: line.to_string(), exit: Exit::Usage }
    }

    fn stuck(line: impl ToString) -> Self {
        Self { line: line.to_string(), exit: Exit::Stuck }
    }
}

/// Says what would be done. Nothing is called, and no DLL is loaded.
fn plan(args: &Args) -> Result<Exit, Problem> {
    output::print(&if args.clean {
        output::cleaning(&args.report)
    } else {
        output::plan(args.disruptive, &args.report)
    });
    output::report("nothing was called: `--yes` does it");
    Ok(Exit::NotAsked)
}

fn verify(args: &Args) -> Result<Exit, Problem> {
    let earlier = hcn_verify::unfinished(&args.report).map_err(Problem::usage)?;
    if !earlier.is_empty() {
        return Err(Problem::usage(format!(
            "cannot begin: {} tells of objects that an earlier run left ({}); remove them with `--clean --yes`, or name \
             another file with `--report`",
            args.report.display(),
            earlier.len()
        )));
    }
    let service = service::select(args).map_err(Problem::stuck)?;
    let done = hcn_verify::run(service.hcn.clone(), options(args, service.name)?);
    // A table of what nobody can read any more would hide why.
    if let Some(why) = &done.unwritten {
        let file = args.report.display();
        let line = format!("cannot write the report {file}: {why}; name another file with `--report`");
        return Err(Problem::stuck(line));
    }
    output::print(&output::table(&done.report, &args.report));
    if let Some(notice) = service.notice {
        output::report(&notice);
    }
    Ok(exit_of(&done))
}

fn options(args: &Args, service: &str) -> Result<Options, Problem> {
    let host = hcn_verify::host(service);
    let stop = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop))
        .map_err(|error| Problem::stuck(format!("cannot watch for Ctrl-C: {error}")))?;
    let exports = host.files.first().filter(|file| file.present).map(|file| file.exports.clone());
    let container = Container {
        hcn: args.hcn.clone().or_else(beside),
        containerd: args.containerd.clone().or_else(|| cfg!(windows).then(|| CONTAINERD.to_owned())),
        image: args.image.clone(),
        build: hcn_verify::windows_build(&host.os),
    };
    Ok(Options {
        around: Surroundings { exports, container },
        host,
        disruptive: args.disruptive,
        only: args.only.clone(),
        privacy: Privacy::from_variables(|name| std::env::var_os(name)),
        sink: Box::new(ReportFile::new(&args.report)),
        stop,
    })
}

/// containerd's pipe on Windows. Elsewhere a container runs only where an address is given.
const CONTAINERD: &str = r"\\.\pipe\containerd-containerd";

/// The `hcn` in this program's own folder.
fn beside() -> Option<PathBuf> {
    let folder = std::env::current_exe().ok()?.parent()?.to_owned();
    Some(folder.join(format!("hcn{}", std::env::consts::EXE_SUFFIX)))
}

fn exit_of(done: &Done) -> Exit {
    match done.report.state {
        RunState::Finished if done.report.summary.failure > 0 => Exit::Failures,
        RunState::Finished => Exit::Success,
        RunState::Running | RunState::Interrupted => Exit::Stuck,
    }
}

fn clean(args: &Args) -> Result<Exit, Problem> {
    let earlier = hcn_verify::unfinished(&args.report).map_err(Problem::usage)?;
    let service = service::select(args).map_err(Problem::stuck)?;
    let cleaned = hcn_verify::clean(&service.hcn, &earlier);
    output::print(&output::cleaned(&cleaned));
    if !cleaned.is_complete() {
        return Ok(Exit::Failures);
    }
    let noted = hcn_verify::note_cleaned(&args.report);
    noted.map_err(|error| Problem::stuck(format!("cannot write {}: {error}", args.report.display())))?;
    if let Some(notice) = service.notice {
        output::report(&notice);
    }
    Ok(Exit::Success)
}
