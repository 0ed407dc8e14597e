//! Ending a run from outside: its container is asked, then killed; whoever keeps the run unmakes it, and is waited for.

use std::time::Duration;

use hcn_containerd::{Client, ErrorKind};
use tokio::time::{Instant, sleep};

use super::known::{Known, Standing};
use super::plan::{Plan, RUN_LABEL};
use crate::Failure;
use crate::connect;
use crate::exit::Exit;
use crate::sys::{Signal, signal_number};

/// How often it is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(20);

/// How often a container is killed that does not end.
const KILL_AGAIN: Duration = Duration::from_secs(1);

/// How long the unmaking may take once the container was killed: each plugin has its own, shorter limit.
pub(super) const UNMAKING: Duration = Duration::from_secs(300);

/// The daemon of a plan, in the plan's containerd namespace.
///
/// # Errors
/// It does not answer.
pub(crate) async fn connect(plan: &Plan, limit: Duration) -> Result<Client, Failure> {
    let namespace = plan.containerd_namespace.parse().map_err(|error| failure(&error))?;
    connect::connect(&plan.address, namespace, limit).await.map_err(|error| failure(&error))
}

/// As commands beside `run` fail.
pub(crate) fn failure(error: &hcn_containerd::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::PermissionDenied => Exit::AccessDenied,
        ErrorKind::Unavailable | ErrorKind::Timeout => Exit::Unavailable,
        _ => Exit::Failure,
    };
    Failure::new(exit, error)
}

/// Ends a living run: TERM at once, KILL when the grace is over, and then waits until all of it is unmade.
///
/// # Errors
/// It has died before, or something could not be unmade; the daemon does not answer.
pub(crate) async fn end(known: &Known, client: &Client, grace: Duration) -> Result<(), Failure> {
    let begun = Instant::now();
    let mut sent: Option<(Signal, Instant)> = None;
    loop {
        match known.standing()? {
            Standing::Unmade => return Ok(()),
            Standing::Left => return Err(left(known)),
            Standing::Lives => {}
        }
        let signal = if begun.elapsed() < grace { Signal::Term } else { Signal::Kill };
        if is_due(sent, signal) && send(known, client, signal).await? {
            sent = Some((signal, Instant::now()));
        }
        if begun.elapsed() > grace + UNMAKING {
            return Err(late(known));
        }
        sleep(LOOK).await;
    }
}

/// TERM is sent once, KILL until it is over.
fn is_due(sent: Option<(Signal, Instant)>, signal: Signal) -> bool {
    match sent {
        None => true,
        Some((before, at)) => before != signal || signal == Signal::Kill && at.elapsed() >= KILL_AGAIN,
    }
}

/// Was it sent? Not to a container that is not there yet or any more, nor to another one of this id.
async fn send(known: &Known, client: &Client, signal: Signal) -> Result<bool, Failure> {
    let container = &known.plan.container;
    let sent = async {
        let found = client.containers().get(container).await?;
        if found.labels.get(RUN_LABEL) != Some(&known.plan.run) {
            return Ok(false);
        }
        client.tasks().kill(container, signal_number(signal)).await.map(|()| true)
    };
    match sent.await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failure(&error)),
        Ok(sent) => Ok(sent),
    }
}

/// Nobody keeps it any more.
pub(super) fn left(known: &Known) -> Failure {
    let Known { plan, folder, .. } = known;
    Failure::new(
        Exit::Failure,
        format!(
            "the run of container `{}` has died: what it left is noted in `{}`; `hcn gc` removes it",
            plan.container,
            folder.display()
        ),
    )
}

fn late(known: &Known) -> Failure {
    let Known { plan, folder, .. } = known;
    Failure::new(
        Exit::Failure,
        format!(
            "the container `{}` was killed, and its run is not unmade yet: it may wait for a plugin; look into `{}`",
            plan.container,
            folder.display()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_is_asked_once_and_killed_until_it_is_gone() {
        let now = Instant::now();
        assert!(is_due(None, Signal::Term));
        assert!(!is_due(Some((Signal::Term, now)), Signal::Term));
        assert!(is_due(Some((Signal::Term, now)), Signal::Kill));
        assert!(!is_due(Some((Signal::Kill, now)), Signal::Kill));
        assert!(is_due(now.checked_sub(KILL_AGAIN).map(|before| (Signal::Kill, before)), Signal::Kill));
    }
}
