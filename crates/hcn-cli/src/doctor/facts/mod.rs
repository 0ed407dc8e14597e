//! What checks may ask: one trait a source, so that a test answers with what was recorded somewhere.

pub(crate) mod containerd;

use super::subject::Subject;
use crate::os::Os;

/// A fact, or why there is none.
pub(crate) type Fact<T> = Result<T, Absent>;

/// Why there is no such fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Absent {
    /// This host has no such thing.
    NotHere(String),
    /// It could not be read: why.
    Unreadable(String),
}

/// All sources, and what the user named.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Which system this is.
    pub(crate) os: Os,
    /// What is to be looked at.
    pub(crate) subject: &'a Subject,
    /// The daemon.
    pub(crate) containerd: &'a dyn containerd::Containerd,
}
