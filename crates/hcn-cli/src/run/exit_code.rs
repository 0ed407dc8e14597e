//! Waiting for a container's exit code, also while its daemon is away.

use std::time::Duration;

use hcn_containerd::{Client, ErrorKind};
use tokio::time::Instant;

use super::overheard::Overheard;
use super::plan::Plan;
use crate::Failure;

/// How long a daemon may be away: the container lives on while it restarts.
const DAEMON_AWAY: Duration = Duration::from_secs(120);

/// How often a daemon that is away is asked again.
const AGAIN: Duration = Duration::from_millis(200);

/// How often a daemon is asked again that has lost the task's shim: it gives the task up, or it was stopping itself and
/// finds the shim again.
const MOST_LOST: u32 = 50;

/// A wait that lasted this long had reached a daemon: what ends it is the beginning of another absence.
const REACHED: Duration = Duration::from_secs(10);

/// Waits for the exit code. That the daemon went away is no exit: it is asked again; by a keeper for as long as it
/// takes, for nobody is there whom a failure could tell anything. Meanwhile the shim is listened to. Its answer alone ends
/// nothing while the daemon may come back: without it nothing could be unmade.
pub(super) async fn exit_of(client: &Client, plan: &Plan) -> Result<u32, Failure> {
    let mut absence = Absence { patient: plan.detached, ..Absence::default() };
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

/// How long the daemon has been away.
#[derive(Debug, Default)]
struct Absence {
    since: Option<Instant>,
    patient: bool,
}

impl Absence {
    /// A wait that was sent at `asked` failed `now`: is it worth another one?
    fn may_end(&mut self, asked: Instant, now: Instant) -> bool {
        if now - asked >= REACHED {
            self.since = None;
        }
        self.patient || now - *self.since.get_or_insert(now) <= DAEMON_AWAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_may_be_away_often_but_not_for_long() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut absence = Absence::default();
        assert!(absence.may_end(at(0), at(3600)), "it was there for an hour");
        assert!(absence.may_end(at(3601), at(3601)), "and is away for a second");
        assert!(absence.may_end(at(3602), at(7200)), "then for an hour it was there again");
        assert!(absence.may_end(at(7320), at(7320)));
        assert!(!absence.may_end(at(7321), at(7321)), "it stays away");
    }

    #[test]
    fn a_keeper_waits_for_its_daemon_for_ever() {
        let start = Instant::now();
        let mut absence = Absence { patient: true, ..Absence::default() };
        assert!((0..1000).all(|hour| {
            let now = start + Duration::from_secs(hour * 3600);
            absence.may_end(now, now)
        }));
    }
}
