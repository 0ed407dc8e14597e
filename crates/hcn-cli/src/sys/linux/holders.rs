//! Who holds a lock on a file: proc(5) shows every lock beside the descriptor that it was taken through, in each process
//! that has inherited it.

use std::fs::{self, DirEntry, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};

/// Kills every other process that holds a lock on the file, and answers how many there were. Whoever only has it open
/// is left alone.
pub(crate) fn kill_holders(file: &File) -> io::Result<usize> {
    let own = std::process::id();
    let mut killed = 0;
    for process in fs::read_dir("/proc")?.flatten() {
        let pid = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
        let Some(pid) = pid.filter(|pid| *pid != own) else { continue };
        if holds(&process.path(), file)? && kill(pid) {
            killed += 1;
        }
    }
    Ok(killed)
}

/// A process that ends meanwhile holds nothing.
fn holds(process: &Path, file: &File) -> io::Result<bool> {
    let wanted = file.metadata()?;
    let is_it = |entry: &DirEntry| {
        let found = fs::metadata(entry.path());
        found.is_ok_and(|found| (found.dev(), found.ino()) == (wanted.dev(), wanted.ino()))
    };
    let locked = |entry: &DirEntry| {
        let info = fs::read_to_string(process.join("fdinfo").join(entry.file_name()));
        info.is_ok_and(|info| shows_a_lock(&info))
    };
    let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    Ok(descriptors.filter(is_it).any(|entry| locked(&entry)))
}

/// `lock:\t1: FLOCK  ADVISORY  READ 4711 00:2a:123 0 EOF`
fn shows_a_lock(fdinfo: &str) -> bool {
    fdinfo.lines().any(|line| line.starts_with("lock:") && line.contains("FLOCK"))
}

fn kill(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
}

/// The end, as `kill -9` brings it.
#[cfg(debug_assertions)]
pub(crate) fn die() {
    let _ = kill_process(rustix::process::getpid(), Signal::KILL);
}

/// Nothing happens until somebody sends a SIGCONT.
#[cfg(debug_assertions)]
pub(crate) fn pause() {
    let _ = kill_process(rustix::process::getpid(), Signal::STOP);
}

/// Is this open file the one at this path, and not one that was there before?
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let facts =
        |facts: std::io::Result<std::fs::Metadata>| facts.map(|facts| (facts.dev(), facts.ino())).ok();
    let open = facts(file.metadata());
    open.is_some() && open == facts(fs::metadata(path))
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::sys::let_children_inherit;

    /// `cat` with a descriptor of the file, its lock included where it has one.
    fn heir(file: &File) -> Child {
        let_children_inherit(file).unwrap();
        Command::new("cat").stdin(Stdio::piped()).spawn().unwrap()
    }

    #[test]
    fn who_inherited_a_lock_is_killed_and_who_only_reads_is_not() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("plugins");
        let locked = File::create_new(&path).unwrap();
        locked.lock_shared().unwrap();
        let mut holder = heir(&locked);
        drop(locked);
        let read = File::open(&path).unwrap();
        let mut reader = heir(&read);
        assert_eq!(kill_holders(&read).unwrap(), 1);
        assert_eq!(holder.wait().unwrap().code(), None, "a signal ended it");
        read.lock().unwrap();
        drop(reader.stdin.take());
        assert_eq!(reader.wait().unwrap().code(), Some(0));
    }

    #[test]
    fn a_lock_is_read_from_fdinfo() {
        assert!(shows_a_lock("pos:\t0\nlock:\t1: FLOCK  ADVISORY  READ 1 00:2a:3 0 EOF\n"));
        assert!(!shows_a_lock("pos:\t0\nflags:\t0100000\n"));
    }
}
