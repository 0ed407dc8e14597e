//! What a task's programs leave running. On Linux xtask adopts the orphans of everything it starts, so
//! that at the end it can name them by their ids, give the keepers of tests time to clean up, and end the
//! rest. Nothing else is ever signalled.

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process, set_child_subreaper};

    use crate::say;

    /// Orphans of our children become our children.
    pub(crate) fn adopt() {
        let _ = set_child_subreaper(Some(rustix::process::getpid()));
    }

    /// Sends TERM to a child of ours.
    pub(crate) fn terminate(pid: u32) {
        signal(pid, Signal::TERM);
    }

    /// Waits for what cleans up after itself, then ends the rest.
    pub(crate) fn end() {
        wait_for_none(Duration::from_secs(20));
        let left = descendants();
        if left.is_empty() {
            return;
        }
        let names: Vec<String> = left.iter().map(|&pid| format!("{} ({pid})", name(pid))).collect();
        say::note(&format!("ending what was left running: {}", names.join(", ")));
        left.iter().for_each(|&pid| signal(pid, Signal::TERM));
        wait_for_none(Duration::from_secs(3));
        descendants().into_iter().for_each(|pid| signal(pid, Signal::KILL));
        wait_for_none(Duration::from_secs(3));
    }

    fn wait_for_none(patience: Duration) {
        let ends = Instant::now() + patience;
        while !descendants().is_empty() && Instant::now() < ends {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// All that descends from us and still runs (a zombie does not).
    fn descendants() -> Vec<u32> {
        let mut found = Vec::new();
        let mut open = vec![std::process::id()];
        while let Some(parent) = open.pop() {
            let children = children(parent);
            found.extend(children.iter().copied().filter(|&pid| runs(pid)));
            open.extend(children);
        }
        found
    }

    fn children(pid: u32) -> Vec<u32> {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        lists
            .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
            .collect()
    }

    fn name(pid: u32) -> String {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        name.trim().to_owned()
    }

    /// The state is the first word after the name, which stands in parentheses.
    fn runs(pid: u32) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
        state.is_some_and(|state| state != 'Z' && state != 'X')
    }

    fn signal(pid: u32, signal: Signal) {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended in between.
            let _ = kill_process(pid, signal);
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_child_is_a_descendant_until_it_ends() {
            let mut command = std::process::Command::new("/bin/sh");
            let mut child =
                command.args(["-c", "read line"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
            assert!(descendants().contains(&child.id()));
            terminate(child.id());
            child.wait().unwrap();
            assert!(!descendants().contains(&child.id()));
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    //! Elsewhere children end with Ctrl-C, or are killed by the one who waits for them.
    pub(crate) fn adopt() {}
    pub(crate) fn terminate(_pid: u32) {}
    pub(crate) fn end() {}
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{adopt, end, terminate};
#[cfg(not(target_os = "linux"))]
pub(crate) use other::{adopt, end, terminate};
