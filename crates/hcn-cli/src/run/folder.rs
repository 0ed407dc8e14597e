//! The run's own folder, `STATE/runs/RUN`: its plan, and the locks that say whether it is alive.
//!
//! `lock` is held while the run lives; `plugins` is locked, shared, through a descriptor that only plugin processes
//! inherit, because they work on after a `kill -9` of ours. `plan.json` is there whole or nothing was made. The locks
//! are files of their own, since on Windows a locked file cannot be read. How far the run has come is in `progress`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::plan::Plan;
use super::progress::Progress;
use super::stop_point;
use crate::sys::{self, absent_is_success, patiently};
use crate::whole_file;

pub(super) const LOCK: &str = "lock";
pub(super) const PLUGINS: &str = "plugins";
pub(super) const PLAN: &str = "plan.json";

/// How often a folder is made anew that was taken for a dead run's before its lock was held.
const TRIES: usize = 100;

/// Where a run's folder is.
pub fn folder_of(state: &Path, run: &str) -> PathBuf {
    state.join("runs").join(run)
}

/// The folder of one run, held by a lock until it is dropped or removed.
#[derive(Debug)]
#[must_use]
pub struct RunFolder {
    path: PathBuf,
    lock: File,
    plugins: File,
    progress: Progress,
}

impl RunFolder {
    /// Make the folder of the plan's run, lock it, and write the plan: nothing else may be made before.
    ///
    /// # Errors
    /// Whatever the file system says; the folder is then removed again.
    pub fn create(state: &Path, plan: &Plan) -> io::Result<Self> {
        let path = folder_of(state, &plan.run);
        // Each of the two: who owns the upper one can put another in the lower one's place.
        sys::create_private_folder(state)?;
        sys::create_private_folder(path.parent().unwrap_or(state))?;
        sys::create_new_private_folder(&path)?;
        stop_point::pass("an empty folder");
        let mut filled = Self::fill(&path, plan);
        if filled.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            filled = Self::fill_anew(&path, plan);
        }
        filled.inspect_err(|_| {
            // The first failure is the one to tell; what cannot be removed now holds no plan.
            let _ = fs::remove_dir_all(&path);
        })
    }

    /// `NotFound` where somebody took the folder, which has no plan yet, for a dead run's, and removed it.
    fn fill(path: &Path, plan: &Plan) -> io::Result<Self> {
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        if lock.metadata()?.len() != 0 {
            return Err(io::ErrorKind::NotFound.into());
        }
        stop_point::pass("a locked folder");
        let plugins = File::create_new(path.join(PLUGINS))?;
        plugins.lock_shared()?;
        let progress = Progress::open(path)?;
        write(path, plan)?;
        stop_point::pass("a plan");
        Ok(Self { path: path.to_owned(), lock, plugins, progress })
    }

    /// The same again, until whoever removes the folder is done with it.
    fn fill_anew(path: &Path, plan: &Plan) -> io::Result<Self> {
        let mut tries = TRIES;
        loop {
            match sys::create_private_folder(path).and_then(|()| Self::fill(path, plan)) {
                Err(_) if tries > 0 => thread::sleep(Duration::from_millis(10)),
                filled => return filled,
            }
            tries -= 1;
        }
    }

    /// The folder of a run that died, whose lock is held now. Nobody holds its `plugins` yet.
    pub(super) fn take_over(path: &Path, lock: File) -> io::Result<Self> {
        // It is missing where the run died before it made it.
        let plugins =
            File::options().read(true).write(true).create(true).truncate(false).open(path.join(PLUGINS))?;
        Ok(Self { path: path.to_owned(), lock, plugins, progress: Progress::open(path)? })
    }

    /// Put the whole plan in the place of one that knew less, and all of whose steps it begins with.
    ///
    /// # Errors
    /// Whatever the file system says. The file may then be the first plan or already the whole one: nothing of the latter
    /// was made but what both begin with, so that either is true.
    pub(super) fn replan(&self, plan: &Plan) -> io::Result<()> {
        write(&self.path, plan)?;
        stop_point::pass("the whole plan");
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file whose shared lock plugin processes inherit; held by this process too, as long as it lives.
    pub fn plugins(&self) -> &File {
        &self.plugins
    }

    /// How far the run has come.
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Remove it: everything of its plan has been unmade.
    ///
    /// # Errors
    /// Whatever the file system says; an absent folder is success.
    pub fn remove(self) -> io::Result<()> {
        let Self { path, lock, plugins, progress } = self;
        // The plan goes first: a folder without one says that nothing is left of its run.
        absent_is_success(patiently(|| fs::remove_file(path.join(PLAN))))?;
        stop_point::pass("no plan any more");
        drop((lock, plugins, progress));
        stop_point::pass("no lock any more");
        absent_is_success(patiently(|| fs::remove_dir_all(&path)))
    }
}

fn write(folder: &Path, plan: &Plan) -> io::Result<()> {
    whole_file::put(&folder.join(PLAN), &serde_json::to_vec_pretty(plan)?)?;
    sync_folder(folder)
}

/// Have the folder's entries on disk; Windows has no such call and needs none.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { File::open(path)?.sync_all() }
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;

    fn plan() -> Plan {
        Plan {
            version: Plan::VERSION,
            run: "0123456789abcdef".into(),
            boot: "boot".into(),
            address: "/c.sock".into(),
            containerd_namespace: "default".into(),
            container: "t1".into(),
            network_namespace: None,
            detached: false,
            log: None,
            first: Vec::new(),
            lanes: [Vec::new(), Vec::new()],
            then: Vec::new(),
        }
    }

    #[test]
    fn a_folder_holds_the_whole_plan_and_a_lock_for_as_long_as_it_lives() {
        let state = Scratch::new();
        let folder = RunFolder::create(state.path(), &plan()).unwrap();
        let written: Plan =
            serde_json::from_slice(&fs::read(folder.path().join("plan.json")).unwrap()).unwrap();
        assert_eq!(written.run, plan().run);
        let mut names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["lock", "plan.json", "plugins", "progress"]);
        let lock = File::open(folder.path().join("lock")).unwrap();
        assert!(matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)));
        drop(folder);
        assert!(lock.try_lock().is_ok(), "a dead run's lock is free");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_write_or_read_the_plan() {
        use std::os::unix::fs::PermissionsExt;
        let state = Scratch::new();
        let folder = RunFolder::create(state.path(), &plan()).unwrap();
        folder.replan(&plan()).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.path()), mode(&folder.path().join(PLAN))), (0o700, 0o600));
    }

    #[cfg(unix)]
    #[test]
    fn a_child_holds_the_plugins_lock_beyond_the_run_s_death() {
        let state = Scratch::new();
        let folder = RunFolder::create(state.path(), &plan()).unwrap();
        sys::let_children_inherit(folder.plugins()).unwrap();
        let mut plugin =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let [lock, plugins] = ["lock", "plugins"].map(|name| File::open(folder.path().join(name)).unwrap());
        drop(folder);
        assert!(lock.try_lock().is_ok(), "the run is dead");
        assert!(matches!(plugins.try_lock(), Err(fs::TryLockError::WouldBlock)), "and its plugin works on");
        drop(plugin.stdin.take());
        plugin.wait().unwrap();
        plugins.lock().unwrap();
    }

    #[test]
    #[cfg_attr(windows, ignore = "what is open stays there")]
    fn a_removed_folder_is_gone_whoever_removed_it() {
        let state = Scratch::new();
        let folder = RunFolder::create(state.path(), &plan()).unwrap();
        let path = folder.path().to_owned();
        fs::remove_dir_all(&path).unwrap();
        folder.remove().unwrap();
        RunFolder::create(state.path(), &plan()).unwrap().remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn no_two_runs_share_a_folder() {
        let state = Scratch::new();
        let _first = RunFolder::create(state.path(), &plan()).unwrap();
        let refused = RunFolder::create(state.path(), &plan()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    }
}
