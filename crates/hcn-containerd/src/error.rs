//! Why a call failed: the kind to match on, and the sentence that people read.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use tonic::{Code, Status};

/// The result of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call failed. Match on [`Error::kind`], show with `Display`.
#[derive(Debug)]
pub struct Error(Box<Context>);

#[derive(Debug)]
struct Context {
    kind: ErrorKind,
    attempted: String,
    why: String,
    hint: Cow<'static, str>,
}

/// What sort of failure it is: containerd's gRPC codes, which are the whole contract, and what can go wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It is not there. When it was to be deleted, that is success.
    NotFound,
    /// The id or key is taken, by whomever.
    AlreadyExists,
    /// Not now: the task runs, the snapshot has children.
    FailedPrecondition,
    /// The daemon does not take this value.
    InvalidArgument,
    /// The caller may not do this, or may not connect.
    PermissionDenied,
    /// There is no connection, or it was lost: whether the call had an effect is not known.
    Unavailable,
    /// This release does not have the call.
    Unimplemented,
    /// No answer within the limit: whether the call had an effect is not known.
    Timeout,
    /// More than the caller wants, or than a message may hold.
    TooLarge,
    /// The data is not what its digest says.
    DataLoss,
    /// Anything else; above all what a shim or runtime reports without a class: its text is the reason.
    Other,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, attempted: impl Into<String>, why: impl Into<String>) -> Self {
        let (attempted, why) = (attempted.into(), why.into());
        Self(Box::new(Context { kind, attempted, why, hint: Cow::Borrowed(general_hint(kind)) }))
    }

    pub(crate) fn from_status(attempted: impl Into<String>, status: &Status) -> Self {
        let kind = kind_of(status);
        Self::new(kind, attempted, reason(status, kind))
    }

    pub(crate) fn timeout(attempted: impl Into<String>, limit: Duration) -> Self {
        Self::new(ErrorKind::Timeout, attempted, format!("no answer within {limit:?}"))
    }

    /// The same error with this advice, if it is of that kind.
    pub(crate) fn advise(mut self, kind: ErrorKind, hint: impl Into<Cow<'static, str>>) -> Self {
        if self.0.kind == kind {
            self.0.hint = hint.into();
        }
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was attempted: ``cannot create container `web` ``.
    pub fn attempted(&self) -> &str {
        &self.0.attempted
    }

    /// Why it failed: the daemon's own words, where it said something.
    pub fn why(&self) -> &str {
        &self.0.why
    }

    /// What to do about it; empty when nothing general can be said.
    pub fn hint(&self) -> &str {
        &self.0.hint
    }

    /// Has the shim of the task died? The daemon then gives the task up, a moment later, and its exit code is lost.
    /// While the daemon itself stops it may say the same: ask again before you believe it.
    pub fn shim_is_gone(&self) -> bool {
        self.0.kind == ErrorKind::Other && self.0.why.contains(SHIM_GONE)
    }

    /// What is wrong with the command that a task was to run, if that is the failure.
    ///
    /// Runtimes report it without a class, as text; only this file reads one. With runc ≥ 1.1 it is
    /// [`Tasks::create`](crate::Tasks::create) that fails, with others [`Tasks::start`](crate::Tasks::start).
    pub fn command_problem(&self) -> Option<CommandProblem> {
        (self.0.kind == ErrorKind::Other).then(|| command_problem(&self.0.why)).flatten()
    }

    /// Why the runtime of a task (runc, crun) ended without a word of its own, if that is the failure: mostly since it is
    /// not there, which reads like a missing command and is none.
    pub fn runtime_problem(&self) -> Option<&str> {
        (self.0.kind == ErrorKind::Other).then(|| runtime_problem(&self.0.why)).flatten()
    }
}

/// Why a container's command could not be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommandProblem {
    /// There is no such program: what shells call 127.
    NotFound,
    /// It is there and is no program that can be run here: what shells call 126.
    CannotInvoke,
}

/// runc's texts were tried with 1.1.5. hcsshim has written the code behind the text, and a Windows of another language
/// has its own text before it.
/// INFERRED: the texts of Windows' process creation, from hcsshim's messages; a run with a missing command, and one with
/// a text file as command, on a real Windows would settle it.
fn command_problem(why: &str) -> Option<CommandProblem> {
    const TEXTS: &[(&str, &str, CommandProblem)] = &[
        ("exec: ", "executable file not found in $PATH", CommandProblem::NotFound),
        ("exec: ", "no such file or directory", CommandProblem::NotFound),
        ("exec: ", "permission denied", CommandProblem::CannotInvoke),
        ("exec: ", "is a directory", CommandProblem::CannotInvoke),
        ("CreateProcess", "The system cannot find the file specified", CommandProblem::NotFound),
        ("CreateProcess", "The system cannot find the path specified", CommandProblem::NotFound),
        ("CreateProcess", "Access is denied", CommandProblem::CannotInvoke),
        ("CreateProcess", "is not a valid Win32 application", CommandProblem::CannotInvoke),
        ("CreateProcess", "(0x2)", CommandProblem::NotFound),
        ("CreateProcess", "(0x3)", CommandProblem::NotFound),
        ("CreateProcess", "(0x5)", CommandProblem::CannotInvoke),
        ("CreateProcess", "(0xc1)", CommandProblem::CannotInvoke),
    ];
    if [RUNTIME_MUTE, SHIM_MISSING].iter().any(|not_the_command| why.contains(not_the_command)) {
        return None;
    }
    let says = |(place, text, _): &&(&str, &str, _)| {
        why.split_once(place).is_some_and(|(_, rest)| rest.contains(text))
    };
    TEXTS.iter().find(says).map(|row| row.2)
}

fn runtime_problem(why: &str) -> Option<&str> {
    // The place of the log that is not there stands before what is told.
    why.split_once(RUNTIME_MUTE)?.1.split_once("): ").map(|(_, told)| told)
}

/// What runc's shim says, without a class, where the runtime wrote nothing into its log (tried with 1.6 and 2.x).
const RUNTIME_MUTE: &str = "unable to retrieve OCI runtime error (";

/// What the daemon says, without a class, where it could not start the shim (tried with 1.6 and 2.x).
const SHIM_MISSING: &str = "failed to start shim: ";

/// What the daemon says, without a class, when the connection to a shim ends (tried with 1.6 and 2.x).
const SHIM_GONE: &str = "ttrpc: closed";

/// What runc's shim says, without a class, about the deletion of a task that runs (tried with 1.6).
const STILL_RUNS: &str = "cannot delete a running process";

/// The only place where a gRPC code gets a meaning.
fn kind_of(status: &Status) -> ErrorKind {
    match status.code() {
        Code::NotFound => ErrorKind::NotFound,
        Code::AlreadyExists => ErrorKind::AlreadyExists,
        Code::FailedPrecondition => ErrorKind::FailedPrecondition,
        Code::InvalidArgument => ErrorKind::InvalidArgument,
        Code::PermissionDenied | Code::Unauthenticated => ErrorKind::PermissionDenied,
        Code::Unavailable => ErrorKind::Unavailable,
        Code::Unimplemented => ErrorKind::Unimplemented,
        Code::DeadlineExceeded => ErrorKind::Timeout,
        Code::ResourceExhausted | Code::OutOfRange => ErrorKind::TooLarge,
        Code::DataLoss => ErrorKind::DataLoss,
        Code::Unknown | Code::Internal | Code::Cancelled if is_of_transport(status) => ErrorKind::Unavailable,
        Code::Unknown if status.message().contains(STILL_RUNS) => ErrorKind::FailedPrecondition,
        Code::Ok | Code::Cancelled | Code::Unknown | Code::Aborted | Code::Internal => ErrorKind::Other,
    }
}

/// Did the connection fail, not the daemon? What the daemon sent has no source.
fn is_of_transport(status: &Status) -> bool {
    status.source().is_some()
}

fn reason(status: &Status, kind: ErrorKind) -> String {
    // tonic's own words say "transport error"; what is meant is at the end of the chain.
    match (causes(status).last(), status.message()) {
        (Some(cause), _) if kind == ErrorKind::Unavailable => format!("the connection failed ({cause})"),
        (_, "") if kind == ErrorKind::Unimplemented => "the daemon does not know this call".to_owned(),
        (_, "") => "the daemon gives no reason".to_owned(),
        (_, text) => text.to_owned(),
    }
}

/// What is behind an error, nearest first.
pub(crate) fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause: &&'e (dyn StdError + 'static)| StdError::source(*cause))
}

fn general_hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unavailable => "is containerd running? look at its log",
        ErrorKind::Unimplemented => "use containerd 1.6 or later",
        ErrorKind::Timeout => "look at containerd's log",
        ErrorKind::PermissionDenied => crate::sys::HOW_TO_BE_ALLOWED,
        ErrorKind::NotFound
        | ErrorKind::AlreadyExists
        | ErrorKind::FailedPrecondition
        | ErrorKind::InvalidArgument
        | ErrorKind::TooLarge
        | ErrorKind::DataLoss
        | ErrorKind::Other => "",
    }
}

impl fmt::Display for Error {
    /// What failed: why; do this.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Context { attempted, why, hint, .. } = &*self.0;
        write!(f, "{attempted}: {why}")?;
        if hint.is_empty() { Ok(()) } else { write!(f, "; {hint}") }
    }
}

impl StdError for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_of_the_daemon_has_its_kind() {
        let kind = |code| Error::from_status("cannot x", &Status::new(code, "y")).kind();
        assert_eq!(kind(Code::NotFound), ErrorKind::NotFound);
        assert_eq!(kind(Code::AlreadyExists), ErrorKind::AlreadyExists);
        assert_eq!(kind(Code::FailedPrecondition), ErrorKind::FailedPrecondition);
        assert_eq!(kind(Code::InvalidArgument), ErrorKind::InvalidArgument);
        assert_eq!(kind(Code::PermissionDenied), ErrorKind::PermissionDenied);
        assert_eq!(kind(Code::Unavailable), ErrorKind::Unavailable);
        assert_eq!(kind(Code::Unimplemented), ErrorKind::Unimplemented);
        assert_eq!(kind(Code::DeadlineExceeded), ErrorKind::Timeout);
        assert_eq!(kind(Code::ResourceExhausted), ErrorKind::TooLarge);
        assert_eq!(kind(Code::Unknown), ErrorKind::Other);
    }

    #[test]
    fn a_broken_connection_is_unavailable_and_says_why() {
        let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        let error = Error::from_status("cannot x", &Status::from_error(Box::new(broken)));
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        insta::assert_snapshot!(error, @"cannot x: the connection failed (broken pipe); is containerd running? look at its log");
    }

    #[test]
    fn an_error_says_what_failed_why_and_what_to_do() {
        let status = Status::not_found(r#"image "a": not found"#);
        let error =
            Error::from_status("cannot find image `a`", &status).advise(ErrorKind::NotFound, "pull it first");
        insta::assert_snapshot!(error, @r#"cannot find image `a`: image "a": not found; pull it first"#);
    }

    #[test]
    fn a_daemon_without_a_call_is_said_to_be_old() {
        let error = Error::from_status("cannot x", &Status::unimplemented(""));
        insta::assert_snapshot!(error, @"cannot x: the daemon does not know this call; use containerd 1.6 or later");
    }

    #[test]
    fn advice_for_another_kind_is_not_given() {
        let error = Error::from_status("cannot x", &Status::unknown("y"))
            .advise(ErrorKind::NotFound, "pull it first");
        insta::assert_snapshot!(error, @"cannot x: y");
    }

    #[test]
    fn a_runtime_s_text_tells_what_is_wrong_with_the_command() {
        let problem = |text: &str| Error::from_status("cannot x", &Status::unknown(text)).command_problem();
        let runc = |text: &str| {
            problem(&format!("failed to create shim task: unable to start container process: {text}"))
        };
        assert_eq!(
            runc(r#"exec: "nope": executable file not found in $PATH: unknown"#),
            Some(CommandProblem::NotFound)
        );
        assert_eq!(
            runc(r#"exec: "/bin/nope": stat /bin/nope: no such file or directory: unknown"#),
            Some(CommandProblem::NotFound)
        );
        assert_eq!(
            runc(r#"exec: "/etc/passwd": permission denied: unknown"#),
            Some(CommandProblem::CannotInvoke)
        );
        assert_eq!(runc(r#"error mounting "/nope": no such file or directory: unknown"#), None);
    }

    #[test]
    fn windows_text_or_code_tells_what_is_wrong_with_the_command() {
        let problem = |text: &str| {
            let why = format!("hcs::System::CreateProcess t1: {text}: unknown");
            Error::from_status("cannot x", &Status::unknown(why)).command_problem()
        };
        let missing = [
            "The system cannot find the file specified.",
            "The system cannot find the path specified.",
            "failure in a Windows system call: Das System kann die angegebene Datei nicht finden. (0x2)",
            "failure in a Windows system call: Das System kann den angegebenen Pfad nicht finden. (0x3)",
        ];
        assert_eq!(missing.map(problem), [Some(CommandProblem::NotFound); 4]);
        let unfit = ["Access is denied.", "%1 is not a valid Win32 application.", "Zugriff verweigert (0x5)"];
        assert_eq!(unfit.map(problem), [Some(CommandProblem::CannotInvoke); 3]);
        assert_eq!(problem("The directory name is invalid."), None);
        assert_eq!(problem("(0x20)"), None);
    }

    /// As 1.6 and 2.x said it.
    #[test]
    fn a_runtime_or_shim_that_is_not_there_is_no_missing_command() {
        let error = |text: &str| Error::from_status("cannot x", &Status::unknown(text));
        let mute = error(
            "failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open \
             /run/t1/log.json: no such file or directory): exec: \"crun\": executable file not found in $PATH",
        );
        assert_eq!(mute.command_problem(), None);
        assert_eq!(mute.runtime_problem(), Some(r#"exec: "crun": executable file not found in $PATH"#));
        let shim =
            error(r#"failed to start shim: exec: "shim": executable file not found in $PATH: unknown"#);
        assert_eq!((shim.command_problem(), shim.runtime_problem()), (None, None));
    }
}
