//! The command line: one verb, at most one operand.

use std::ffi::OsString;
use std::fmt;

use hcn::InvalidGuid;

use crate::job::Job;

/// What `--version` prints.
pub(crate) const VERSION: &str = concat!("hcn-namespace ", env!("CARGO_PKG_VERSION"), "\n");

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Make, list and delete HCN namespaces.

Usage:
  hcn-namespace create        make a namespace and print its GUID
  hcn-namespace delete GUID   delete it; GUID in any case, with or without braces
  hcn-namespace list          print the GUID of every namespace, one a line

The GUID goes into config.json as windows.network.networkNamespace.
It ends with 0, or with 1 and one line on stderr.

Variables:
  HCN_HNS   the host network service: `system`; off Windows also `emulator`
            (the default) and `emulator:PATH`, with its store at PATH
";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Version,
    Job(Job),
}

/// Reads the arguments behind the program's name.
pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Command, Usage> {
    let args: Vec<String> = args.map(|arg| arg.to_string_lossy().into_owned()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    if args.iter().any(|arg| ["-h", "--help"].contains(arg)) {
        return Ok(Command::Help);
    }
    match args[..] {
        ["help"] => Ok(Command::Help),
        ["-V" | "--version"] => Ok(Command::Version),
        ["create"] => Ok(Command::Job(Job::Create)),
        ["list"] => Ok(Command::Job(Job::List)),
        ["delete", guid] => guid.parse().map(|id| Command::Job(Job::Delete(id))).map_err(Usage::Guid),
        _ => Err(complaint(&args)),
    }
}

/// What is wrong with arguments that fit nothing.
fn complaint(args: &[&str]) -> Usage {
    match *args {
        [] => Usage::NoCommand,
        ["delete"] => Usage::NoGuid,
        [verb @ ("create" | "list"), more, ..] | [verb @ "delete", _, more, ..] => {
            Usage::TooMany(verb.into(), more.into())
        }
        [word, ..] => Usage::Unknown(word.into()),
    }
}

/// Why the command line is not one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    NoCommand,
    NoGuid,
    Guid(InvalidGuid),
    TooMany(String, String),
    Unknown(String),
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommand => {
                f.write_str("no command; use `create`, `delete GUID` or `list` (`--help` says more)")
            }
            Self::NoGuid => f.write_str("cannot delete a namespace: no GUID; say which, as `list` shows it"),
            Self::Guid(invalid) => write!(f, "cannot delete a namespace: {invalid}"),
            Self::TooMany(verb, more) => {
                write!(
                    f,
                    "`{verb}` does not take `{}`; leave it out (`--help` says more)",
                    more.escape_debug()
                )
            }
            Self::Unknown(word) => write!(
                f,
                "unknown command `{}`; use `create`, `delete GUID` or `list` (`--help` says more)",
                word.escape_debug()
            ),
        }
    }
}

impl std::error::Error for Usage {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Usage> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_three_verbs_are_read() {
        let id = "6b29fc40-ca47-1067-b31d-00dd010662da";
        assert_eq!(parsed("create"), Ok(Command::Job(Job::Create)));
        assert_eq!(parsed("list"), Ok(Command::Job(Job::List)));
        let delete = Ok(Command::Job(Job::Delete(id.parse().unwrap())));
        assert_eq!(parsed(&format!("delete {{{}}}", id.to_uppercase())), delete);
    }

    #[test]
    fn help_wins_wherever_it_stands() {
        for line in ["--help", "-h", "help", "create --help", "delete -h", "nonsense --help"] {
            assert_eq!(parsed(line), Ok(Command::Help), "{line}");
        }
    }

    #[test]
    fn an_operand_too_many_is_named() {
        for line in ["create x", "list x", "delete 6b29fc40-ca47-1067-b31d-00dd010662da x y"] {
            let verb = line.split(' ').next().unwrap();
            assert_eq!(parsed(line), Err(Usage::TooMany(verb.into(), "x".into())));
        }
    }
}
