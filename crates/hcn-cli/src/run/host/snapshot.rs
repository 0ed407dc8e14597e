//! The container's writable snapshot, and the lease that holds it until the container's record does.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use hcn_containerd::ErrorKind;
use tokio::time::{Instant, sleep};

use super::{Machine, absent_is_success};
use crate::run::plan::{Plan, RUN_LABEL, SnapshotKey};
use crate::{Failure, sys};

/// The lease is for the time before the record exists, a pull included, which takes hours where the line is thin; and for
/// what a run that was killed leaves.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);

/// How often the removal of one whose disk is held is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// Which snapshot.
pub(super) struct Wanted<'a> {
    pub(super) snapshotter: &'a str,
    pub(super) key: &'a str,
    pub(super) parent: &'a str,
    pub(super) lease: &'a str,
    pub(super) labels: &'a BTreeMap<String, String>,
}

impl Machine<'_> {
    /// A lease that expires by itself; where this run pulled, it has it already.
    pub(super) async fn make_lease(&self, plan: &Plan, id: &str) -> Result<(), Failure> {
        let expire = SystemTime::now() + LEASE;
        let made = self.client.leases().create(id, [(RUN_LABEL, plan.run.as_str())], Some(expire)).await;
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && self.holds(plan, id).await? => Ok(()),
            made => made.map(drop).map_err(|error| self.not_made(error)),
        }
    }

    /// Is there a lease of this name that is this run's?
    async fn holds(&self, plan: &Plan, id: &str) -> Result<bool, Failure> {
        let ours = format!("labels.\"{RUN_LABEL}\"=={}", plan.run);
        let leases = self.client.leases().list(&[&ours]).await.map_err(Failure::run)?;
        Ok(leases.iter().any(|lease| lease.id == id))
    }

    /// Prepares it under the lease: the collector would take one that nothing holds.
    pub(super) async fn make_snapshot(&self, plan: &Plan, wanted: Wanted<'_>) -> Result<(), Failure> {
        let Wanted { snapshotter, key, parent, lease, labels } = wanted;
        let own = [(RUN_LABEL, plan.run.as_str())];
        let labels = labels.iter().map(|(key, value)| (key.as_str(), value.as_str())).chain(own);
        let made = self.client.snapshots(snapshotter).prepare(key, parent, labels, lease).await;
        self.mounts.replace(Some(made.map_err(|error| self.not_made(error))?));
        Ok(())
    }

    /// Commits it under a name if the command succeeded, so that it stays: nobody else may hold it yet. The task is gone
    /// by now; on Windows its disk may be held for a moment longer.
    pub(super) async fn commit(&self, plan: &Plan, of: &SnapshotKey, name: &str) -> Result<(), Failure> {
        if !self.succeeded.get() {
            return Ok(());
        }
        self.committed.replace(Some(None));
        if self.task_is_left.get() {
            return Err(still_written(plan, of, name));
        }
        let committed = tokio::select! {
            biased;
            () = self.hurried() => Err(given_up(of, name)),
            committed = self.commit_patiently(of, name) => committed.map_err(Failure::run),
        };
        match committed {
            Err(why) if !self.is_committed(of, name).await => Err(why),
            _ => {
                self.committed.replace(Some(Some(name.to_owned())));
                Ok(())
            }
        }
    }

    async fn commit_patiently(&self, of: &SnapshotKey, name: &str) -> hcn_containerd::Result<()> {
        let give_up = Instant::now() + sys::DISK_PATIENCE;
        let now = hcn_containerd::Timestamp::from(SystemTime::now()).to_string();
        let root = [("containerd.io/gc.root", now.as_str())];
        let snapshots = self.client.snapshots(&of.snapshotter);
        loop {
            match self.patiently(async || snapshots.commit(name, &of.key, root, "").await).await {
                Err(error) if error.kind() == ErrorKind::Other && Instant::now() < give_up => {
                    sleep(AGAIN).await;
                }
                committed => return committed,
            }
        }
    }

    /// Was it committed all the same? A daemon that went away may have done so without an answer. Then the key is gone, and
    /// the name is there.
    async fn is_committed(&self, of: &SnapshotKey, name: &str) -> bool {
        let snapshots = self.client.snapshots(&of.snapshotter);
        let key = snapshots.stat(&of.key).await;
        key.is_err_and(|error| error.kind() == ErrorKind::NotFound) && snapshots.stat(name).await.is_ok()
    }

    /// Removes it. On Windows its disk may be held for a moment after the container's end. Was it there?
    pub(super) async fn unmake_snapshot(&self, snapshotter: &str, key: &str) -> Result<bool, Failure> {
        let give_up = Instant::now() + sys::DISK_PATIENCE;
        loop {
            match self.patiently(async || self.client.snapshots(snapshotter).remove(key).await).await {
                Err(error) if error.kind() == ErrorKind::Other && Instant::now() < give_up => {
                    sleep(AGAIN).await;
                }
                removed => return absent_is_success(removed),
            }
        }
    }
}

/// What was asked for ends it; the snapshot is unmade like any other.
fn given_up(of: &SnapshotKey, name: &str) -> Failure {
    Failure::run(format!(
        "cannot commit snapshot `{}` as `{name}`: stopped by a signal before it was done; run it again",
        of.key
    ))
}

/// Half of what something else still writes is no result.
fn still_written(plan: &Plan, of: &SnapshotKey, name: &str) -> Failure {
    Failure::run(format!(
        "cannot commit snapshot `{}` as `{name}`: the task of container `{}` could not be removed, and may still write \
         to it; look at containerd's log, and run it again",
        of.key, plan.container
    ))
}
