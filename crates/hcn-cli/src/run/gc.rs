//! Unmaking what dead runs left: `hcn gc`, and what every `hcn run` does before it begins.
//!
//! What a run made is in its plan, under names that it chose for itself alone; nothing else is looked at, so nothing of
//! anybody else is touched. A run is alive for as long as its lock is held; two who unmake at once share the dead
//! between them by the same locks.

use std::collections::BTreeMap;
use std::fs::TryLockError;

use std::time::Duration;

use hcn_containerd::{Client, Namespace};
use serde::Serialize;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep};

use super::dead::{self, Dead, Found, Wanted};
use super::draft;
use super::ending::{LOOK, UNMAKING, left};
use super::folder::RunFolder;
use super::host::{Death, Machine};
use super::known::{Known, Standing};
use super::plan::Plan;
use super::presence::Turn;
use super::show::described;
use super::undo::{self, Begun};
use crate::connect::connect;
use crate::exit::Exit;
use crate::output::Notes;
use crate::settings::Settings;
use crate::{Failure, sys};

/// How long the plugins of a dead run may work on before they are killed.
const PLUGINS: Duration = Duration::from_secs(30);

/// How long who was killed may take to be gone.
const DEATH: Duration = Duration::from_secs(5);

/// How many runs are unmade at once.
const AT_ONCE: usize = 8;

/// One dead run, and what became of what it had left.
#[derive(Debug, Clone, Serialize)]
pub struct Reclaimed {
    /// The run.
    pub run: String,
    /// What became of it.
    pub result: Outcome,
    /// Its container's id; absent where its plan cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The containerd namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containerd_namespace: Option<String>,
    /// What it may have made.
    pub parts: Vec<Part>,
    /// Why something is left, first cause first.
    pub failures: Vec<String>,
}

/// What became of a dead run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing of it is left.
    Removed,
    /// It was only looked at.
    Found,
    /// Something is left, or it could not be touched.
    Left,
}

/// Something that a run may have made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it is.
    pub what: &'static str,
    /// Its name.
    pub name: String,
}

/// Unmake what dead runs left, or with `dry_run` only tell what it is. Answers also why half-written files are left.
///
/// # Errors
/// The folder of the runs cannot be read. What cannot be unmade is in the answer.
pub async fn gc(settings: &Settings, dry_run: bool) -> Result<(Vec<Reclaimed>, Vec<Failure>), Failure> {
    let wanted = if dry_run { Wanted::ToShow } else { Wanted::All };
    let found = dead::find(&settings.state, wanted)?;
    if dry_run {
        let shown = found.into_iter().map(|found| found.reclaimed(Outcome::Found, Vec::new()));
        return Ok((shown.collect(), Vec::new()));
    }
    Turn::clear(&settings.state);
    let drafts = draft::sweep(&settings.state);
    Ok((reclaim_all(found, settings).await, drafts))
}

/// Unmake what one dead run left. Where somebody else is at it they are waited for, and what they leave is tried again.
///
/// # Errors
/// Something is left, for the reasons given.
pub(crate) async fn reclaim_one(settings: &Settings, known: &Known) -> Result<(), Failure> {
    reclaim_within(settings, known, UNMAKING).await
}

async fn reclaim_within(settings: &Settings, known: &Known, limit: Duration) -> Result<(), Failure> {
    let give_up = Instant::now() + limit;
    let found = loop {
        if let Some(found) = dead::find_one(&known.folder)? {
            break found;
        }
        match known.standing()? {
            Standing::Unmade => return Ok(()),
            _ if Instant::now() >= give_up => return Err(left(known)),
            _ => sleep(LOOK).await,
        }
    };
    let failures: Vec<_> =
        reclaim_all(vec![found], settings).await.into_iter().flat_map(|one| one.failures).collect();
    match &failures[..] {
        [] => Ok(()),
        failures => Err(Failure::new(Exit::Failure, failures.join("; and "))),
    }
}

/// Unmake what dead runs of the same containerd left, and tell; it is no failure of the run that follows.
pub(super) async fn sweep(settings: &Settings, notes: Notes) {
    for failure in draft::sweep(&settings.state) {
        tracing::warn!(%failure, "a draft is left");
    }
    let wanted = Wanted::NotFailedLately(&settings.address);
    let found = dead::find(&settings.state, wanted).unwrap_or_else(|failure| {
        tracing::warn!(%failure, "dead runs are not looked for");
        Vec::new()
    });
    // What cannot be told is for `hcn gc` to tell.
    let found: Vec<_> = found.into_iter().filter(|found| matches!(found, Found::Dead(_))).collect();
    if found.is_empty() {
        return;
    }
    for reclaimed in reclaim_all(found, settings).await {
        notes.note(reclaimed.sentence());
    }
}

impl Reclaimed {
    fn sentence(&self) -> String {
        let Self { run, container, .. } = self;
        let container = container.as_deref().unwrap_or_default();
        match self.failures.first() {
            None => format!("removed what run {run} of container `{container}` had left"),
            Some(why) => format!(
                "what run {run} of container `{container}` has left cannot all be removed: {why}; `hcn gc` tries again"
            ),
        }
    }
}

impl Found {
    fn reclaimed(&self, done: Outcome, failures: Vec<Failure>) -> Reclaimed {
        let failures: Vec<String> = failures.into_iter().map(|failure| failure.error).collect();
        match self {
            Self::Dead(dead) => dead.reclaimed(done, failures),
            Self::Unusable { run, why } => Reclaimed {
                run: run.clone(),
                result: Outcome::Left,
                container: None,
                containerd_namespace: None,
                parts: Vec::new(),
                failures: vec![why.error.clone()],
            },
        }
    }
}

impl Dead {
    fn reclaimed(&self, result: Outcome, failures: Vec<String>) -> Reclaimed {
        Reclaimed {
            run: self.plan.run.clone(),
            result,
            container: Some(self.plan.container.clone()),
            containerd_namespace: Some(self.plan.containerd_namespace.clone()),
            parts: parts(&self.plan),
            failures,
        }
    }
}

fn parts(plan: &Plan) -> Vec<Part> {
    plan.steps().map(|step| described(plan, step)).map(|(what, name)| Part { what, name }).collect()
}

/// Several at once: most of the time is waiting.
async fn reclaim_all(found: Vec<Found>, settings: &Settings) -> Vec<Reclaimed> {
    let mut daemons = Daemons { connect: settings.connect_timeout, clients: BTreeMap::new() };
    let mut done = Vec::new();
    let mut rest = found.into_iter().peekable();
    while rest.peek().is_some() {
        let mut work = JoinSet::new();
        let local = LocalSet::new();
        for found in rest.by_ref().take(AT_ONCE) {
            match found {
                Found::Dead(dead) => match daemons.client(&dead.plan).await {
                    Ok(client) => drop(work.spawn_local_on(reclaim(*dead, client), &local)),
                    Err(failure) => done.push(dead.reclaimed(Outcome::Left, vec![failure.error])),
                },
                unusable @ Found::Unusable { .. } => {
                    done.push(unusable.reclaimed(Outcome::Left, Vec::new()));
                }
            }
        }
        done.extend(local.run_until(work.join_all()).await);
    }
    done.sort_by(|one, other| one.run.cmp(&other.run));
    done
}

/// The connections, one for each daemon.
struct Daemons {
    connect: Duration,
    clients: BTreeMap<String, Result<Client, Failure>>,
}

impl Daemons {
    async fn client(&mut self, plan: &Plan) -> Result<Client, Failure> {
        let namespace = plan.containerd_namespace.parse().map_err(Failure::run)?;
        if !self.clients.contains_key(&plan.address) {
            let connected = connect(&plan.address, Namespace::default(), self.connect).await;
            self.clients.insert(plan.address.clone(), connected.map_err(Failure::run));
        }
        let unknown = || Err(Failure::run("no connection"));
        let client = self.clients.get(&plan.address).cloned().unwrap_or_else(unknown)?;
        Ok(client.with_namespace(namespace))
    }
}

/// Unmakes one run. Its folder goes when nothing is left; else it stays, for another try.
async fn reclaim(dead: Dead, client: Client) -> Reclaimed {
    let failures = match wait_for_plugins(&dead.folder, PLUGINS).await {
        Ok(()) => unmake(&dead, client).await,
        Err(failure) => vec![failure],
    };
    let told = |failures: Vec<Failure>| failures.into_iter().map(|failure| failure.error).collect();
    if !failures.is_empty() {
        dead.note_failure();
        return dead.reclaimed(Outcome::Left, told(failures));
    }
    let mut reclaimed = dead.reclaimed(Outcome::Removed, Vec::new());
    let place = dead.folder.path().display().to_string();
    if let Err(error) = dead.folder.remove() {
        reclaimed.result = Outcome::Left;
        reclaimed.failures.push(format!("cannot remove the run's journal `{place}`: {error}"));
    }
    reclaimed
}

async fn unmake(dead: &Dead, client: Client) -> Vec<Failure> {
    let death = Death { stages: dead.stages.clone(), rebooted: dead.rebooted };
    let machine = Machine::of_the_dead(client, &dead.folder, death);
    undo::undo(&machine, &dead.plan, Begun::as_noted(&dead.plan, &dead.stages)).await
}

/// Waits until no plugin of the run is at work; one that takes too long is killed. From then on plugins inherit a lock
/// of ours.
async fn wait_for_plugins(folder: &RunFolder, patience: Duration) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let place = folder.path().display();
        Failure::new(Exit::Failure, format!("cannot wait for the plugins of the run in `{place}`: {error}"))
    };
    let free = |limit| become_free(folder, limit);
    if !free(patience).await.map_err(failed)? {
        let killed = sys::kill_holders(folder.plugins()).map_err(failed)?;
        tracing::warn!(killed, "plugins of a dead run were killed");
        if !free(DEATH).await.map_err(failed)? {
            return Err(failed(std::io::Error::other("one is still at work; end it, and try again")));
        }
    }
    sys::share_lock(folder.plugins()).map_err(failed)
}

/// Tried again and again, for a lock that was waited for on a thread could not be given up.
async fn become_free(folder: &RunFolder, limit: Duration) -> std::io::Result<bool> {
    let give_up = Instant::now() + limit;
    loop {
        match folder.plugins().try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                sleep(Duration::from_millis(20)).await;
            }
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
