//! Why a command ends early: what to tell, and with which code to exit.

use std::fmt;

use crate::exit::Exit;

/// A message of the form *what failed: why; do this*, and the exit code that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Failure {
    /// The message, lower case, without a full stop.
    pub error: String,
    /// How the program ends.
    pub exit: Exit,
}

impl Failure {
    /// A failure with its exit code.
    pub fn new(exit: Exit, error: impl fmt::Display) -> Self {
        Self { error: error.to_string(), exit }
    }

    /// A failure of `hcn run` itself, usage included.
    pub fn run(error: impl fmt::Display) -> Self {
        Self::new(Exit::Run, error)
    }

    /// One of several, the first cause first, whose exit code it has. There is at least one.
    pub(crate) fn all(failures: impl IntoIterator<Item = Self>) -> Self {
        let mut failures = failures.into_iter();
        let first = failures.next().unwrap_or_else(|| Self::run("it failed"));
        failures.fold(first, |all, next| Self { error: format!("{all}; and {next}"), ..all })
    }

    /// The same with the name of what failed in front, where it is known.
    pub fn within(self, what: impl fmt::Display) -> Self {
        Self { error: format!("{what}: {}", self.error), ..self }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl std::error::Error for Failure {}
