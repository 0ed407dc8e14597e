//! Every environment variable that the program reads, in one table, and the one place where they are read.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// containerd's socket or pipe.
pub const CONTAINERD_ADDRESS: &str = "CONTAINERD_ADDRESS";
/// The containerd namespace (a tenant, not a network namespace).
pub const CONTAINERD_NAMESPACE: &str = "CONTAINERD_NAMESPACE";
/// The snapshotter.
pub const CONTAINERD_SNAPSHOTTER: &str = "CONTAINERD_SNAPSHOTTER";
/// The folder of CNI configurations.
pub const NETCONFPATH: &str = "NETCONFPATH";
/// The folders of CNI plugins.
pub const CNI_PATH: &str = "CNI_PATH";
/// The folder of the runs' journals.
pub const HCN_STATE: &str = "HCN_STATE";
/// The folder of CNI results.
pub const HCN_CNI_CACHE: &str = "HCN_CNI_CACHE";
/// Which host network service to use.
pub const HCN_HNS: &str = "HCN_HNS";
/// What to log on standard error.
pub const HCN_LOG: &str = "HCN_LOG";
/// The folder of Docker's configuration, where credentials of registries are.
pub const DOCKER_CONFIG: &str = "DOCKER_CONFIG";
/// The same on Windows.
pub const USERPROFILE: &str = "USERPROFILE";
/// Where Windows installs programs.
pub const PROGRAM_FILES: &str = "ProgramFiles";
/// Where Windows keeps programs' data.
pub const PROGRAM_DATA: &str = "ProgramData";
/// Where users keep the state of programs, off Windows.
pub const XDG_STATE_HOME: &str = "XDG_STATE_HOME";
/// The user's folder, off Windows.
pub const HOME: &str = "HOME";

/// Every variable and what it means; documents are checked against it.
pub const TABLE: &[(&str, &str)] = &[
    (CONTAINERD_ADDRESS, "containerd's socket or pipe: --address"),
    (CONTAINERD_NAMESPACE, "the containerd namespace: --containerd-namespace"),
    (CONTAINERD_SNAPSHOTTER, "the snapshotter: --snapshotter"),
    (NETCONFPATH, "the folder of CNI configurations: --cni-netconfpath"),
    (CNI_PATH, "the folders of CNI plugins, in PATH's form: --cni-path"),
    (HCN_STATE, "the folder of the runs' journals: --state"),
    (HCN_CNI_CACHE, "the folder of CNI results: --cni-cache"),
    (HCN_HNS, "which host network service: --hns"),
    (HCN_LOG, "what to log on standard error, as in `debug` or `hcn_cni=trace`"),
    (DOCKER_CONFIG, "the folder of Docker's config.json, with the credentials of registries"),
    (USERPROFILE, "Windows: where .docker\\config.json is"),
    (PROGRAM_FILES, "Windows: where containerd's CNI folders are"),
    (PROGRAM_DATA, "Windows: where the journals are"),
    (XDG_STATE_HOME, "off Windows: where the emulator's store is"),
    (HOME, "off Windows: where the emulator's store is, and .docker/config.json"),
];

/// The variables of [`TABLE`] that are set and not empty.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<&'static str, OsString>);

impl Environment {
    /// As this process was given them.
    pub fn read() -> Self {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// As `lookup` gives them; an empty variable is an absent one.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let set =
            |&(name, _): &(&'static str, _)| Some((name, lookup(name).filter(|value| !value.is_empty())?));
        Self(TABLE.iter().filter_map(set).collect())
    }

    /// The value of one of the table's variables.
    pub fn get(&self, name: &str) -> Option<OsString> {
        self.0.get(name).cloned()
    }

    /// The same where only text makes sense; bytes that are no text are replaced.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|value| value.to_string_lossy().into_owned())
    }
}
