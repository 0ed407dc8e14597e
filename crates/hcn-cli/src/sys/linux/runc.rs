//! Containers of runc's that nobody knows any more. When the client of Tasks/Create dies, containerd ends the shim, and
//! with it the `runc create` under way; where that had come far enough, the process that waits to become the container
//! stays, with its cgroup and runc's own folder, and no shim is there that would ever start or remove it.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::shims::has_shim;
use crate::sys::TaskName;

/// Where runc keeps what it knows, a folder for each containerd namespace, unless the shim is told otherwise.
const ROOT: &str = "/run/containerd/runc";

/// How long killed processes may take to be gone.
const DEATH: Duration = Duration::from_secs(10);

/// Ends what runc has of this task while no shim is there, and removes its cgroup and folder. Was there something?
/// `root` is where runc keeps it, if not where it does by default.
pub(crate) fn end_orphaned_container(task: TaskName<'_>, root: Option<&Path>) -> io::Result<bool> {
    let state = root.unwrap_or(Path::new(ROOT)).join(task.namespace).join(task.container);
    // runc makes the folder before everything else.
    if !state.exists() || has_shim(task) {
        return Ok(false);
    }
    let deadline = Instant::now() + DEATH;
    while !end(task)? {
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

/// Kills what is left, and removes the cgroups where nothing is. Is all gone?
fn end(task: TaskName<'_>) -> io::Result<bool> {
    let group = group(task);
    let processes = fs::read_dir("/proc")?.flatten().map(|entry| entry.path());
    let living: Vec<_> = processes.filter(|process| is_of(process, task, &group)).collect();
    for process in &living {
        let pid = process.file_name().and_then(|name| name.to_str()?.parse().ok()).and_then(Pid::from_raw);
        // It may have ended in between.
        let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
    }
    Ok(living.is_empty() && folders(&group).iter().all(|folder| is_removed(folder)))
}

/// As the spec of a container names its cgroup, below the root of each hierarchy.
fn group(task: TaskName<'_>) -> String {
    format!("/{}/{}", task.namespace, task.container)
}

/// Is it the `runc create` of this task, or in its cgroup? What has ended and waits to be reaped has no command line.
fn is_of(process: &Path, task: TaskName<'_>, group: &str) -> bool {
    let read = |name: &str| fs::read_to_string(process.join(name)).unwrap_or_default();
    let line = read("cmdline");
    !line.is_empty() && (is_create_of(&line, task) || is_in(&read("cgroup"), group))
}

/// `runc --root ROOT/NAMESPACE … create … ID`
fn is_create_of(line: &str, task: TaskName<'_>) -> bool {
    let words: Vec<&str> = line.trim_end_matches('\0').split('\0').collect();
    let root = words.iter().skip_while(|word| **word != "--root").nth(1);
    words.contains(&"create")
        && words.last() == Some(&task.container)
        && root.is_some_and(|root| Path::new(root).file_name().is_some_and(|name| name == task.namespace))
}

/// A line of proc(5)'s cgroup is `ID:CONTROLLERS:PATH`, one for each hierarchy.
fn is_in(cgroups: &str, group: &str) -> bool {
    cgroups.lines().any(|line| line.splitn(3, ':').nth(2).is_some_and(|path| path.ends_with(group)))
}

/// The folders of the group, in the one hierarchy of version 2 or in all of version 1.
fn folders(group: &str) -> Vec<PathBuf> {
    let root = PathBuf::from("/sys/fs/cgroup");
    let hierarchies = fs::read_dir(&root).into_iter().flatten().flatten().map(|entry| entry.path());
    let all = hierarchies.chain([root]);
    all.map(|hierarchy| hierarchy.join(&group[1..])).filter(|folder| folder.is_dir()).collect()
}

/// The kernel refuses for a moment while a process is on its way out.
fn is_removed(folder: &Path) -> bool {
    match fs::remove_dir(folder) {
        Err(error) => error.kind() == ErrorKind::NotFound,
        Ok(()) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TASK: TaskName<'_> = TaskName { address: "/c.sock", namespace: "default", container: "t1" };

    #[test]
    fn a_creation_is_known_by_namespace_and_id() {
        let line = "runc\0--root\0/run/containerd/runc/default\0create\0--bundle\0/b\0t1\0";
        assert!(is_create_of(line, TASK));
        for other in [("t1", "t2"), ("default", "k8s.io"), ("create", "delete")] {
            assert!(!is_create_of(&line.replace(other.0, other.1), TASK), "{other:?}");
        }
        assert!(!is_create_of("", TASK));
    }

    #[test]
    fn a_process_is_in_the_group_in_any_hierarchy_and_under_any_root() {
        let group = group(TASK);
        assert!(is_in("0::/default/t1\n", &group));
        assert!(is_in("9:pids:/outer/default/t1\n1:name=systemd:/\n", &group));
        for other in ["0::/default/t1/inner\n", "0::/default/t10\n", "0::/k8s.io/t1\n", ""] {
            assert!(!is_in(other, &group), "{other:?}");
        }
    }

    #[test]
    fn without_a_folder_of_runc_s_there_is_nothing_to_end() {
        let root = tempfile::tempdir().unwrap();
        assert!(!end_orphaned_container(TASK, Some(root.path())).unwrap());
    }

    #[test]
    fn the_folder_of_a_container_that_is_gone_is_removed_and_no_other() {
        let root = tempfile::tempdir().unwrap();
        for id in ["t1", "t2"] {
            fs::create_dir_all(root.path().join("default").join(id)).unwrap();
        }
        assert!(end_orphaned_container(TASK, Some(root.path())).unwrap());
        let left: Vec<_> = fs::read_dir(root.path().join("default")).unwrap().flatten().collect();
        assert_eq!(left.iter().map(|entry| entry.file_name()).collect::<Vec<_>>(), ["t2"]);
    }
}
