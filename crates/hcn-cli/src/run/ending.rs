//! Ending a run from outside: its container is asked, by the signal that its image names, then killed; a run that has no
//! container yet, for it pulls, is asked in its journal. Whoever keeps the run unmakes it, and is waited for.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use hcn_containerd::{Client, ErrorKind};
use tokio::time::{Instant, sleep};

use super::known::{Known, Standing};
use super::plan::{Plan, RUN_LABEL};
use super::progress::ask_to_end;
use super::stop_signal;
use crate::Failure;
use crate::connect;
use crate::exit::Exit;
use crate::os::Os;
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

/// What a container is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// To end.
    End,
    /// Nothing: it is killed.
    Die,
}

/// Ends a living run: it is asked at once, its container killed when the grace is over; then waits until all of it is
/// unmade.
///
/// # Errors
/// It has died before, or something could not be unmade; the daemon does not answer.
pub(crate) async fn end(known: &Known, client: &Client, grace: Duration) -> Result<(), Failure> {
    let begun = Instant::now();
    ask(known);
    let mut sent: Option<(Demand, Instant)> = None;
    loop {
        match known.standing()? {
            Standing::Unmade => return Ok(()),
            Standing::Left => return Err(left(known)),
            Standing::Lives => {}
        }
        let demand = if begun.elapsed() < grace { Demand::End } else { Demand::Die };
        if is_due(sent, demand) && send(known, client, demand).await? {
            sent = Some((demand, Instant::now()));
        }
        if begun.elapsed() > grace.saturating_add(UNMAKING) {
            return Err(late(known));
        }
        sleep(LOOK).await;
    }
}

/// What has no container yet ends for this alone; what has one gets its signal all the same.
fn ask(known: &Known) {
    match ask_to_end(&known.folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "the run is not asked in its journal");
        }
        _ => {}
    }
}

/// It is asked once, and killed until it is over.
fn is_due(sent: Option<(Demand, Instant)>, demand: Demand) -> bool {
    match sent {
        None => true,
        Some((before, at)) => before != demand || demand == Demand::Die && at.elapsed() >= KILL_AGAIN,
    }
}

/// Was it sent? Not to a container that is not there yet or any more, nor to another one of this id.
async fn send(known: &Known, client: &Client, demand: Demand) -> Result<bool, Failure> {
    let container = &known.plan.container;
    let sent = async {
        let found = client.containers().get(container).await?;
        if found.labels.get(RUN_LABEL) != Some(&known.plan.run) {
            return Ok(false);
        }
        let signal = match demand {
            Demand::End => stop_signal_of(&found.labels, Os::HOST),
            Demand::Die => signal_number(Signal::Kill),
        };
        client.tasks().kill(container, signal).await.map(|()| true)
    };
    match sent.await {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failure(&error)),
        Ok(sent) => Ok(sent),
    }
}

/// As the record says; TERM where it says nothing that can be sent. On Windows images name Linux' signals, if any.
fn stop_signal_of(labels: &HashMap<String, String>, os: Os) -> u32 {
    let named = labels.get(stop_signal::LABEL).filter(|_| os == Os::Linux);
    let number = named.and_then(|text| stop_signal::number(text));
    if let (Some(text), None) = (named, number) {
        tracing::warn!(text, "the image's stop signal is none: TERM is sent");
    }
    number.unwrap_or_else(|| signal_number(Signal::Term))
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
        assert!(is_due(None, Demand::End));
        assert!(!is_due(Some((Demand::End, now)), Demand::End));
        assert!(is_due(Some((Demand::End, now)), Demand::Die));
        assert!(!is_due(Some((Demand::Die, now)), Demand::Die));
        assert!(is_due(now.checked_sub(KILL_AGAIN).map(|before| (Demand::Die, before)), Demand::Die));
    }

    #[test]
    fn a_container_is_asked_by_the_signal_of_its_image() {
        let label = |text: &str| HashMap::from([(stop_signal::LABEL.to_owned(), text.to_owned())]);
        assert_eq!(stop_signal_of(&label("SIGINT"), Os::Linux), 2);
        let term = signal_number(Signal::Term);
        for (labels, os) in
            [(HashMap::new(), Os::Linux), (label("SIGFOO"), Os::Linux), (label("SIGINT"), Os::Windows)]
        {
            assert_eq!(stop_signal_of(&labels, os), term, "{labels:?}");
        }
    }
}
