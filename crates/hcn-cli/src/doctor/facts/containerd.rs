//! What the daemon tells of itself, and what is known of where it is asked.

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use hcn::Guid;

use super::Fact;
use crate::image::Offer;

/// The daemon at an address.
pub(crate) trait Containerd {
    /// Where it is asked: a socket's path, or a pipe's name.
    fn address(&self) -> &str;

    /// The containerd namespace that a run would use.
    fn namespace(&self) -> &str;

    /// The snapshotter that a run would use.
    fn snapshotter(&self) -> &str;

    /// Its version; or why it does not answer.
    fn version(&self) -> Fact<String>;

    /// Who may connect, as people read it.
    fn rights(&self) -> Fact<String>;

    /// Other addresses where a daemon may listen, among those where distributions put one.
    fn others(&self) -> Vec<String>;

    /// Its parts, those that do not work included.
    fn plugins(&self) -> Fact<Vec<Plugin>>;

    /// Its process.
    fn process(&self) -> Fact<u64>;

    /// The folders in which the daemon looks for programs.
    fn search_path(&self) -> Fact<Vec<PathBuf>>;

    /// The image of this name in that namespace, or whose whole name that is in short; `None` if there is none.
    fn image(&self, name: &str) -> Fact<Option<Image>>;

    /// The containers of all its namespaces.
    fn containers(&self) -> Fact<Vec<Container>>;
}

/// A part of the daemon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plugin {
    /// `io.containerd.snapshotter.v1`, …
    pub(crate) kind: String,
    /// `overlayfs`, …
    pub(crate) id: String,
    /// Why it does not work.
    pub(crate) failure: Option<String>,
    /// Its folder, where it tells one.
    pub(crate) root: Option<PathBuf>,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// What it is for, one for each of its manifests; or why that cannot be told.
    pub(crate) offers: Result<Vec<Offer>, String>,
}

/// A container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Container {
    /// The containerd namespace.
    pub(crate) namespace: String,
    /// The id.
    pub(crate) id: String,
    /// The network namespace that its spec names: a GUID in lower case, or a path.
    pub(crate) network: Option<String>,
    /// Every GUID in its record.
    pub(crate) mentions: HashSet<Guid>,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.id)
    }
}
