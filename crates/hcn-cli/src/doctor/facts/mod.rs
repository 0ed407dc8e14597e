//! What checks may ask: one trait a source, so that a test answers with what was recorded somewhere.

pub(crate) mod cni;
pub(crate) mod containerd;
pub(crate) mod hns;
pub(crate) mod host;
pub(crate) mod locks;
#[cfg(test)]
pub(crate) mod recorded;
pub(crate) mod runs;
pub(crate) mod volume;

use super::subject::Subject;
use crate::os::Os;

/// A fact, or why there is none.
pub(crate) type Fact<T> = Result<T, Absent>;

/// Why there is no such fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Absent {
    /// This host has no such thing, or no way to ask: which.
    NotHere(String),
    /// This user may not ask: what the system said.
    Denied(String),
    /// It could not be read: why.
    Unreadable(String),
    /// Whoever asks does not come back: whom.
    Silent(String),
}

impl Absent {
    /// The sentence in it.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::NotHere(why) | Self::Denied(why) | Self::Unreadable(why) | Self::Silent(why) => why,
        }
    }
}

/// All sources.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Which system this is.
    pub(crate) os: Os,
    /// What the user asked about.
    pub(crate) subject: &'a Subject,
    /// The flags, a space before each, with which another command of hcn means the same daemon and the same runs.
    pub(crate) flags: &'a str,
    /// The daemon.
    pub(crate) containerd: &'a dyn containerd::Containerd,
    /// Network configurations, plugins and reservations.
    pub(crate) cni: &'a dyn cni::Cni,
    /// The Host Network Service.
    pub(crate) hns: &'a dyn hns::Hns,
    /// The machine.
    pub(crate) host: &'a dyn host::Host,
    /// Lock files, tried out.
    pub(crate) locks: &'a dyn locks::Locks,
    /// The runs that are known here.
    pub(crate) runs: &'a dyn runs::Runs,
    /// The volumes, and what lies on them.
    pub(crate) volume: &'a dyn volume::Volume,
}
