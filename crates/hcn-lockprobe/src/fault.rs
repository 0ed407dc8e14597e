//! Why a step failed: what was tried, and what the operating system answered, where it was asked.

use std::io;

/// What a step found: something to tell, or a fault.
pub(crate) type Verdict = Result<String, Fault>;

/// A step failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What failed, and the system's words.
    pub(crate) what: String,
    /// The system's code: errno, or GetLastError.
    pub(crate) code: Option<i32>,
}

impl Fault {
    /// The system allowed what it should have refused, or the other way round.
    pub(crate) fn wrong(what: impl Into<String>) -> Self {
        Self { what: what.into(), code: None }
    }

    /// The system refused.
    pub(crate) fn refused(what: impl std::fmt::Display, error: &io::Error) -> Self {
        Self { what: format!("cannot {what}: {error}"), code: error.raw_os_error() }
    }
}

/// For `map_err`.
pub(crate) fn refused(what: impl std::fmt::Display) -> impl FnOnce(io::Error) -> Fault {
    move |error| Fault::refused(what, &error)
}
