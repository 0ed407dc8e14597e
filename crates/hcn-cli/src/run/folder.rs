//! The run's own folder, `STATE/runs/RUN`: its plan, and the locks that say whether it is alive.
//!
//! `lock` is held while the run lives; `plugins` is locked, shared, through a descriptor that only plugin processes
//! inherit, because they work on after a `kill -9` of ours. `plan.json` is there whole or nothing was made. The locks
//! are files of their own, since on Windows a locked file cannot be read.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::plan::Plan;
use crate::sys::{self, absent_is_success, patiently};

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
        Self::fill(&path, plan).inspect_err(|_| {
            // The first failure is the one to tell; what cannot be removed now holds no plan.
            let _ = fs::remove_dir_all(&path);
        })
    }

    fn fill(path: &Path, plan: &Plan) -> io::Result<Self> {
        let lock = File::create_new(path.join("lock"))?;
        lock.lock()?;
        let plugins = File::create_new(path.join("plugins"))?;
        plugins.lock_shared()?;
        write_whole(&path.join("plan.json"), &serde_json::to_vec_pretty(plan)?)?;
        sync_folder(path)?;
        Ok(Self { path: path.to_owned(), lock, plugins })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file whose shared lock plugin processes inherit; held by this process too, as long as it lives.
    pub fn plugins(&self) -> &File {
        &self.plugins
    }

    /// Remove it: everything of its plan has been unmade.
    ///
    /// # Errors
    /// Whatever the file system says; an absent folder is success.
    pub fn remove(self) -> io::Result<()> {
        let Self { path, lock, plugins } = self;
        // The plan goes first: a folder without one says that nothing is left of its run.
        absent_is_success(patiently(|| fs::remove_file(path.join("plan.json"))))?;
        drop((lock, plugins));
        absent_is_success(patiently(|| fs::remove_dir_all(&path)))
    }
}

/// Write a file so that it is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file = File::create_new(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    patiently(|| fs::rename(&unfinished, path))
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
        assert!(!folder.path().join("plan.new").exists());
        let lock = File::open(folder.path().join("lock")).unwrap();
        assert!(matches!(lock.try_lock(), Err(fs::TryLockError::WouldBlock)));
        drop(folder);
        assert!(lock.try_lock().is_ok(), "a dead run's lock is free");
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
