//! The runs of hcn whose journals are on this host.

use std::collections::HashSet;

use hcn::Guid;

use super::Fact;

/// The journals.
pub(crate) trait Runs {
    /// The runs that there are, living or not.
    fn all(&self) -> Fact<Vec<Run>>;

    /// Every GUID in their journals.
    fn guids(&self) -> Fact<HashSet<Guid>>;
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its name.
    pub(crate) name: String,
    /// Its container's id.
    pub(crate) container: String,
    /// The containerd namespace.
    pub(crate) namespace: String,
    /// Does it live? One that does not has left something.
    pub(crate) lives: bool,
}
