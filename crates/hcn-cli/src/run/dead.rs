//! Runs that died: found by the locks that nobody holds any more, and taken over.
//!
//! The lock decides, not a process id and not a time. Whoever holds the lock of a dead run is the only one to unmake it.
//! A folder without a plan belongs to a run that made nothing, and goes at once; a plan that cannot be read is left
//! alone and named.

use std::fs::{self, DirEntry, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use super::folder::{self, RunFolder};
use super::known::is_locked;
use super::plan::Plan;
use super::progress::Stages;
use crate::Failure;
use crate::exit::Exit;
use crate::sys::{self, absent_is_success, patiently};

/// Whose last unmaking failed: when it did, for those who do not want to fail at it again and again.
const FAILED: &str = "failed";

/// A run that died, held: nobody else unmakes it.
#[derive(Debug)]
#[must_use]
pub(crate) struct Dead {
    /// Its folder.
    pub(super) folder: RunFolder,
    /// What it may have made.
    pub(crate) plan: Plan,
    /// How far it came.
    pub(super) stages: Stages,
    /// Has the machine been started since?
    pub(super) rebooted: bool,
}

/// A folder that no living run holds.
#[derive(Debug)]
#[must_use]
pub(crate) enum Found {
    /// It can be unmade.
    Dead(Box<Dead>),
    /// It is left alone.
    Unusable {
        /// The run, which is the folder's name.
        run: String,
        /// Why.
        why: Failure,
    },
}

/// Which folders are of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted<'a> {
    /// All of dead runs.
    All,
    /// Those of this daemon, by its address, that nobody failed to unmake a short while ago.
    NotFailedLately(&'a str),
    /// All, but only to be shown: also a folder without a plan stays.
    ToShow,
}

/// Takes over what is wanted of the runs that died, in the order of their names.
///
/// # Errors
/// The folder of the runs cannot be read, or somebody else could have written it.
pub(crate) fn find(state: &Path, wanted: Wanted<'_>) -> Result<Vec<Found>, Failure> {
    let runs = folder::folder_of(state, "");
    let failed = |error: io::Error| {
        Failure::new(Exit::Failure, format!("cannot look for dead runs in `{}`: {error}", runs.display()))
    };
    let mut folders = match fs::read_dir(&runs) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
            .map_err(failed)?,
    };
    if folders.is_empty() {
        return Ok(Vec::new());
    }
    sys::check_trusted(&runs).map_err(failed)?;
    folders.sort();
    Ok(folders.into_iter().filter_map(|path| look_at(path, wanted)).collect())
}

/// Takes over this one run, if it died and nobody else holds it.
///
/// # Errors
/// Somebody else could have written the folder of the runs.
pub(super) fn find_one(path: &Path) -> Result<Option<Found>, Failure> {
    match path.parent().map_or(Ok(()), sys::check_trusted) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            let why = format!("cannot look for a dead run in `{}`: {error}", path.display());
            Err(Failure::new(Exit::Failure, why))
        }
        _ => Ok(look_at(path.to_owned(), Wanted::All)),
    }
}

fn look_at(path: PathBuf, wanted: Wanted<'_>) -> Option<Found> {
    let run = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Wanted::NotFailedLately(address) = wanted
        && (failed_lately(&path) || !is_dead(&path) || is_of_another(&path, address))
    {
        return None;
    }
    match take(&path, wanted) {
        Ok(taken) => taken.map(|dead| Found::Dead(Box::new(dead))),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            let why = format!(
                "cannot unmake the dead run `{run}`: {error}; look into `{}`, and remove it when nothing of the run is left",
                path.display()
            );
            Some(Found::Unusable { run, why: Failure::new(Exit::Failure, why) })
        }
    }
}

/// Does nobody hold its lock? What cannot be looked at is told by who takes it over.
fn is_dead(path: &Path) -> bool {
    !is_locked(path).unwrap_or(false)
}

/// Is it a run on another daemon? Looked at before its lock is taken, which would keep it from whoever unmakes those.
fn is_of_another(path: &Path, address: &str) -> bool {
    #[derive(Deserialize)]
    struct Place {
        address: String,
    }
    let read = fs::read(path.join(folder::PLAN)).ok();
    let place = read.and_then(|bytes| serde_json::from_slice::<Place>(&bytes).ok());
    place.is_some_and(|place| place.address != address)
}

/// How often the lock is tried while somebody looks at it, and how long after one another.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Takes the lock of a run that died. Who lives holds it alone; who only looks, as `hcn ps` does, shares it for a moment,
/// and is waited for.
fn lock_of_the_dead(lock: &File) -> io::Result<bool> {
    for _ in 0..LOOKS {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {}
            locked => return locked.map(|()| true).map_err(io::Error::from),
        }
        match lock.try_lock_shared() {
            Err(TryLockError::WouldBlock) => return Ok(false),
            shared => shared.map_err(io::Error::from)?,
        }
        lock.unlock()?;
        thread::sleep(BETWEEN_LOOKS);
    }
    Ok(false)
}

/// `None`: it lives, or nothing is left of it.
fn take(path: &Path, wanted: Wanted<'_>) -> io::Result<Option<Dead>> {
    let lock = match File::options().read(true).write(true).open(path.join(folder::LOCK)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return sweep_empty(path, wanted),
        lock => lock?,
    };
    if !lock_of_the_dead(&lock)? {
        return Ok(None);
    }
    sys::check_trusted(path)?;
    let file = path.join(folder::PLAN);
    match fs::read(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => sweep(path, lock, wanted),
        bytes => {
            sys::check_trusted(&file)?;
            take_over(path, lock, &bytes?).map(Some)
        }
    }
}

fn take_over(path: &Path, lock: File, bytes: &[u8]) -> io::Result<Dead> {
    let plan = read(bytes, path)?;
    let rebooted = plan.boot != sys::boot_id()?;
    let steps = plan.steps().count();
    let stages = if rebooted { Stages::unknown(steps) } else { Stages::read(path, steps)? };
    Ok(Dead { folder: RunFolder::take_over(path, lock)?, plan, stages, rebooted })
}

/// What every version of a plan says.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

fn read(bytes: &[u8], path: &Path) -> io::Result<Plan> {
    let invalid = |why: String| io::Error::new(ErrorKind::InvalidData, format!("its {} {why}", folder::PLAN));
    let cut = |error: serde_json::Error| invalid(format!("is damaged: {error}"));
    let Header { version } = serde_json::from_slice(bytes).map_err(cut)?;
    if version != Plan::VERSION {
        return Err(invalid(format!(
            "has version {version}, and this hcn knows version {}: use the hcn that wrote it",
            Plan::VERSION
        )));
    }
    let plan: Plan = serde_json::from_slice(bytes).map_err(cut)?;
    match path.file_name().is_some_and(|name| *name == *plan.run) {
        true => Ok(plan),
        false => Err(invalid(format!("is of another run, `{}`", plan.run))),
    }
}

/// The run died before it had a lock, or when it had removed it; or it is about to make one. A lock is the first that a
/// run makes in its folder, so whatever is there without one belongs to no living run.
fn sweep_empty(path: &Path, wanted: Wanted<'_>) -> io::Result<Option<Dead>> {
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    let begins = entries.iter().any(|entry| entry.file_name() == folder::LOCK);
    if wanted == Wanted::ToShow || begins {
        return Ok(None);
    }
    entries.iter().try_for_each(remove)?;
    // It stays where somebody has made something in it since.
    let _ = fs::remove_dir(path);
    Ok(None)
}

fn remove(entry: &DirEntry) -> io::Result<()> {
    let (path, is_folder) = (entry.path(), entry.file_type()?.is_dir());
    let remove = || if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    absent_is_success(patiently(remove))
}

/// Removes the folder of a run that made nothing, or unmade it all. A run that waits for this very lock learns by the
/// length of it that the folder is gone, and makes it anew; so nothing is removed that was not there under the lock.
fn sweep(path: &Path, lock: File, wanted: Wanted<'_>) -> io::Result<Option<Dead>> {
    if wanted == Wanted::ToShow {
        return Ok(None);
    }
    // Longer, and not written to: that needs no room on a disk that is full.
    lock.set_len(1)?;
    let own = path.join(folder::LOCK);
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.path() != own {
            remove(&entry)?;
        }
    }
    absent_is_success(patiently(|| fs::remove_file(&own)))?;
    drop(lock);
    // It stays where somebody has made something in it since.
    let _ = fs::remove_dir(path);
    Ok(None)
}

impl Dead {
    /// Note that it could not be unmade, and when.
    pub(super) fn note_failure(&self) {
        // Without the note it is tried again sooner.
        let _ = fs::write(self.folder.path().join(FAILED), b"");
    }
}

/// The clock may have been set since: what lies in the future is not lately.
fn failed_lately(path: &Path) -> bool {
    const LATELY: std::time::Duration = std::time::Duration::from_secs(5 * 60);
    let failed = fs::metadata(path.join(FAILED)).and_then(|facts| facts.modified());
    failed.is_ok_and(|at| at.elapsed().is_ok_and(|ago| ago < LATELY))
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;

    fn swept(entries: &[&str]) -> bool {
        let state = Scratch::new();
        let folder = state.folder("runs/0123456789abcdef");
        entries.iter().for_each(|name| drop(state.file(format!("runs/0123456789abcdef/{name}"), "")));
        assert_eq!(find(state.path(), Wanted::All).unwrap().len(), 0);
        !folder.exists()
    }

    #[test]
    fn what_a_run_leaves_that_died_without_a_plan_goes_at_once() {
        for entries in [&[][..], &["lock"], &["lock", "plugins", "progress", ".plan.json.new"], &["plugins"]]
        {
            assert!(swept(entries), "{entries:?}");
        }
    }

    #[test]
    fn who_looks_at_a_lock_is_waited_for_and_who_holds_it_lives() {
        let state = Scratch::new();
        let lock = state.file("lock", "");
        let [looking, mine] = [(); 2].map(|()| File::options().read(true).write(true).open(&lock).unwrap());
        looking.lock_shared().unwrap();
        let looks = thread::spawn(move || {
            thread::sleep(BETWEEN_LOOKS * 3);
            drop(looking);
        });
        assert!(lock_of_the_dead(&mine).unwrap());
        looks.join().unwrap();
        let other = File::options().read(true).write(true).open(&lock).unwrap();
        assert!(!lock_of_the_dead(&other).unwrap());
    }

    #[test]
    fn a_sweep_leaves_the_runs_of_other_daemons_to_be_taken() {
        let state = Scratch::new();
        let path = |name: &str| state.join("runs").join(name);
        state.file("runs/a/plan.json", r#"{"version": 1, "address": "/ours"}"#);
        state.file("runs/b/plan.json", r#"{"version": 1, "address": "/theirs"}"#);
        state.file("runs/c/plan.json", "cut");
        assert_eq!(
            ["a", "b", "c", "d"].map(|name| is_of_another(&path(name), "/ours")),
            [false, true, false, false]
        );
    }

    #[test]
    fn a_folder_whose_lock_is_held_stays_and_nothing_is_removed_to_be_shown() {
        let state = Scratch::new();
        let held = File::create(state.file("runs/a/lock", "")).unwrap();
        held.lock().unwrap();
        state.file("runs/b/plugins", "");
        find(state.path(), Wanted::ToShow).unwrap();
        assert!(state.join("runs/b/plugins").exists());
        find(state.path(), Wanted::All).unwrap();
        assert!(state.join("runs/a/lock").exists() && !state.join("runs/b").exists());
    }
}
