//! Why something about CNI failed: one error with a kind to match on, and the list that a clean-up answers.

use std::borrow::Cow;
use std::fmt;

use crate::code;

/// What failed, why, and what to do. Match on [`Error::kind`], show with `Display`.
pub struct Error(Box<Context>);

#[derive(Debug)]
struct Context {
    kind: ErrorKind,
    attempted: String,
    why: String,
    hint: Option<Cow<'static, str>>,
    network: Option<String>,
    plugin: Option<String>,
    code: Option<u32>,
    stderr: String,
    undo: Vec<Error>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The folder has no network configuration, or is not there.
    NoConfiguration,
    /// A network configuration cannot be read, or breaks a rule.
    InvalidConfiguration,
    /// A container id, an interface name or an argument that cannot be passed to a plugin.
    InvalidAttachment,
    /// The container is already on that network with that interface.
    AlreadyAttached,
    /// The cache has no such attachment.
    NotAttached,
    /// No folder of CNI_PATH has the plugin.
    PluginNotFound,
    /// The plugin is there but cannot be started.
    PluginNotRunnable,
    /// The plugin ran and said that it failed, or was killed by somebody.
    PluginFailed,
    /// The plugin ended with success but its answer makes no sense.
    InvalidResult,
    /// The plugin wrote more than a result can be, and was killed.
    TooMuchOutput,
    /// The plugin did not end in time, and was killed.
    TimedOut,
    /// The verb is not in the version that the network's configuration asks for.
    Unsupported,
    /// The cache of results could not be read or written.
    Cache,
}

impl Error {
    /// `attempted` completes "cannot …".
    pub(crate) fn new(kind: ErrorKind, attempted: impl Into<String>, why: impl Into<String>) -> Error {
        Error(Box::new(Context {
            kind,
            attempted: attempted.into(),
            why: why.into(),
            hint: None,
            network: None,
            plugin: None,
            code: None,
            stderr: String::new(),
            undo: Vec::new(),
        }))
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_network(mut self, network: &str) -> Error {
        self.0.network = Some(network.into());
        self
    }

    pub(crate) fn with_plugin(mut self, plugin: &str) -> Error {
        self.0.plugin = Some(plugin.into());
        self
    }

    pub(crate) fn with_code(mut self, code: u32) -> Error {
        self.0.code = Some(code);
        self
    }

    pub(crate) fn with_stderr(mut self, stderr: String) -> Error {
        self.0.stderr = stderr;
        self
    }

    pub(crate) fn with_undo(mut self, undo: Vec<Error>) -> Error {
        self.0.undo = undo;
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The network it happened on, where one was known.
    pub fn network(&self) -> Option<&str> {
        self.0.network.as_deref()
    }

    /// The plugin (its `type`) that failed, where one did.
    pub fn plugin(&self) -> Option<&str> {
        self.0.plugin.as_deref()
    }

    /// The code in the plugin's answer; [`crate::code()`] knows what it means. `None` when the plugin gave none.
    pub fn code(&self) -> Option<u32> {
        self.0.code
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        let known = self.0.code.and_then(code::code).map(|code| code.hint);
        self.0.hint.as_deref().or(known)
    }

    /// What the plugin wrote on its standard error, as it came (its end, when it was long).
    pub fn stderr(&self) -> &str {
        &self.0.stderr
    }

    /// Why, with the code and its meaning.
    fn why(&self) -> String {
        match self.0.code {
            Some(number) => format!("{} (CNI code {number}: {})", self.0.why, code::meaning(number)),
            None => self.0.why.clone(),
        }
    }

    /// A plugin of version 0.1.0 has no VERSION: this is how libcni tells, and there is no other way.
    pub(crate) fn is_unknown_version_command(&self) -> bool {
        self.0.why.contains("unknown CNI_COMMAND: VERSION")
    }

    /// What failed while the effects of a failed ADD were undone; empty when all of it was.
    pub fn undo(&self) -> &[Error] {
        &self.0.undo
    }
}

impl fmt::Display for Error {
    /// What failed: why; what to do. Of what the undo failed at, the whys follow.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.0.attempted, self.why())?;
        if let Some(hint) = self.hint() {
            write!(f, "; {hint}")?;
        }
        self.0.undo.iter().try_for_each(|error| write!(f, "; and undoing it failed: {}", error.why()))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

/// Everything that failed in a clean-up, which goes on after a failure; never empty, in the order it happened.
pub struct Errors(Vec<Error>);

impl Errors {
    /// `Ok` when nothing failed.
    pub(crate) fn check(errors: Vec<Error>) -> Result<(), Errors> {
        if errors.is_empty() { Ok(()) } else { Err(Errors(errors)) }
    }

    /// The failures, first cause first.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Errors {
        Errors(vec![error])
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if at == 0 { "" } else { "; and " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Errors {}
