//! Runs that are known here: those with a folder among the journals. Whether one lives its lock says, nothing else.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use super::folder::folder_of;
use super::plan::Plan;
use crate::Failure;
use crate::exit::Exit;

/// One run.
#[derive(Debug)]
pub(crate) struct Known {
    /// What it was to make.
    pub(crate) plan: Plan,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// When it began.
    pub(crate) since: SystemTime,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is alive.
    Lives,
    /// It has ended, and nothing is left.
    Unmade,
    /// It has ended, or was killed, and left something.
    Left,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    /// The oldest first.
    pub(crate) runs: Vec<Known>,
    /// Why others cannot be told.
    pub(crate) unreadable: Vec<String>,
}

/// Which run is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The container's id, or the front of it; the run's name, or the front of that.
    pub(crate) name: &'a str,
    /// The containerd namespace, if one was named.
    pub(crate) namespace: Option<&'a str>,
}

impl Known {
    /// How it stands now.
    ///
    /// # Errors
    /// Its lock cannot be looked at.
    pub(crate) fn standing(&self) -> Result<Standing, Failure> {
        let failed = |error| {
            let place = self.folder.display();
            Failure::new(Exit::Failure, format!("cannot tell whether the run in `{place}` lives: {error}"))
        };
        if is_locked(&self.folder).map_err(failed)? {
            return Ok(Standing::Lives);
        }
        // Looked at behind the lock: a run removes its plan before it lets go.
        let plan = fs::exists(self.folder.join("plan.json")).map_err(failed)?;
        Ok(if plan { Standing::Left } else { Standing::Unmade })
    }
}

/// Locked by somebody who lives. Shared, and for a moment, so that nobody else is taken for one.
pub(super) fn is_locked(folder: &Path) -> io::Result<bool> {
    let lock = match File::open(folder.join("lock")) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        lock => lock?,
    };
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(false),
    }
}

/// The runs whose journals are below this folder.
///
/// # Errors
/// It cannot be read.
pub(crate) fn all(state: &Path) -> Result<Runs, Failure> {
    let folder = folder_of(state, "");
    let failed = |error| {
        Failure::new(Exit::Failure, format!("cannot look for runs in `{}`: {error}", folder.display()))
    };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Runs::default()),
        entries => entries.map_err(failed)?,
    };
    let mut found = Runs::default();
    for entry in entries {
        let folder = entry.map_err(failed)?.path();
        match read(&folder) {
            Ok(known) => found.runs.push(known),
            // It is just beginning, or at its end.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                found.unreadable.push(format!("the run in `{}` cannot be told: {error}", folder.display()))
            }
        }
    }
    found.runs.sort_by_key(|known| known.since);
    Ok(found)
}

/// What every version of a plan says.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

fn read(folder: &Path) -> io::Result<Known> {
    let file = folder.join("plan.json");
    let since = fs::metadata(&file)?.modified()?;
    let bytes = fs::read(&file)?;
    let Header { version } = serde_json::from_slice(&bytes)?;
    if version != Plan::VERSION {
        return Err(io::Error::other(format!(
            "its plan has version {version}, and this hcn knows {}",
            Plan::VERSION
        )));
    }
    Ok(Known { plan: serde_json::from_slice(&bytes)?, folder: folder.to_owned(), since })
}

/// The run that is meant.
///
/// # Errors
/// `NotFound`: there is none; or the name fits several.
pub(crate) fn find(state: &Path, wanted: Wanted<'_>) -> Result<Known, Failure> {
    let Runs { mut runs, .. } = all(state)?;
    runs.retain(|known| {
        wanted.namespace.is_none_or(|namespace| known.plan.containerd_namespace == namespace)
    });
    let exact = |known: &Known| known.plan.container == wanted.name || known.plan.run == wanted.name;
    let front = |known: &Known| {
        known.plan.container.starts_with(wanted.name) || known.plan.run.starts_with(wanted.name)
    };
    if runs.iter().any(exact) {
        runs.retain(exact);
    } else {
        runs.retain(front);
    }
    match (runs.pop(), runs.len()) {
        (Some(known), 0) => Ok(known),
        (None, _) => Err(Failure::new(
            Exit::NotFound,
            format!("no run has a container `{}`; `hcn ps` lists those that there are", wanted.name),
        )),
        (Some(last), _) => Err(Failure::new(Exit::Failure, several(wanted.name, runs.iter().chain([&last])))),
    }
}

fn several<'a>(name: &str, found: impl Iterator<Item = &'a Known>) -> String {
    let named = |known: &Known| {
        let Plan { container, containerd_namespace, run, .. } = &known.plan;
        format!("`{container}` of namespace {containerd_namespace}, run {run}")
    };
    let all: Vec<_> = found.map(named).collect();
    format!(
        "`{name}` may mean {}; write more of the id, the run's name, or --containerd-namespace",
        all.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;
    use crate::run::folder::RunFolder;

    fn plan(run: &str, container: &str, namespace: &str) -> Plan {
        Plan {
            version: Plan::VERSION,
            run: run.into(),
            boot: "boot".into(),
            address: "/c.sock".into(),
            containerd_namespace: namespace.into(),
            container: container.into(),
            network_namespace: None,
            detached: true,
            log: None,
            first: Vec::new(),
            lanes: [Vec::new(), Vec::new()],
            then: Vec::new(),
        }
    }

    fn found(state: &Scratch, name: &str, namespace: Option<&str>) -> Result<String, String> {
        let found = find(state.path(), Wanted { name, namespace });
        found.map(|known| known.plan.run).map_err(|failure| format!("{} {failure}", failure.exit.code()))
    }

    #[test]
    fn a_run_is_found_by_what_only_it_is_called() {
        let state = Scratch::new();
        let plans =
            [plan("a1", "web", "default"), plan("b2", "web-2", "default"), plan("c3", "db", "k8s.io")];
        let _folders = plans.map(|plan| RunFolder::create(state.path(), &plan).unwrap());
        assert_eq!(
            found(&state, "web", None),
            Ok("a1".into()),
            "the whole id wins over the front of another"
        );
        assert_eq!(found(&state, "web-", None), Ok("b2".into()));
        assert_eq!(found(&state, "c", None), Ok("c3".into()), "a run's name");
        assert_eq!(found(&state, "d", Some("k8s.io")), Ok("c3".into()));
        insta::assert_snapshot!(found(&state, "d", Some("default")).unwrap_err(), @"3 no run has a container `d`; `hcn ps` lists those that there are");
        insta::assert_snapshot!(found(&state, "we", None).unwrap_err().replace("`web-2` of namespace default, run b2; `web` of namespace default, run a1", "`web` of namespace default, run a1; `web-2` of namespace default, run b2"), @"1 `we` may mean `web` of namespace default, run a1; `web-2` of namespace default, run b2; write more of the id, the run's name, or --containerd-namespace");
    }

    #[test]
    fn a_journal_with_another_spelling_of_an_address_is_of_the_same_daemon() {
        let (raw, one) = match cfg!(windows) {
            true => ("npipe:////./pipe/C-c", r"\\.\pipe\c-c"),
            false => ("unix:///run//c.sock", "/run/c.sock"),
        };
        let state = Scratch::new();
        let written = Plan { address: raw.into(), ..plan("a1", "web", "default") };
        let _folder = RunFolder::create(state.path(), &written).unwrap();
        assert_eq!(all(state.path()).unwrap().runs[0].plan.address, one);
    }

    #[test]
    fn a_run_stands_as_its_lock_and_its_plan_say() {
        let state = Scratch::new();
        let folder = RunFolder::create(state.path(), &plan("a1", "web", "default")).unwrap();
        let known = all(state.path()).unwrap().runs.remove(0);
        assert_eq!(known.standing(), Ok(Standing::Lives));
        drop(folder);
        assert_eq!(known.standing(), Ok(Standing::Left));
        fs::remove_file(known.folder.join("plan.json")).unwrap();
        assert_eq!(known.standing(), Ok(Standing::Unmade));
        fs::remove_dir_all(&known.folder).unwrap();
        assert_eq!(known.standing(), Ok(Standing::Unmade));
        assert!(all(state.path()).unwrap().runs.is_empty());
    }

    #[test]
    fn a_plan_of_another_version_is_named_and_hides_no_other() {
        let state = Scratch::new();
        assert_eq!(all(state.path()).unwrap().runs.len(), 0, "not even a folder");
        let newer = Plan { version: 2, ..plan("a1", "web", "default") };
        let _folders =
            [newer, plan("b2", "db", "default")].map(|plan| RunFolder::create(state.path(), &plan).unwrap());
        let Runs { runs, unreadable } = all(state.path()).unwrap();
        assert_eq!((runs.len(), unreadable.len()), (1, 1));
        assert!(unreadable[0].ends_with("its plan has version 2, and this hcn knows 1"), "{unreadable:?}");
    }
}
