//! `hcn-namespace`: makes, lists and deletes HCN namespaces. What OBuilder and day10 call.
//!
//! `create` prints the GUID and nothing else, `list` one GUID a line. It ends with 0, or with 1 and one line on
//! stderr. Nothing here talks to containerd, and on Windows nothing here emulates.

#![forbid(unsafe_code)]

mod args;
mod job;
mod output;
mod service;

use std::error::Error;
use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::report(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Everything that goes wrong is said once, by [`main`].
fn run() -> Result<(), Box<dyn Error>> {
    let job = match args::parse(std::env::args_os().skip(1))? {
        Command::Help => return Ok(output::print(args::HELP)?),
        Command::Version => return Ok(output::print(args::VERSION)?),
        Command::Job(job) => job,
    };
    let service = service::select()?;
    job.run(&service.hcn)?;
    // Only now: a notice never stands in front of an error.
    if let Some(notice) = service.notice {
        output::report(&notice);
    }
    Ok(())
}
