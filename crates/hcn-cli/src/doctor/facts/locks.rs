//! Lock files, tried out: in a folder of the host, and inside a container through a mount.

use std::path::Path;

use hcn_lockprobe::Report;

use super::Fact;
use crate::doctor::subject::Bind;

/// Who tries lock files.
pub(crate) trait Locks {
    /// What the probe finds in a folder of the host.
    fn on_host(&self, folder: &Path) -> Fact<Report>;

    /// What it finds where a container of the user's image sees a mount; none where nobody asked for a container.
    fn in_container(&self, bind: &Bind) -> Option<Fact<Report>>;
}
