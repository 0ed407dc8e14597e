//! The container's writable snapshot, and the lease that holds it until the container's record does.

use std::time::{Duration, SystemTime};

use super::{Machine, absent_is_success};
use crate::Failure;
use crate::run::plan::{Plan, RUN_LABEL};

/// The lease is for the time before the record exists, and for what a run that was killed leaves.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);

/// Which snapshot.
pub(super) struct Wanted<'a> {
    pub(super) snapshotter: &'a str,
    pub(super) key: &'a str,
    pub(super) parent: &'a str,
    pub(super) lease: &'a str,
}

impl Machine<'_> {
    /// A lease that expires by itself.
    pub(super) async fn make_lease(&self, plan: &Plan, id: &str) -> Result<(), Failure> {
        let expire = SystemTime::now() + LEASE;
        let made = self.client.leases().create(id, [(RUN_LABEL, plan.run.as_str())], Some(expire)).await;
        made.map(drop).map_err(Failure::run)
    }

    /// Prepares it under the lease: the collector would take one that nothing holds.
    pub(super) async fn make_snapshot(&self, plan: &Plan, wanted: Wanted<'_>) -> Result<(), Failure> {
        let Wanted { snapshotter, key, parent, lease } = wanted;
        let labels = [(RUN_LABEL, plan.run.as_str())];
        let made = self.client.snapshots(snapshotter).prepare(key, parent, labels, lease).await;
        made.map(drop).map_err(Failure::run)
    }

    /// Removes it.
    pub(super) async fn unmake_snapshot(&self, snapshotter: &str, key: &str) -> Result<(), Failure> {
        absent_is_success(self.client.snapshots(snapshotter).remove(key).await)
    }
}
