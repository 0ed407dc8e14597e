//! What the user asked about, beside the host itself.

use std::path::PathBuf;

/// What is to be looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    /// A config.json.
    pub(crate) config: Option<PathBuf>,
    /// Sources of bind mounts, from `--mount` and from the config.json.
    pub(crate) mounts: Vec<PathBuf>,
    /// An image.
    pub(crate) image: Option<String>,
}
