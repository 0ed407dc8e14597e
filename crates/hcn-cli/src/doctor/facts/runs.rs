//! The runs of hcn whose journals are on this host.

use super::Fact;

/// The journals.
pub(crate) trait Runs {
    /// The runs that there are, living or not.
    fn all(&self) -> Fact<Vec<Run>>;
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
