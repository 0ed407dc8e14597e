//! The folders of CNI: configurations, plugins, and the addresses that host-local has given out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_cni::Conflist;

use super::{Absent, Fact};

/// What is in those folders.
pub(crate) trait Cni {
    /// The folder of configurations.
    fn folder(&self) -> &Path;

    /// The folders of plugins.
    fn plugin_folders(&self) -> &[PathBuf];

    /// The configuration files of the folder, in the order in which they count: the first one decides.
    fn configurations(&self) -> Fact<Vec<Configuration>>;

    /// What else is in the folder.
    fn other_files(&self) -> Vec<PathBuf>;

    /// Configuration files in other folders where people and distributions put them.
    fn elsewhere(&self) -> Vec<PathBuf>;

    /// The program of a plugin, if there is one.
    fn plugin(&self, kind: &str) -> Option<Binary>;

    /// The attachments in the cache that CNI's runtimes share, whoever made them.
    fn attachments(&self) -> Fact<Vec<Attached>>;

    /// The program of a plugin in another folder where people and distributions put them.
    fn plugin_elsewhere(&self, kind: &str) -> Option<PathBuf>;

    /// What host-local has reserved below a folder.
    fn reservations(&self, folder: &Path) -> Fact<Vec<Reservation>>;

    /// The network that a container gets.
    fn network(&self) -> Fact<Conflist> {
        let unusable = || Absent::Unreadable("there is no usable network configuration".to_owned());
        let first = self.configurations()?.into_iter().next().ok_or_else(unusable)?;
        first.list.map_err(|_| unusable())
    }
}

/// A configuration file.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    /// The file.
    pub(crate) file: PathBuf,
    /// What stands in it.
    pub(crate) text: String,
    /// What it says, or why that cannot be used.
    pub(crate) list: Result<Conflist, String>,
}

/// An attachment in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    /// The network.
    pub(crate) network: String,
    /// The container, as the runtime called it.
    pub(crate) container: String,
    /// The network namespace: a GUID or a path.
    pub(crate) namespace: Option<String>,
}

/// A program file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binary {
    /// Where it is.
    pub(crate) file: PathBuf,
    /// Its first bytes.
    pub(crate) front: Vec<u8>,
    /// May it be run?
    pub(crate) is_executable: bool,
}

/// An address that host-local has given out: a file named after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    /// The file.
    pub(crate) file: PathBuf,
    /// Whose it is, as the plugin was told; `None` where the file is empty.
    pub(crate) holder: Option<String>,
    /// How long ago it was given out.
    pub(crate) age: Duration,
}
