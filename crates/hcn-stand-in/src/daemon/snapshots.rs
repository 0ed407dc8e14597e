//! `Snapshots`: the snapshotter `windows`, whose mounts the shim reads layers from.

use std::collections::HashMap;

use hcn_containerd::pb::containerd::services::snapshots::v1 as pb;
use hcn_containerd::pb::containerd::types::Mount;
use prost_types::Timestamp;
use serde_json::json;
use tonic::codegen::BoxStream;
use tonic::codegen::tokio_stream;
use tonic::{Request, Response, Status};

use super::Daemon;
use super::call::Caller;
use super::tenant::{Snapshot, Tenant, absent, taken};

/// The kind of a layer.
pub(super) const COMMITTED: i32 = pb::Kind::Committed as i32;
/// One that can be written to.
pub(super) const ACTIVE: i32 = pb::Kind::Active as i32;
const VIEW: i32 = pb::Kind::View as i32;

pub(super) fn info(name: &str, parent: &str, kind: i32, labels: HashMap<String, String>) -> pb::Info {
    let now = Some(Timestamp::from(std::time::SystemTime::now()));
    pb::Info { name: name.into(), parent: parent.into(), kind, created_at: now, updated_at: now, labels }
}

/// There is one snapshotter.
fn check_snapshotter(name: &str) -> Result<(), Status> {
    match name {
        "windows" => Ok(()),
        "" => Err(Status::invalid_argument("snapshotter argument missing: invalid argument")),
        other => Err(Status::invalid_argument(format!("snapshotter not loaded: {other}: invalid argument"))),
    }
}

/// What a new snapshot is asked to be.
struct Wanted {
    snapshotter: String,
    key: String,
    parent: String,
    kind: i32,
    labels: HashMap<String, String>,
}

impl Daemon {
    /// A snapshot that somebody holds from its first moment.
    fn make(&self, tenant: &mut Tenant, wanted: Wanted, caller: &Caller) -> Result<Vec<Mount>, Status> {
        check_snapshotter(&wanted.snapshotter)?;
        let Some(lease) = &caller.lease else {
            self.journal.violation(&format!("snapshot {} is made without a lease", wanted.key));
            return Err(Status::failed_precondition("a snapshot without a lease is gone in a moment"));
        };
        if !tenant.leases.contains_key(lease) {
            return Err(absent("lease", lease));
        }
        if tenant.snapshots.contains_key(&wanted.key) {
            return Err(taken("snapshot", &wanted.key));
        }
        let layers = layers(tenant, &wanted.parent)?;
        let folder = tenant.folder().map_err(|why| Status::unknown(format!("{why}: unknown")))?;
        let disk = std::fs::write(folder.join("sandbox.vhdx"), "a disk");
        disk.map_err(|why| Status::unknown(format!("{why}: unknown")))?;
        let mounts = mounts(&folder.display().to_string(), &layers, wanted.kind);
        let info = info(&wanted.key, &wanted.parent, wanted.kind, wanted.labels);
        tenant.snapshots.insert(wanted.key.clone(), Snapshot { info, folder });
        tenant.leases.entry(lease.clone()).and_modify(|held| held.snapshots.push(wanted.key));
        Ok(mounts)
    }
}

/// The folders of a chain, its top first.
fn layers(tenant: &Tenant, top: &str) -> Result<Vec<String>, Status> {
    let mut folders = Vec::new();
    let mut next = top.to_owned();
    while !next.is_empty() {
        let layer = tenant.snapshots.get(&next).filter(|layer| layer.info.kind == COMMITTED);
        let layer = layer.ok_or_else(|| Status::not_found(format!("parent snapshot {next}: not found")))?;
        folders.push(layer.folder.display().to_string());
        next = layer.info.parent.clone();
    }
    Ok(folders)
}

/// What the shim is to mount: one mount, its layers in an option.
fn mounts(folder: &str, layers: &[String], kind: i32) -> Vec<Mount> {
    let access = if kind == VIEW { "ro" } else { "rw" };
    vec![Mount {
        r#type: "windows-layer".into(),
        source: folder.to_owned(),
        target: String::new(),
        options: vec![access.into(), format!("parentLayerPaths={}", json!(layers))],
    }]
}

#[tonic::async_trait]
impl pb::snapshots_server::Snapshots for Daemon {
    async fn prepare(
        &self,
        request: Request<pb::PrepareSnapshotRequest>,
    ) -> Result<Response<pb::PrepareSnapshotResponse>, Status> {
        let shown = |asked: &pb::PrepareSnapshotRequest| json!({"key": asked.key, "parent": asked.parent, "labels": asked.labels});
        self.answer("Snapshots/Prepare", request, shown, |tenant, asked, caller| {
            let pb::PrepareSnapshotRequest { snapshotter, key, parent, labels } = asked;
            let mounts =
                self.make(tenant, Wanted { snapshotter, key, parent, kind: ACTIVE, labels }, &caller)?;
            Ok(pb::PrepareSnapshotResponse { mounts })
        })
    }

    async fn view(
        &self,
        request: Request<pb::ViewSnapshotRequest>,
    ) -> Result<Response<pb::ViewSnapshotResponse>, Status> {
        let shown = |asked: &pb::ViewSnapshotRequest| json!({"key": asked.key, "parent": asked.parent});
        self.answer("Snapshots/View", request, shown, |tenant, asked, caller| {
            let pb::ViewSnapshotRequest { snapshotter, key, parent, labels } = asked;
            let mounts =
                self.make(tenant, Wanted { snapshotter, key, parent, kind: VIEW, labels }, &caller)?;
            Ok(pb::ViewSnapshotResponse { mounts })
        })
    }

    async fn mounts(
        &self,
        request: Request<pb::MountsRequest>,
    ) -> Result<Response<pb::MountsResponse>, Status> {
        let shown = |asked: &pb::MountsRequest| json!({"key": asked.key});
        self.answer("Snapshots/Mounts", request, shown, |tenant, asked, _| {
            check_snapshotter(&asked.snapshotter)?;
            let found = tenant.snapshots.get(&asked.key).ok_or_else(|| absent("snapshot", &asked.key))?;
            if found.info.kind == COMMITTED {
                let why = format!("snapshot {} is not active: failed precondition", asked.key);
                return Err(Status::failed_precondition(why));
            }
            let layers = layers(tenant, &found.info.parent)?;
            let mounts = mounts(&found.folder.display().to_string(), &layers, found.info.kind);
            Ok(pb::MountsResponse { mounts })
        })
    }

    async fn commit(&self, request: Request<pb::CommitSnapshotRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::CommitSnapshotRequest| json!({"key": asked.key, "name": asked.name});
        self.answer("Snapshots/Commit", request, shown, |tenant, asked, caller| {
            check_snapshotter(&asked.snapshotter)?;
            if !asked.labels.contains_key("containerd.io/gc.root") && caller.lease.is_none() {
                self.journal
                    .violation(&format!("snapshot {} is committed, and nothing holds it", asked.name));
            }
            commit(tenant, asked)
        })
    }

    async fn remove(&self, request: Request<pb::RemoveSnapshotRequest>) -> Result<Response<()>, Status> {
        let shown = |asked: &pb::RemoveSnapshotRequest| json!({"key": asked.key});
        self.answer("Snapshots/Remove", request, shown, |tenant, asked, _| {
            check_snapshotter(&asked.snapshotter)?;
            let found = tenant.snapshots.get(&asked.key).ok_or_else(|| absent("snapshot", &asked.key))?;
            if tenant.snapshots.values().any(|other| other.info.parent == asked.key) {
                let why = format!("cannot remove snapshot with child: {}: failed precondition", asked.key);
                return Err(Status::failed_precondition(why));
            }
            if is_in_use(tenant, &asked.key) {
                let why = "The process cannot access the file because it is being used by another process.";
                return Err(Status::unknown(format!("rename {}: {why}: unknown", found.folder.display())));
            }
            std::fs::remove_dir_all(&found.folder)
                .map_err(|why| Status::unknown(format!("{why}: unknown")))?;
            tenant.snapshots.remove(&asked.key);
            tenant.collect();
            Ok(())
        })
    }

    async fn stat(
        &self,
        request: Request<pb::StatSnapshotRequest>,
    ) -> Result<Response<pb::StatSnapshotResponse>, Status> {
        let shown = |asked: &pb::StatSnapshotRequest| json!({"key": asked.key});
        self.answer("Snapshots/Stat", request, shown, |tenant, asked, _| {
            check_snapshotter(&asked.snapshotter)?;
            let found = tenant.snapshots.get(&asked.key).ok_or_else(|| absent("snapshot", &asked.key))?;
            Ok(pb::StatSnapshotResponse { info: Some(found.info.clone()) })
        })
    }

    async fn update(
        &self,
        request: Request<pb::UpdateSnapshotRequest>,
    ) -> Result<Response<pb::UpdateSnapshotResponse>, Status> {
        self.answer(
            "Snapshots/Update",
            request,
            |_| json!({}),
            |_, _, _| Err(Status::unimplemented("this stand-in updates no snapshot")),
        )
    }

    type ListStream = BoxStream<pb::ListSnapshotsResponse>;

    async fn list(
        &self,
        request: Request<pb::ListSnapshotsRequest>,
    ) -> Result<Response<Self::ListStream>, Status> {
        let shown = |asked: &pb::ListSnapshotsRequest| json!({"filters": asked.filters});
        self.answer("Snapshots/List", request, shown, |tenant, asked, _| {
            check_snapshotter(&asked.snapshotter)?;
            let info = tenant.snapshots.values().map(|snapshot| snapshot.info.clone()).collect();
            let all = [Ok(pb::ListSnapshotsResponse { info })];
            Ok(Box::pin(tokio_stream::iter(all)) as Self::ListStream)
        })
    }
}

/// A layer is made of what was written to a scratch disk, which nobody may hold.
fn commit(tenant: &mut Tenant, asked: pb::CommitSnapshotRequest) -> Result<(), Status> {
    if tenant.snapshots.contains_key(&asked.name) {
        return Err(taken("snapshot", &asked.name));
    }
    if is_in_use(tenant, &asked.key) {
        let why = "The process cannot access the file because it is being used by another process.";
        return Err(Status::unknown(format!("commit {}: {why}: unknown", asked.key)));
    }
    let found = tenant.snapshots.remove(&asked.key).ok_or_else(|| absent("snapshot", &asked.key))?;
    if found.info.kind != ACTIVE {
        tenant.snapshots.insert(asked.key.clone(), found);
        let why = format!("snapshot {} is not active: failed precondition", asked.key);
        return Err(Status::failed_precondition(why));
    }
    let info = info(&asked.name, &found.info.parent, COMMITTED, asked.labels);
    tenant.snapshots.insert(asked.name, Snapshot { info, folder: found.folder });
    Ok(())
}

/// A scratch disk is locked for as long as a task lives on it.
fn is_in_use(tenant: &Tenant, key: &str) -> bool {
    let of = |id: &String| tenant.containers.get(id).is_some_and(|container| container.snapshot_key == key);
    tenant.tasks.keys().any(of)
}
