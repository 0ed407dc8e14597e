//! What a test tells the daemon: a JSON file, its path the program's one argument.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How the daemon is to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    /// The pipe (Windows) or socket (Linux) to listen on.
    pub address: String,
    /// The journal.
    pub journal: PathBuf,
    /// The folder that snapshots lie in.
    pub root: PathBuf,
    /// Its images, all of them in the containerd namespace `default`.
    #[serde(default)]
    pub images: Vec<ImageSettings>,
    /// Snapshots that somebody prepared on the first of them, for runs with `--snapshot`.
    #[serde(default)]
    pub prepared: Vec<String>,
    /// Calls that fail for no reason of their own: `Tasks/Start` and so on.
    #[serde(default)]
    pub refuse: BTreeMap<String, Refusal>,
    /// So many milliseconds later comes a record whose creation was answered with `Unavailable`, as when the connection
    /// is lost meanwhile; absent: at once, and well answered.
    #[serde(default)]
    pub late_records: Option<u64>,
}

/// An image for Windows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImageSettings {
    /// Its whole name.
    pub name: String,
    /// The Windows it is for, `10.0.17763.1`; absent for an image that does not say.
    #[serde(default)]
    pub os_version: Option<String>,
    /// The part `config` of its configuration: `Cmd`, `Env`, `ArgsEscaped` …
    #[serde(default)]
    pub config: Value,
    /// Does the snapshotter have its layers?
    #[serde(default = "yes")]
    pub unpacked: bool,
}

fn yes() -> bool {
    true
}

/// How a call fails.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refusal {
    /// The name of the gRPC code as Rust spells it: `NotFound`, `Unknown`.
    pub code: String,
    /// The daemon's words.
    pub message: String,
    /// How often, before the call works; absent: always.
    #[serde(default)]
    pub times: Option<u32>,
    /// Is it done all the same, as when the connection is lost before the answer?
    #[serde(default)]
    pub done: bool,
}
