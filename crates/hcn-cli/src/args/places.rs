//! The flags of every command that has to do with snapshots or CNI.

use std::path::PathBuf;

/// Where snapshots and networks come from.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Places {
    /// The snapshotter [env: CONTAINERD_SNAPSHOTTER] [default: overlayfs, on Windows windows]
    #[arg(long, value_name = "NAME")]
    pub snapshotter: Option<String>,
    /// Where CNI configurations are [env: NETCONFPATH]
    #[arg(long, value_name = "FOLDER")]
    pub cni_netconfpath: Option<PathBuf>,
    /// Where CNI plugins are [env: CNI_PATH]
    #[arg(long, value_name = "FOLDER")]
    pub cni_path: Vec<PathBuf>,
    /// Where CNI results are kept [env: HCN_CNI_CACHE]
    #[arg(long, value_name = "FOLDER")]
    pub cni_cache: Option<PathBuf>,
}
