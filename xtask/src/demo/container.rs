//! The second part: a container on a real containerd, in a network namespace of its own, pinging its
//! gateway; what was made for it, and that it is gone afterwards.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use hcn_test::{Daemon, IMAGE, Running};

use crate::{home, process, say};

/// What the container does: show its network, ping, and wait for its stdin to end, so that the host can be
/// looked at while it runs. A gateway that does not answer is a failure.
const SCRIPT: &str = "ip -4 addr && ping -c 1 GATEWAY && echo ready && cat";

/// Runs it on a thread of its own, which takes its namespaces away with it.
pub(super) fn run() -> Result<()> {
    let shown = std::thread::spawn(show).join();
    process::go_on()?;
    shown.map_err(|_| anyhow!("the container's run failed; what it said is above"))?
}

fn show() -> Result<()> {
    say::progress("a private containerd, in mount and network namespaces of its own");
    let daemon = Daemon::start()?;
    say::note(&format!("root, state and socket in {}", daemon.scratch().path().display()));
    let before = daemon.state();
    say::progress("a container with a network");
    let mut container = start(&daemon);
    container.wait_for_stdout("ready");
    let during = daemon.state();
    container.close_stdin();
    let output = container.wait();
    output.stdout().lines().filter(|line| *line != "ready").for_each(say::line);
    output.stderr().lines().for_each(say::note);
    ensure!(output.exit == 0, "hcn run ended with {}", output.exit);
    say::progress("what was made for it while it ran");
    new_in(&during, &before).iter().for_each(|line| say::line(&shorter(line, daemon.scratch().path())));
    say::progress("and afterwards");
    let after = daemon.state_like(&before);
    ensure!(after == before, "left behind:\n{}", new_in(&after, &before).join("\n"));
    say::line("nothing of it is left");
    Ok(())
}

fn start(daemon: &Daemon) -> Running {
    let script = SCRIPT.replace("GATEWAY", Daemon::GATEWAY);
    say::command(&format!("hcn run -i {IMAGE} demo sh -c '{script}'"));
    let run = daemon.program(home::built("hcn")).args(["run", "-i", IMAGE, "demo", "sh", "-c", &script]);
    run.deadline(Duration::from_secs(60)).spawn()
}

fn new_in(state: &[String], before: &[String]) -> Vec<String> {
    let mut new: Vec<String> = state.iter().filter(|line| !before.contains(line)).cloned().collect();
    // One cgroup in each hierarchy of version 1: one stands for all.
    new.dedup_by(|line, previous| line.starts_with("cgroup ") && previous.starts_with("cgroup "));
    new
}

/// The line without the scratch folder's path.
fn shorter(line: &str, folder: &Path) -> String {
    line.replace(&format!("{}/", folder.display()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_shown_and_without_the_scratch_folder() {
        let state = ["a".to_owned(), "run /scratch/hcn/x".to_owned()];
        let new = new_in(&state, &["a".to_owned()]);
        assert_eq!(new, ["run /scratch/hcn/x"]);
        assert_eq!(shorter(&new[0], Path::new("/scratch")), "run hcn/x");
    }
}
