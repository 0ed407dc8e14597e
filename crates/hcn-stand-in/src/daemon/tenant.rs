//! What one containerd namespace holds, and the collector.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use hcn_containerd::pb::containerd::services::containers::v1::Container;
use hcn_containerd::pb::containerd::services::leases::v1::Lease;
use hcn_containerd::pb::containerd::services::snapshots::v1::Info;
use tonic::Status;

use super::image::Image;
use super::snapshots::{ACTIVE, COMMITTED, info};
use crate::shim::Task;

/// A lease and the keys of the snapshots that it holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) lease: Lease,
    pub(super) snapshots: Vec<String>,
}

/// A snapshot and its folder.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) info: Info,
    pub(super) folder: PathBuf,
}

/// What one containerd namespace holds.
#[derive(Debug)]
pub(super) struct Tenant {
    root: PathBuf,
    made: usize,
    pub(super) leases: BTreeMap<String, Held>,
    pub(super) snapshots: BTreeMap<String, Snapshot>,
    pub(super) containers: BTreeMap<String, Container>,
    pub(super) tasks: BTreeMap<String, Arc<Task>>,
}

impl Tenant {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            made: 0,
            leases: BTreeMap::new(),
            snapshots: BTreeMap::new(),
            containers: BTreeMap::new(),
            tasks: BTreeMap::new(),
        }
    }

    /// A new folder below `snapshots`, numbered as the snapshotter numbers them.
    pub(super) fn folder(&mut self) -> io::Result<PathBuf> {
        self.made += 1;
        let folder = self.root.join("snapshots").join(self.made.to_string());
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The committed snapshots of an image's layers.
    pub(super) fn unpack(&mut self, image: &Image) -> io::Result<()> {
        let mut parent = String::new();
        for chain in &image.chain {
            let folder = self.folder()?;
            let info = info(chain, &parent, COMMITTED, [].into());
            self.snapshots.insert(chain.clone(), Snapshot { info, folder });
            parent = chain.clone();
        }
        Ok(())
    }

    /// A writable snapshot that somebody holds who is not to be seen here.
    pub(super) fn prepare(&mut self, key: &str, parent: &str) -> io::Result<()> {
        let folder = self.folder()?;
        std::fs::write(folder.join("sandbox.vhdx"), "a disk")?;
        let root = [("containerd.io/gc.root".to_owned(), String::new())].into();
        let info = info(key, parent, ACTIVE, root);
        self.snapshots.insert(key.to_owned(), Snapshot { info, folder });
        Ok(())
    }

    /// The collector, which every deletion wakes: what neither a lease nor a container holds goes.
    pub(super) fn collect(&mut self) {
        let leased = self.leases.values().flat_map(|held| held.snapshots.iter().cloned());
        let kept = self.containers.values().map(|container| container.snapshot_key.clone());
        let held: Vec<String> = leased.chain(kept).collect();
        self.snapshots.retain(|key, snapshot| {
            let is_root = snapshot.info.labels.contains_key("containerd.io/gc.root");
            let stays = snapshot.info.kind == COMMITTED || is_root || held.contains(key);
            if !stays {
                let _ = std::fs::remove_dir_all(&snapshot.folder);
            }
            stays
        });
    }
}

/// There is none of that name.
pub(super) fn absent(what: &str, name: &str) -> Status {
    Status::not_found(format!("{what} {name:?}: not found"))
}

/// There is one of that name.
pub(super) fn taken(what: &str, name: &str) -> Status {
    Status::already_exists(format!("{what} {name:?}: already exists"))
}
