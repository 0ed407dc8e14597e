//! Containers of runc's that nobody knows any more. When the client of Tasks/Create dies, containerd ends the shim, and
//! with it the `runc create` under way; where that had come far enough, the process that waits to become the container
//! stays, with its cgroup and runc's own folder, and no shim is there that would ever start or remove it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::shims::has_shim_of_any_daemon;
use crate::sys::TaskName;

/// Where runc keeps what it knows, a folder for each containerd namespace, unless the shim is told otherwise.
const ROOT: &str = "/run/containerd/runc";

/// How long killed processes may take to be gone.
const DEATH: Duration = Duration::from_secs(10);

/// Ends what runc has of this task, and removes its cgroup and folder. Was there something?
///
/// `root` is where runc keeps it, if not where it does by default; `group` the cgroup that the container has for itself.
/// Nothing is touched without one, while there is a shim of that name, of whichever daemon, for they share runc's folder,
/// or where anything but runc itself is in the cgroup: a container that was never started has nothing else.
pub(crate) fn end_orphaned_container(
    task: TaskName<'_>,
    root: Option<&Path>,
    group: Option<&str>,
) -> io::Result<bool> {
    // runc makes the folder before everything else.
    let state = root.unwrap_or(Path::new(ROOT)).join(task.namespace).join(task.container);
    let Some(group) = group.filter(|_| state.exists() && !has_shim_of_any_daemon(task)) else {
        return Ok(false);
    };
    let deadline = Instant::now() + DEATH;
    loop {
        let living = living(task, &state, group)?;
        if living.iter().any(|process| !process.is_of_runc) {
            return Ok(false);
        }
        living.iter().for_each(Process::kill);
        if living.is_empty() && are_removed(group)? {
            break;
        }
        if Instant::now() > deadline {
            return Err(io::Error::new(ErrorKind::TimedOut, "a process of runc's does not end"));
        }
        thread::sleep(Duration::from_millis(10));
    }
    match fs::remove_dir_all(&state) {
        // containerd has a command of runc's remove it too, and may have been at it.
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(true),
    }
}

/// A process of the container that runc was making.
struct Process {
    pid: i32,
    is_of_runc: bool,
}

impl Process {
    fn kill(&self) {
        // It may have ended in between.
        let _ = Pid::from_raw(self.pid).map(|pid| kill_process(pid, Signal::KILL));
    }
}

/// The `runc create` of this task, and what is in its cgroup.
fn living(task: TaskName<'_>, state: &Path, group: &str) -> io::Result<Vec<Process>> {
    let looked_at = |process: PathBuf| {
        let pid = process.file_name()?.to_str()?.parse().ok()?;
        let read = |name: &str| fs::read_to_string(process.join(name)).unwrap_or_default();
        let line = read("cmdline");
        let creates = is_create_of(&line, task, state);
        // What has ended and waits to be reaped has no command line.
        let is_in = !line.is_empty() && is_in(&read("cgroup"), group);
        let is_of_runc = creates || read("comm").starts_with("runc:[");
        (creates || is_in).then_some(Process { pid, is_of_runc })
    };
    Ok(fs::read_dir("/proc")?.flatten().filter_map(|entry| looked_at(entry.path())).collect())
}

/// `runc --root ROOT/NAMESPACE … create … ID`
fn is_create_of(line: &str, task: TaskName<'_>, state: &Path) -> bool {
    let words: Vec<&str> = line.trim_end_matches('\0').split('\0').collect();
    let root = words.iter().skip_while(|word| **word != "--root").nth(1);
    words.contains(&"create")
        && words.last() == Some(&task.container)
        && root.is_some_and(|root| state.parent() == Some(Path::new(root)))
}

/// A line of proc(5)'s cgroup is `ID:CONTROLLERS:PATH`, one for each hierarchy.
fn is_in(cgroups: &str, group: &str) -> bool {
    cgroups.lines().any(|line| line.splitn(3, ':').nth(2) == Some(group))
}

/// Removes the folders of the group, in the one hierarchy of version 2 or in all of version 1. The kernel refuses for a
/// moment while a process is on its way out: then not all are gone yet.
fn are_removed(group: &str) -> io::Result<bool> {
    let root = PathBuf::from("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(&root).into_iter().flatten().flatten().map(|entry| entry.path());
    let folders = hierarchies.chain([root]).map(|hierarchy| hierarchy.join(group.trim_start_matches('/')));
    let mut all = true;
    for folder in folders.filter(|folder| folder.is_dir()) {
        match fs::remove_dir(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() == ErrorKind::ResourceBusy => all = false,
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: TaskName<'_> = TaskName { address: "/c.sock", namespace: "default", container: "t1" };

    #[test]
    fn a_creation_is_known_by_root_and_id() {
        let line = "runc\0--root\0/run/containerd/runc/default\0create\0--bundle\0/b\0t1\0";
        let state = Path::new("/run/containerd/runc/default/t1");
        assert!(is_create_of(line, TASK, state));
        for other in [("t1", "t2"), ("/default", "/k8s.io"), ("/run/", "/other/"), ("create", "delete")] {
            assert!(!is_create_of(&line.replace(other.0, other.1), TASK, state), "{other:?}");
        }
        assert!(!is_create_of("", TASK, state));
    }

    #[test]
    fn a_process_is_in_the_group_in_any_hierarchy_and_in_no_other_that_ends_alike() {
        assert!(is_in("0::/default/t1\n", "/default/t1"));
        assert!(is_in("9:pids:/default/t1\n1:name=systemd:/\n", "/default/t1"));
        for other in ["0::/default/t1/inner\n", "0::/default/t10\n", "0::/docker/x/default/t1\n", ""] {
            assert!(!is_in(other, "/default/t1"), "{other:?}");
        }
    }

    /// Nobody else's names: what runs on this machine is looked at.
    fn folder_of(namespace: &str, ids: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        ids.iter().for_each(|id| fs::create_dir_all(root.path().join(namespace).join(id)).unwrap());
        root
    }

    #[test]
    fn the_folder_of_a_container_that_is_gone_is_removed_and_no_other() {
        let namespace = format!("hcn-test-{}", std::process::id());
        let root = folder_of(&namespace, &["t1", "t2"]);
        let (task, group) = (TaskName { namespace: &namespace, ..TASK }, format!("/{namespace}/t1"));
        assert!(end_orphaned_container(task, Some(root.path()), Some(&group)).unwrap());
        let left: Vec<_> = fs::read_dir(root.path().join(&namespace)).unwrap().flatten().collect();
        assert_eq!(left.iter().map(|entry| entry.file_name()).collect::<Vec<_>>(), ["t2"]);
        assert!(!end_orphaned_container(task, Some(root.path()), Some(&group)).unwrap(), "nothing is left");
    }

    #[test]
    fn without_a_group_of_its_own_or_with_somebody_in_it_nothing_is_touched() {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap();
        let own = own.lines().last().and_then(|line| line.splitn(3, ':').nth(2)).unwrap();
        let namespace = format!("hcn-test-none-{}", std::process::id());
        let root = folder_of(&namespace, &["t1"]);
        let task = TaskName { namespace: &namespace, ..TASK };
        for group in [None, Some(own)] {
            assert!(!end_orphaned_container(task, Some(root.path()), group).unwrap(), "{group:?}");
        }
        assert!(root.path().join(&namespace).join("t1").is_dir());
    }
}
