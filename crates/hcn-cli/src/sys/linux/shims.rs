//! Shims that nobody knows any more. When the client of Tasks/Create dies, containerd kills the command that starts the
//! shim, which may have started it already, and forgets both: the shim then waits for ever.
//!
//! Such a one is known by what containerd gave it to start with, and by its working folder, the task's bundle, which
//! containerd has removed. Whatever lives has its bundle.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal, kill_process};

use crate::sys::TaskName;

/// Is there a shim of this task, known to containerd or not?
pub(crate) fn has_shim(task: TaskName<'_>) -> bool {
    processes_of(|line| is_shim_of(line, task)).next().is_some()
}

/// Is there a shim of this namespace and id, of whichever daemon?
pub(super) fn has_shim_of_any_daemon(task: TaskName<'_>) -> bool {
    processes_of(|line| address_of_shim(line, task).is_some()).next().is_some()
}

/// The processes with such a command line, as their folders in proc(5).
fn processes_of(is_it: impl Fn(&str) -> bool) -> impl Iterator<Item = PathBuf> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    processes
        .filter(move |process| fs::read_to_string(process.join("cmdline")).is_ok_and(|line| is_it(&line)))
}

/// What the task's shim listens on, if there is one.
pub(crate) fn shim_socket(task: TaskName<'_>) -> Option<PathBuf> {
    let usual = socket_of(task);
    if usual.exists() {
        return Some(usual);
    }
    sockets_of(&processes_of(|line| is_shim_of(line, task)).next()?).into_iter().next()
}

/// Ends the shims of this task that have no bundle any more, with what runs under them, and removes their sockets.
/// Answers how many there were.
pub(crate) fn end_orphaned_shims(task: TaskName<'_>) -> io::Result<usize> {
    let mut ended = 0;
    for process in fs::read_dir("/proc")?.flatten().map(|entry| entry.path()) {
        let pid = process.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
        if let Some(pid) = pid.filter(|_| is_orphan(&process, task)) {
            let sockets = sockets_of(&process);
            kill_tree(pid);
            sockets.iter().for_each(|socket| drop(fs::remove_file(socket)));
            ended += 1;
        }
    }
    remove_forgotten_socket(&socket_of(task));
    Ok(ended)
}

/// Where containerd has the shim of a task listen: the path of its own socket, namespace and id, hashed.
fn socket_of(task: TaskName<'_>) -> PathBuf {
    use sha2::{Digest, Sha256};
    let name = Path::new(task.address).join(task.namespace).join(task.container);
    let hash = Sha256::digest(name.as_os_str().as_encoded_bytes());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Path::new("/run/containerd/s").join(hex)
}

/// The command that starts the shim makes its socket first, and may be killed before there is a shim.
fn remove_forgotten_socket(socket: &Path) {
    let table = fs::read_to_string("/proc/self/net/unix").unwrap_or_default();
    if !table.is_empty() && !table.lines().filter_map(listener).any(|(_, path)| socket == Path::new(path)) {
        // It is seldom there.
        let _ = fs::remove_file(socket);
    }
}

/// A process that ends meanwhile is none.
fn is_orphan(process: &Path, task: TaskName<'_>) -> bool {
    let line = fs::read_to_string(process.join("cmdline")).unwrap_or_default();
    is_shim_of(&line, task) && fs::read_link(process.join("cwd")).is_ok_and(|folder| is_gone(&folder, task))
}

/// `containerd-shim-runc-v2 -namespace NAMESPACE -id ID -address SOCKET`
fn is_shim_of(line: &str, task: TaskName<'_>) -> bool {
    address_of_shim(line, task).is_some_and(|address| is_same(address, task.address))
}

/// The daemon's socket, where it is the line of a shim of this namespace and id.
fn address_of_shim<'a>(line: &'a str, task: TaskName<'_>) -> Option<&'a str> {
    let words: Vec<&str> = line.split('\0').collect();
    let program = Path::new(words[0]).file_name().unwrap_or_default().to_string_lossy();
    let value = |flag: &str| words.iter().skip_while(|word| **word != flag).nth(1).copied();
    let is_it = program.starts_with("containerd-shim")
        && value("-namespace") == Some(task.namespace)
        && value("-id") == Some(task.container);
    value("-address").filter(|_| is_it)
}

/// Two paths of one socket.
fn is_same(one: &str, other: &str) -> bool {
    let facts = |path: &str| fs::metadata(path).map(|facts| (facts.dev(), facts.ino())).ok();
    one == other || facts(one).is_some_and(|found| Some(found) == facts(other))
}

/// As proc(5) shows a folder that was removed. containerd puts a dot in front of its name first.
fn is_gone(folder: &Path, task: TaskName<'_>) -> bool {
    let (folder, TaskName { namespace, container, .. }) = (folder.to_string_lossy(), task);
    ["", "."].iter().any(|dot| folder.ends_with(&format!("/{namespace}/{dot}{container} (deleted)")))
}

/// The files of the sockets that it listens on.
fn sockets_of(process: &Path) -> Vec<PathBuf> {
    let table = fs::read_to_string(process.join("net/unix")).unwrap_or_default();
    let paths: BTreeMap<&str, &str> = table.lines().filter_map(listener).collect();
    let descriptors = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    let targets = descriptors.filter_map(|entry| fs::read_link(entry.path()).ok());
    let inode = |target: PathBuf| {
        let text = target.to_str()?;
        Some(text.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
    };
    targets.filter_map(inode).filter_map(|inode| paths.get(inode.as_str()).map(PathBuf::from)).collect()
}

/// `Num: RefCount Protocol Flags Type St Inode Path` of proc(5)'s net/unix; 00010000 is a socket that listens.
fn listener(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace().skip(3);
    let listens = words.next()? == "00010000";
    let (inode, path) = (words.nth(2)?, words.next()?);
    (listens && path.starts_with('/')).then_some((inode, path))
}

/// What it started first, or the system would hand that on to another parent.
fn kill_tree(pid: u32) {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let children: Vec<u32> = lists
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    children.into_iter().for_each(kill_tree);
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    // It may have ended in between.
    let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: TaskName<'_> = TaskName { address: "/c.sock", namespace: "default", container: "t1" };

    #[test]
    fn a_shim_is_known_by_what_it_was_given() {
        let line = "/usr/bin/containerd-shim-runc-v2\0-namespace\0default\0-id\0t1\0-address\0/c.sock\0";
        assert!(is_shim_of(line, TASK));
        for other in
            [("t1", "t2"), ("default", "k8s.io"), ("/c.sock", "/d.sock"), ("containerd-shim", "shim")]
        {
            assert!(!is_shim_of(&line.replace(other.0, other.1), TASK), "{other:?}");
        }
        assert!(!is_shim_of("", TASK));
    }

    #[test]
    fn a_socket_s_name_is_a_hash() {
        let socket = socket_of(TASK);
        assert_eq!(socket.parent(), Some(Path::new("/run/containerd/s")));
        assert_eq!(socket.file_name().map(|name| name.len()), Some(64));
    }

    #[test]
    fn only_a_bundle_that_was_removed_is_gone() {
        assert!(is_gone("/run/containerd/task/default/t1 (deleted)".as_ref(), TASK));
        assert!(is_gone("/run/containerd/task/default/.t1 (deleted)".as_ref(), TASK));
        assert!(!is_gone("/run/containerd/task/default/t1".as_ref(), TASK));
        assert!(!is_gone("/run/containerd/task/default/t2 (deleted)".as_ref(), TASK));
    }

    #[test]
    fn listening_sockets_are_read_from_the_kernels_table() {
        let line = "0000000000000000: 00000002 00000000 00010000 0001 01 4711 /run/containerd/s/ab";
        assert_eq!(listener(line), Some(("4711", "/run/containerd/s/ab")));
        assert_eq!(listener(&line.replace("00010000", "00000000")), None);
        assert_eq!(listener("Num       RefCount Protocol Flags    Type St Inode Path"), None);
    }
}
