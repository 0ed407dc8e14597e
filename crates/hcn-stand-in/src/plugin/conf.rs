//! The plugin's conf, as it comes on standard input.

use std::path::PathBuf;

use serde::Deserialize;

use super::Failure;

/// The conf.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Conf {
    cni_version: Option<String>,
    /// The network.
    pub(super) name: String,
    /// The journal.
    pub(super) journal: PathBuf,
    /// The subnet of a network that has to be made; absent: the service chooses.
    pub(super) subnet: Option<String>,
    /// What is to go wrong.
    pub(super) fail: Option<Fault>,
}

/// What is to go wrong, and when.
#[derive(Debug, Deserialize)]
pub(super) struct Fault {
    /// `ADD`, `DEL`.
    pub(super) verb: String,
    /// How.
    pub(super) how: How,
}

/// The ways of failing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum How {
    /// As the specification wants it: an error object, exit 1.
    Error,
    /// Plain text, exit 2, as Microsoft's plugins do when they panic.
    Text,
    /// The process aborts.
    Crash,
    /// It never ends, and neither does a child of it.
    Hang,
    /// Everything is made; then it fails and leaves it.
    Leave,
    /// It succeeds and says nothing.
    Nothing,
    /// It succeeds and says what is no result.
    Rubbish,
    /// It says 100 MB.
    Flood,
    /// It succeeds with a result of a version that nobody knows.
    Version,
}

impl Conf {
    pub(super) fn read(text: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(text).map_err(|why| Failure::new(6, "cannot read the conf", why))
    }

    /// The version of the exchange.
    pub(super) fn version(&self) -> &str {
        self.cni_version.as_deref().filter(|version| !version.is_empty()).unwrap_or("0.1.0")
    }
}
