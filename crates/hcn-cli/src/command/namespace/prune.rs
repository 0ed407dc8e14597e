//! `hcn namespace prune`: the namespaces that ctr and nerdctl leave on Windows, one a run.
//!
//! CRI, BuildKit and OBuilder make a namespace minutes before the container that names it: what looks unused once is none
//! of these. So it must be seen unused in two looks, far enough apart.

use std::collections::HashSet;
use std::fmt::Display;
use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use hcn::{Guid, Hcn, Namespace, NamespaceId, NamespaceKind, ResourceKind};

use super::looks::Looks;
use super::users::{self, Users};
use crate::command::object::{self, Shape, Table};
use crate::command::service::refused;
use crate::exit::Exit;
use crate::settings::Settings;
use crate::{Failure, output};

/// How far apart two looks must be.
const APART: Duration = Duration::from_secs(600);

/// How long containerd may take to tell who uses them, where no `--timeout` says it.
const ANSWER: Duration = Duration::from_secs(30);

/// The flags of `prune`.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    after_help = "A namespace is listed if it is not the default one, holds no container, and is named by no \
                  container of any containerd namespace and by no run of hcn, in two looks at least ten minutes \
                  apart. Each call is a look, with or without --yes; they are kept in the folder of --state."
)]
pub struct Prune {
    /// Delete them, and print the ids of those that are gone
    #[arg(long)]
    pub yes: bool,
    /// How they are printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// A namespace that can go.
struct Candidate {
    namespace: Namespace,
    id: NamespaceId,
    /// How long ago it was first seen unused.
    since: Duration,
}

/// Look, list, and delete if that was asked.
pub(super) fn prune(hcn: &Hcn, args: &Prune, settings: &Settings) -> Result<u32, Failure> {
    let mut looks = Looks::open(&settings.state).map_err(|why| of_state(settings, why))?;
    // They are listed before those who may use them: what is made from here on is not looked at.
    let namespaces = hcn.namespaces().list().map_err(refused)?;
    let needs = Needs::ask(settings)?;
    let unused: Vec<_> = namespaces.into_iter().filter_map(|one| needs.unused(one)).collect();
    let ids: Vec<_> = unused.iter().map(|(id, _)| *id).collect();
    let ages = looks.look(&ids).map_err(|why| of_state(settings, why))?;
    let seen =
        unused.into_iter().zip(ages).map(|((id, namespace), since)| Candidate { namespace, id, since });
    let (candidates, early): (Vec<_>, Vec<_>) = seen.partition(|seen| seen.since >= APART);
    note(&early);
    if args.yes { delete(hcn, &candidates, || Needs::ask(settings)) } else { list(&candidates, args.shape) }
}

/// Who may need a namespace, at one moment.
#[derive(Default)]
struct Needs {
    users: Users,
    /// What the journals of runs name.
    runs: HashSet<Guid>,
}

impl Needs {
    fn ask(settings: &Settings) -> Result<Self, Failure> {
        let limit = settings.timeout.unwrap_or(ANSWER);
        let users = users::ask(settings, limit).map_err(|why| why.within("cannot prune namespaces"))?;
        let runs = journals(&settings.state).map_err(|why| of_state(settings, why))?;
        Ok(Self { users, runs })
    }

    /// Nobody is known to use it.
    fn unused(&self, namespace: Namespace) -> Option<(NamespaceId, Namespace)> {
        let id = free(&namespace)?;
        let is_named = self.users.mention(id) || self.runs.contains(&id.0);
        (!is_named).then_some((id, namespace))
    }
}

fn of_state(settings: &Settings, why: impl Display) -> Failure {
    let state = settings.state.display();
    Failure::new(
        Exit::Failure,
        format!(
            "cannot prune namespaces: the state folder `{state}` cannot be used: {why}; name another with --state"
        ),
    )
}

/// The id of a namespace that is for a container and holds none.
pub(crate) fn free(namespace: &Namespace) -> Option<NamespaceId> {
    let id = namespace.id.filter(|id| !id.0.is_zero())?;
    let is_of_a_container = matches!(namespace.kind(), NamespaceKind::Host | NamespaceKind::Guest);
    // What is neither container nor endpoint is nothing that is known: it may need the namespace.
    let is_free =
        namespace.resources.iter().flatten().all(|resource| resource.kind() == ResourceKind::Endpoint);
    (is_of_a_container && is_free).then_some(id)
}

/// Every GUID in the journals of the runs. A run writes its journal before its namespace is made.
pub(crate) fn journals(state: &Path) -> io::Result<HashSet<Guid>> {
    let mut found = HashSet::new();
    for run in absent_is_none(fs::read_dir(state.join("runs")))?.into_iter().flatten() {
        let plan = absent_is_none(fs::read(run?.path().join("plan.json")))?.unwrap_or_default();
        found.extend(users::guids(&plan));
    }
    Ok(found)
}

/// A run may end while its journal is looked for.
fn absent_is_none<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            Ok(None)
        }
        read => read.map(Some),
    }
}

fn note(early: &[Candidate]) {
    let Some(next) = early.iter().map(|seen| APART - seen.since).min() else { return };
    let (count, s) = (early.len(), if early.len() == 1 { " looks" } else { "s look" });
    output::Notes::Shown.note(format_args!(
        "{count} namespace{s} unused, but not for ten minutes yet; look again in {}",
        minutes(next + Duration::from_secs(59))
    ));
}

fn minutes(duration: Duration) -> String {
    match duration.as_secs() / 60 {
        minutes @ 0..120 => format!("{minutes}m"),
        minutes => format!("{}h", minutes / 60),
    }
}

fn list(candidates: &[Candidate], shape: Shape) -> Result<u32, Failure> {
    output::all(shown(candidates, shape)?)?;
    Ok(0)
}

fn shown(candidates: &[Candidate], shape: Shape) -> Result<String, Failure> {
    let namespaces: Vec<Namespace> = candidates.iter().map(|one| one.namespace.clone()).collect();
    let documents: Vec<Namespace> = candidates.iter().map(document).collect();
    object::print(shape, &namespaces, &documents, || table(candidates).to_string())
}

fn table(candidates: &[Candidate]) -> Table {
    let row = |one: &Candidate| {
        vec![one.id.to_string(), one.namespace.endpoints().count().to_string(), reason(one)]
    };
    Table { header: vec!["ID", "ENDPOINTS", "REASON"], rows: candidates.iter().map(row).collect() }
}

fn reason(candidate: &Candidate) -> String {
    let since = minutes(candidate.since);
    format!("it holds no container, and no container of containerd and no run names it, for {since}")
}

/// The service's document, and behind its members the reason.
fn document(candidate: &Candidate) -> Namespace {
    let mut document = candidate.namespace.clone();
    let reason = hcn::Raw::new(&reason(candidate)).ok();
    reason.into_iter().for_each(|reason| document.extra.push("Reason", reason));
    document
}

/// Each is looked at once more right before it goes, for a container may have been made in it since. What somebody else
/// deleted meanwhile is no failure; where nobody can say who needs it, it stays, and so do the others.
fn delete(
    hcn: &Hcn,
    candidates: &[Candidate],
    mut ask: impl FnMut() -> Result<Needs, Failure>,
) -> Result<u32, Failure> {
    let mut is_known = true;
    let (gone, code) = object::all(candidates, |Candidate { id, .. }| {
        if !is_known {
            return Ok(String::new());
        }
        let Some(namespace) = find(hcn, *id)? else { return Ok(String::new()) };
        let needs = ask().inspect_err(|_| is_known = false)?;
        if needs.unused(namespace).is_none() {
            output::Notes::Shown.note(format_args!("namespace {id} is used by now, and stays"));
            return Ok(String::new());
        }
        match hcn.namespaces().delete(*id) {
            Err(error) if error.is_absence() => Ok(String::new()),
            deleted => deleted.map(|()| format!("{id}\n")).map_err(refused),
        }
    });
    output::all(gone.concat())?;
    code
}

fn find(hcn: &Hcn, id: NamespaceId) -> Result<Option<Namespace>, Failure> {
    match hcn.namespaces().get(id) {
        Err(error) if error.is_absence() => Ok(None),
        found => found.map(Some).map_err(refused),
    }
}

#[cfg(test)]
mod tests;
