//! Snapshots: the file systems of containers.

use tonic::{Request, Status};

use crate::call::raw;
use crate::pb::containerd::services::snapshots::v1 as pb;
use crate::{Client, Mount, Result, SnapshotInfo, labels};
use pb::snapshots_client::SnapshotsClient;

/// Calls of [`Client::snapshots`], to one snapshotter.
///
/// What makes a snapshot takes the id of a lease: without one the collector may take the snapshot a moment later.
#[derive(Debug, Clone, Copy)]
pub struct Snapshots<'c> {
    pub(crate) client: &'c Client,
    pub(crate) snapshotter: &'c str,
}

impl Snapshots<'_> {
    /// Makes a writable snapshot on top of `parent` (a chain id; empty: nothing) and tells how to mount it.
    ///
    /// # Errors
    /// `AlreadyExists` for the key, `NotFound` for the parent or the lease.
    pub async fn prepare(
        &self,
        key: &str,
        parent: &str,
        with: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        lease: &str,
    ) -> Result<Vec<Mount>> {
        let (snapshotter, key, parent) = (self.snapshotter.to_owned(), key.to_owned(), parent.to_owned());
        let call = self.client.work(format!("cannot prepare snapshot `{key}`"));
        let message = pb::PrepareSnapshotRequest { snapshotter, key, parent, labels: labels(with) };
        let request = call.leased(message, lease)?;
        Ok(call.answer(self.raw().prepare(request)).await?.mounts)
    }

    /// As [`Snapshots::prepare`], read only.
    ///
    /// # Errors
    /// Those of [`Snapshots::prepare`].
    pub async fn view(
        &self,
        key: &str,
        parent: &str,
        with: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        lease: &str,
    ) -> Result<Vec<Mount>> {
        let (snapshotter, key, parent) = (self.snapshotter.to_owned(), key.to_owned(), parent.to_owned());
        let call = self.client.work(format!("cannot make view `{key}`"));
        let message = pb::ViewSnapshotRequest { snapshotter, key, parent, labels: labels(with) };
        let request = call.leased(message, lease)?;
        Ok(call.answer(self.raw().view(request)).await?.mounts)
    }

    /// How to mount a snapshot that is not committed: the same answer as when it was made, valid until the daemon or
    /// the host restarts.
    ///
    /// # Errors
    /// `NotFound`; `FailedPrecondition` for a committed one.
    pub async fn mounts(&self, key: &str) -> Result<Vec<Mount>> {
        let call = self.client.work(format!("cannot get the mounts of snapshot `{key}`"));
        let (snapshotter, key) = (self.snapshotter.to_owned(), key.to_owned());
        let request = call.request(pb::MountsRequest { snapshotter, key });
        Ok(call.answer(self.raw().mounts(request)).await?.mounts)
    }

    /// Finishes a writable snapshot under a name of its own, for others to stand on. Without a lease (an empty one) a
    /// label must hold it, `containerd.io/gc.root`. It has no limit: Windows converts the whole layer.
    ///
    /// # Errors
    /// `AlreadyExists` for the name: somebody else made it; `NotFound` for the key or the lease.
    pub async fn commit(
        &self,
        name: &str,
        key: &str,
        with: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
        lease: &str,
    ) -> Result<()> {
        let call = self.client.unlimited(format!("cannot commit snapshot `{key}` as `{name}`"));
        let (snapshotter, name, key) = (self.snapshotter.to_owned(), name.to_owned(), key.to_owned());
        let message = pb::CommitSnapshotRequest { snapshotter, name, key, labels: labels(with) };
        let request = call.leased(message, lease)?;
        call.answer(self.raw().commit(request)).await
    }

    /// Removes a snapshot.
    ///
    /// # Errors
    /// `NotFound`; `FailedPrecondition` when others stand on it.
    pub async fn remove(&self, key: &str) -> Result<()> {
        let call = self.client.work(format!("cannot remove snapshot `{key}`"));
        let (snapshotter, key) = (self.snapshotter.to_owned(), key.to_owned());
        let request = call.request(pb::RemoveSnapshotRequest { snapshotter, key });
        call.answer(self.raw().remove(request)).await
    }

    /// What a snapshot is.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn stat(&self, key: &str) -> Result<SnapshotInfo> {
        let call = self.client.call(format!("cannot look up snapshot `{key}`"));
        let (snapshotter, key) = (self.snapshotter.to_owned(), key.to_owned());
        let request = call.request(pb::StatSnapshotRequest { snapshotter, key });
        call.required(call.answer(self.raw().stat(request)).await?.info)
    }

    /// Sets one label of a snapshot and leaves the others alone; an empty value removes it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn set_label(&self, key: &str, label: &str, value: &str) -> Result<SnapshotInfo> {
        let call = self.client.call(format!("cannot label snapshot `{key}`"));
        let info = SnapshotInfo {
            name: key.to_owned(),
            labels: labels([(label, value)]),
            ..SnapshotInfo::default()
        };
        let update_mask = Some(prost_types::FieldMask { paths: vec![format!("labels.{label}")] });
        let snapshotter = self.snapshotter.to_owned();
        let request = call.request(pb::UpdateSnapshotRequest { snapshotter, info: Some(info), update_mask });
        call.required(call.answer(self.raw().update(request)).await?.info)
    }

    /// Those that match one of the filters (containerd's language, `labels."k"==v`), or all.
    ///
    /// # Errors
    /// `InvalidArgument` for a filter that cannot be read, or an unknown snapshotter.
    pub async fn list(&self, filters: &[&str]) -> Result<Vec<SnapshotInfo>> {
        let call = self.client.call(format!("cannot list the snapshots of `{}`", self.snapshotter));
        let filters = filters.iter().map(ToString::to_string).collect();
        let request =
            call.request(pb::ListSnapshotsRequest { snapshotter: self.snapshotter.to_owned(), filters });
        call.within(self.collect(request)).await
    }

    async fn collect(
        &self,
        request: Request<pb::ListSnapshotsRequest>,
    ) -> std::result::Result<Vec<SnapshotInfo>, Status> {
        let mut stream = self.raw().list(request).await?.into_inner();
        let mut all = Vec::new();
        while let Some(part) = stream.message().await? {
            all.extend(part.info);
        }
        Ok(all)
    }

    fn raw(&self) -> SnapshotsClient<tonic::transport::Channel> {
        raw!(SnapshotsClient, self.client.channel())
    }
}
