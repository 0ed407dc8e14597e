//! A second look for what was being made when a run died, or when it gave up to wait for an answer: a daemon or service
//! that was asked for it may finish it after it was looked for in vain.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Machine, late};
use crate::Failure;
use crate::run::plan::{Plan, Step};
use crate::sys;

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(100);

impl Machine<'_> {
    /// Unmakes the step again and again until there was something to unmake, or nothing can come any more. Behind a task
    /// its shim may still come.
    pub(super) async fn look_again(&self, plan: &Plan, step: &Step) -> Result<(), Failure> {
        let (mut give_up, at_most) = (Instant::now() + patience(step), Instant::now() + AT_MOST);
        while Instant::now() < give_up {
            sleep(PAUSE).await;
            if self.unmake_one(plan, step).await? && !matches!(step, Step::Task { .. }) {
                break;
            }
            if matches!(step, Step::Task { .. }) && self.has_shim(plan).await {
                give_up = at_most.min(Instant::now() + patience(step));
            }
        }
        Ok(())
    }
}

/// How long containerd may take to end a shim, or to forget it.
const AT_MOST: Duration = Duration::from_secs(30);

/// How long what was asked for may take to come. containerd ends the work for a client that is gone or waits no longer:
/// only what was all but done still comes.
fn patience(step: &Step) -> Duration {
    match step {
        // Made by the run itself, or by plugins that have been waited for.
        Step::Names(_) | Step::LinuxNamespace { .. } | Step::Stdio(_) | Step::Cni(_) => Duration::ZERO,
        // A run that died commits nothing.
        Step::Commit { .. } => Duration::ZERO,
        Step::HcnNamespace { .. } | Step::Endpoint(_) => late::PATIENCE,
        Step::Lease { .. } | Step::Snapshot { .. } | Step::Container(_) => Duration::from_secs(2),
        Step::Task { .. } => sys::TASK_PATIENCE,
    }
}
