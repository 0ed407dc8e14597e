//! Lock files, tried out: in a folder of the host, and inside a container through a mount.

use std::path::Path;

use hcn_lockprobe::{Left, Report, Row};
use serde::Serialize;

use super::Fact;
use crate::doctor::subject::Bind;

/// Who tries lock files.
pub(crate) trait Locks {
    /// What the probe finds in a folder of the host.
    fn on_host(&self, folder: &Path) -> Fact<Report>;

    /// What it finds where a container of the user's image sees a mount; none where nobody asked for a container.
    fn in_container(&self, bind: &Bind) -> Option<Fact<Report>>;
}

/// What the probe found, for programs: its own words of it, as its `-o json` has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Probed {
    /// Where it ran.
    pub(crate) place: Ran,
    /// The first stage that failed or hung.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failed: Option<Row>,
    /// Files of its own that could not be removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) left: Vec<Left>,
}

/// Where the probe ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ran {
    /// In the folder itself.
    Host,
    /// Through the mount.
    Container,
}
