//! Waiting for a container's exit code, also while its daemon is away.

use hcn_containerd::{Client, ErrorKind};
use tokio::time::Instant;

use super::absence::{AGAIN, Absence, MOST_LOST};
use super::overheard::Overheard;
use super::plan::Plan;
use crate::Failure;

/// Waits for the exit code. That the daemon went away is no exit: it is asked again; by a keeper for as long as it
/// takes, for nobody is there whom a failure could tell anything. Meanwhile the shim is listened to. Its answer alone ends
/// nothing while the daemon may come back: without it nothing could be unmade.
pub(super) async fn exit_of(client: &Client, plan: &Plan) -> Result<u32, Failure> {
    let mut absence = Absence::new(plan.detached);
    let (mut lost, mut overheard) = (0, Overheard::default());
    loop {
        let asked = Instant::now();
        match client.tasks().wait(&plan.container).await {
            Ok(exit) => return Ok(overheard.code().await.unwrap_or(exit.status)),
            Err(error)
                if error.kind() == ErrorKind::Unavailable && absence.may_end(asked, Instant::now()) =>
            {
                overheard.listen(plan, AGAIN).await;
            }
            Err(error) if error.shim_is_gone() && lost < MOST_LOST => {
                lost += 1;
                overheard.listen(plan, AGAIN).await;
            }
            Err(error) => return overheard.code().await.ok_or_else(|| unknown(plan, lost, error)),
        }
    }
}

/// Nobody knows how its process ended.
fn unknown(plan: &Plan, lost: u32, error: hcn_containerd::Error) -> Failure {
    if lost > 0 { shim_died(plan) } else { Failure::run(error) }
}

/// Nobody else knows how its process ended.
fn shim_died(plan: &Plan) -> Failure {
    Failure::run(format!(
        "cannot learn how container `{}` ended: its shim died, and the exit code with it; look at containerd's log",
        plan.container
    ))
}
