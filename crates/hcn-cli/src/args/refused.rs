//! What becomes of the flags that were given: refused by name and with the reason, ignored with a note, or taken.
//! Silence would be worse than either.

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::RunArgs;
use super::flag::{Answer, Flag};
use crate::Failure;
use crate::exit::Exit;
use crate::os::Os;

/// Why `--namespace` is refused.
const NAMESPACE: &str = "--namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network \
     namespace; use -n/--containerd-namespace for the first, and name the second in config.json";

/// Refuse what has two meanings here, whatever the command.
pub(super) fn check(matches: &ArgMatches, exit: Exit) -> Result<(), Failure> {
    match matches.value_source("namespace") {
        Some(ValueSource::CommandLine) => Err(Failure::new(exit, NAMESPACE)),
        _ => Ok(()),
    }
}

/// Refuse the first flag that the system refuses; the answer is what to say about those that have no effect there.
///
/// # Errors
/// Names the flag and the reason.
pub fn answers(args: &RunArgs, os: Os) -> Result<Vec<String>, Failure> {
    let mut notes = Vec::new();
    for flag in args.rows() {
        match flag.answer(os) {
            Answer::Supported => {}
            Answer::Ignored(why) => notes.push(ignored(flag, why)),
            Answer::Refused(why) => return Err(Failure::run(refused(flag, why))),
        }
    }
    Ok(notes)
}

/// What is said about a flag that is refused.
pub fn refused(flag: &Flag, why: &str) -> String {
    format!("--{} is not supported: {why}", flag.name)
}

/// What is said about a flag that has no effect.
pub fn ignored(flag: &Flag, why: &str) -> String {
    format!("--{} has no effect: {why}", flag.name)
}
