//! Is there what a run needs of the host: the folders and files that its container is to see, a terminal, rights? Asked
//! before anything is made, because the runtime's own words for it come late and name no fix.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::known::{self, Known, Runs, Standing};
use super::layers;
use super::plan::{Plan, SnapshotKey};
use super::workload::Workload;
use crate::Failure;
use crate::os::Os;
use crate::spec::{Mount, Step::Member};
use crate::sys;

/// Check the root file system or layers of a config.json, and the folder that stands in the place of an image. What an
/// image's container mounts was [checked](check_mounts) before it was pulled.
///
/// # Errors
/// The first one that is not there. What cannot be looked at is left to the runtime.
pub(super) fn check(workload: &Workload, os: Os) -> Result<(), Failure> {
    match (workload, os) {
        (Workload::Config(config), Os::Linux) => {
            let root = config.spec.text_at(&[Member("root"), Member("path")]).ok().flatten();
            let root = root.filter(|root| !root.is_empty()).map(|root| config.folder.join(root));
            root.map_or(Ok(()), |root| check_root(&root, &workload.source()))
        }
        (Workload::Config(config), Os::Windows) => layers::check(config),
        (Workload::Image(..), _) => Ok(()),
        (Workload::Rootfs(folder, wanted), _) => {
            check_folder(folder)?;
            check_mounts(&wanted.mounts)
        }
    }
}

/// Check what a container mounts.
///
/// # Errors
/// The first source that is not there.
pub(super) fn check_mounts(mounts: &[Mount]) -> Result<(), Failure> {
    mounts.iter().try_for_each(check_source)
}

/// Is there a terminal on which a container can be shown?
///
/// # Errors
/// There is none.
pub(super) fn check_terminal() -> Result<(), Failure> {
    match sys::Terminal::is_there() {
        true => Ok(()),
        false => Err(Failure::run(
            "cannot run with a terminal: standard input is none; start hcn from one, or do without: leave --tty out, \
             and process.terminal in config.json",
        )),
    }
}

/// May this process make a network namespace?
///
/// # Errors
/// It may not.
pub(super) fn check_permission() -> Result<(), Failure> {
    let hint = sys::HOW_TO_BE_ALLOWED;
    let refused = |error| Failure::run(format!("cannot make a network namespace: {error}; {hint}"));
    sys::check_permission().map_err(refused)
}

fn check_folder(folder: &Path) -> Result<(), Failure> {
    match folder.is_dir() {
        true => Ok(()),
        false => Err(Failure::run(format!(
            "cannot run on the folder `{}`: it is not there; unpack a root file system there, or correct the path",
            folder.display()
        ))),
    }
}

/// Hold the network namespace of this name, which a run does not make itself, for as long as something in it is made or
/// unmade: between two runs that look for an interface and then make it, one would take away the other's.
///
/// # Errors
/// Another run holds it.
pub(super) fn hold_namespace(name: &str) -> Result<Option<File>, Failure> {
    sys::hold_network_namespace(name.as_ref()).map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => Failure::run(format!(
            "cannot use the network namespace `{name}`: another run of hcn is in it; wait until that has ended, or let \
             the run make one with --new-namespace"
        )),
        _ => Failure::run(format!("cannot use the network namespace `{name}`: {error}")),
    })
}

/// Claim the snapshot that the plan is on, if somebody prepared it: two containers that write to one are not what
/// either wants. What is returned is to be held until the plan is in its journal, which is the claim from then on.
///
/// # Errors
/// Another run is on it, or has left something and so may be: until that is unmade it is that run's. So it may be of one
/// whose journal cannot be read.
pub(super) fn claim_snapshot(state: &Path, plan: &Plan) -> Result<Option<Turn>, Failure> {
    let Some(snapshot) = plan.prepared_snapshot() else { return Ok(None) };
    let turn = Turn::take(state).map_err(|why| {
        Failure::run(format!("cannot claim snapshot `{}` below `{}`: {why}", snapshot.key, state.display()))
    })?;
    let Runs { runs, unreadable } = known::all(state)?;
    for known in runs.iter().filter(|known| are_on_one_snapshot(&known.plan, plan)) {
        match known.standing()? {
            Standing::Lives => return Err(claimed(snapshot, &known.plan)),
            Standing::Left => return Err(not_given_back(snapshot, known)),
            Standing::Unmade => {}
        }
    }
    match unreadable.first() {
        Some(why) => Err(perhaps_claimed(snapshot, why)),
        None => Ok(Some(turn)),
    }
}

/// One that somebody prepared, of one daemon.
fn are_on_one_snapshot(one: &Plan, other: &Plan) -> bool {
    let place = |plan: &Plan| (plan.address.clone(), plan.containerd_namespace.clone());
    one.prepared_snapshot() == other.prepared_snapshot() && place(one) == place(other)
}

/// One at a time looks who claims what, and claims it: a lock, whose file goes with it. On Windows the file stays.
#[derive(Debug)]
pub(super) struct Turn {
    path: PathBuf,
    _lock: File,
}

impl Turn {
    fn take(state: &Path) -> std::io::Result<Self> {
        sys::create_private_folder(state)?;
        let path = state.join(TURN);
        loop {
            let lock = File::options().write(true).create(true).truncate(false).open(&path)?;
            lock.lock()?;
            // Else it is the file of one who had it, and has removed it.
            if sys::is_at(&lock, &path) {
                return Ok(Self { path, _lock: lock });
            }
        }
    }

    /// What one left that was killed while it had its turn.
    pub(super) fn clear(state: &Path) {
        let path = state.join(TURN);
        let left = File::options().write(true).open(&path).ok();
        if let Some(lock) = left.filter(|lock| lock.try_lock().is_ok() && sys::is_at(lock, &path)) {
            drop(Self { path, _lock: lock });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if cfg!(unix) {
            // Held still: nobody else's is in its place. One that stays is the next one's.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

const TURN: &str = "snapshots.lock";

fn claimed(SnapshotKey { snapshotter, key }: &SnapshotKey, holder: &Plan) -> Failure {
    let Plan { container, .. } = holder;
    Failure::run(format!(
        "cannot run on snapshot `{key}` of {snapshotter}: the run of container `{container}` is on it; wait until that has \
         ended, end it with `hcn stop {container}`, or prepare another snapshot"
    ))
}

fn not_given_back(SnapshotKey { snapshotter, key }: &SnapshotKey, holder: &Known) -> Failure {
    let Known { plan: Plan { container, .. }, folder, .. } = holder;
    Failure::run(format!(
        "cannot run on snapshot `{key}` of {snapshotter}: the run of container `{container}` was on it, and what it left \
         is noted in `{}`; remove that with `hcn gc`, or prepare another snapshot",
        folder.display()
    ))
}

fn perhaps_claimed(SnapshotKey { snapshotter, key }: &SnapshotKey, why: &str) -> Failure {
    Failure::run(format!(
        "cannot run on snapshot `{key}` of {snapshotter}: another run may be on it: {why}; `hcn gc` says what to do"
    ))
}

fn check_root(root: &Path, source: &str) -> Result<(), Failure> {
    if is_there(root) {
        return Ok(());
    }
    Err(Failure::run(format!(
        "cannot use {source}: the folder {} that root.path names is not there; unpack the root file system there",
        root.display()
    )))
}

fn check_source(mount: &Mount) -> Result<(), Failure> {
    let bind = mount.kind.is_none() || mount.kind.as_deref() == Some("bind");
    match mount.source.as_deref().filter(|source| bind && !is_pipe(source) && !is_there(source.as_ref())) {
        None => Ok(()),
        Some(source) => Err(Failure::run(format!(
            "cannot mount `{source}` at `{}`: it is not there; make it first, or correct the path",
            mount.destination
        ))),
    }
}

/// Pipes of Windows are no files, and need not be there yet.
fn is_pipe(source: &str) -> bool {
    source.starts_with(r"\\.\pipe\")
}

/// What cannot be looked at may be there.
fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;
    use crate::run::folder::RunFolder;
    use crate::run::workload::Config;

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_root_that_is_not_there_is_named() {
        let spec = br#"{"root":{"path":"nosuch"}}"#.to_vec();
        let config = Config::parse("config.json".as_ref(), "/bundle".into(), spec, Os::Linux).unwrap();
        insta::assert_snapshot!(check(&Workload::Config(config), Os::Linux).unwrap_err(), @"cannot use config.json: the folder /bundle/nosuch that root.path names is not there; unpack the root file system there");
    }

    #[test]
    fn a_turn_waits_for_the_one_before_and_leaves_no_file() {
        let state = Scratch::new();
        let first = Turn::take(state.path()).unwrap();
        let folder = state.path().to_owned();
        let second = std::thread::spawn(move || drop(Turn::take(&folder).unwrap()));
        Turn::clear(state.path());
        assert!(state.join(TURN).exists(), "what is held stays");
        drop(first);
        second.join().unwrap();
        state.file(TURN, "");
        Turn::clear(state.path());
        assert_eq!(state.join(TURN).exists(), cfg!(windows));
    }

    fn on_snapshot(run: &str, address: &str) -> Plan {
        let plan = serde_json::json!({
            "version": Plan::VERSION, "run": run, "boot": "boot", "address": address,
            "containerd_namespace": "default", "container": "t1", "first": [],
            "lanes": [[], [{"container": {
                "labels": {}, "runtime": "r", "spec": {}, "snapshot": {"snapshotter": "overlayfs", "key": "work"},
            }}]],
            "then": [],
        });
        serde_json::from_str(&plan.to_string()).unwrap()
    }

    /// Why a second run on the snapshot is refused, if it is.
    fn refused(state: &Scratch) -> String {
        let refused = claim_snapshot(state.path(), &on_snapshot("b", "/c.sock")).map(drop);
        let said = refused.map_or_else(|why| why.to_string(), |()| "not at all".to_owned());
        said.replace(&state.join("runs").display().to_string(), "[RUNS]")
    }

    #[test]
    fn a_snapshot_is_a_run_s_until_nothing_of_that_is_left() {
        let state = Scratch::new();
        let elsewhere = RunFolder::create(state.path(), &on_snapshot("c", "/d.sock")).unwrap();
        assert_eq!(refused(&state), "not at all", "a snapshot of another daemon");
        let folder = RunFolder::create(state.path(), &on_snapshot("a", "/c.sock")).unwrap();
        insta::assert_snapshot!(refused(&state), @"cannot run on snapshot `work` of overlayfs: the run of container `t1` is on it; wait until that has ended, end it with `hcn stop t1`, or prepare another snapshot");
        let place = folder.path().to_owned();
        drop(folder);
        insta::assert_snapshot!(refused(&state).replace('\\', "/"), @"cannot run on snapshot `work` of overlayfs: the run of container `t1` was on it, and what it left is noted in `[RUNS]/a`; remove that with `hcn gc`, or prepare another snapshot");
        std::fs::remove_file(place.join("plan.json")).unwrap();
        assert_eq!(refused(&state), "not at all", "nothing is left");
        drop(elsewhere);
    }

    #[test]
    fn a_run_that_cannot_be_read_may_be_on_any_snapshot() {
        let state = Scratch::new();
        let newer = Plan { version: 2, ..on_snapshot("a", "/d.sock") };
        let folder = RunFolder::create(state.path(), &newer).unwrap();
        insta::assert_snapshot!(refused(&state).replace('\\', "/"), @"cannot run on snapshot `work` of overlayfs: another run may be on it: the run in `[RUNS]/a` cannot be told: its plan has version 2, and this hcn knows 1; `hcn gc` says what to do");
        folder.remove().unwrap();
        assert_eq!(refused(&state), "not at all");
    }

    #[test]
    fn a_source_that_is_not_there_is_named_and_a_pipe_is_not_looked_for() {
        let mounts = |source: &str| {
            let mount = Mount { source: Some(source.into()), destination: "/x".into(), ..Mount::default() };
            check_mounts(&[mount])
        };
        insta::assert_snapshot!(mounts("/nosuch").unwrap_err(), @"cannot mount `/nosuch` at `/x`: it is not there; make it first, or correct the path");
        assert_eq!(mounts(r"\\.\pipe\docker_engine"), Ok(()));
    }
}
