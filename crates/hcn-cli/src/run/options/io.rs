//! The flags that say where a container's standard streams go, and its process id.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::args::RunArgs;

/// Where a container's standard streams go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Io {
    /// Where this command's own go; a detached run's, to nobody.
    Passed {
        /// Is standard input passed on? That of a terminal is, whatever this says.
        interactive: bool,
    },
    /// Nowhere.
    Null,
    /// Its output where containerd's shim takes it.
    Log(String),
}

/// Flags that leave each other without effect are refused.
pub(super) fn io(args: &RunArgs) -> Result<Io, Failure> {
    let refused = |why: &str| Err(Failure::run(why));
    let [tty, detach, interactive] = ["tty", "detach", "interactive"].map(|flag| args.is_set(flag));
    match (args.text("log-uri"), args.is_set("null-io")) {
        (Some(_), true) => refused(
            "--log-uri and --null-io exclude each other: the output goes either somewhere or nowhere; leave one out",
        ),
        (_, true) if tty => {
            refused("--tty and --null-io exclude each other: a terminal has streams; leave one out")
        }
        (None, false) if detach && interactive && !tty => refused(
            "--interactive has no effect with --detach: nobody's input could be passed on; leave it out, or add --tty, \
             whose input stays open",
        ),
        (Some(_), false) if interactive => refused(
            "--interactive has no effect with --log-uri: there is no standard input then, as with ctr; leave one out",
        ),
        (None, true) if interactive => refused(
            "--interactive and --null-io exclude each other: standard input is a stream; leave one out",
        ),
        (_, true) => Ok(Io::Null),
        (Some(uri), _) => log_uri(uri).map(Io::Log),
        (None, _) => Ok(Io::Passed { interactive }),
    }
}

/// As containerd's shims take it: a scheme, and for a file or a program its whole path.
fn log_uri(uri: &str) -> Result<String, Failure> {
    let wrong = |why| Err(Failure::run(format!("cannot use --log-uri `{uri}`: {why}")));
    match uri.split_once("://") {
        None | Some(("", _)) => wrong("it is no URI; write file:///PATH or binary:///PROGRAM"),
        Some(("file" | "binary" | "binary-v2", path)) if !path.starts_with('/') => {
            wrong("its path is not whole; write three slashes, as in file:///var/log/box.log")
        }
        Some(_) => Ok(uri.to_owned()),
    }
}

/// A path that is the value of a flag, whole: a plan, and a keeper, outlive the folder in which the command was typed.
pub(super) fn absolute(args: &RunArgs, flag: &str) -> Result<Option<PathBuf>, Failure> {
    let whole = |path: &Path| {
        std::path::absolute(path).map_err(|why| {
            Failure::run(format!("cannot use --{flag} `{}`: {why}; write a whole path", path.display()))
        })
    };
    args.path(flag).map(whole).transpose()
}
