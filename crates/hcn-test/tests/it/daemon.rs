//! A private containerd: it starts, runs a container, hides from the host, and leaves nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use hcn_test::{Daemon, IMAGE, Release, require};

#[test]
fn a_container_runs_and_nothing_is_left_of_it() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let before = daemon.state();
    let output = daemon.ctr(&format!("run --rm {IMAGE} t1 echo hello"));
    assert_eq!(output.snapshot(), "exit 0\nstdout: hello");
    assert_eq!(daemon.state_like(&before), before);
}

#[test]
fn a_containerd_2_x_stands_beside_the_host_s() {
    require!(Root, Containerd2);
    let daemon = Daemon::start_release(Release::Two).unwrap();
    let versions = daemon.ctr("version").success().stdout();
    let versions: Vec<_> = versions.lines().filter_map(|line| line.trim().strip_prefix("Version:")).collect();
    assert!(
        versions.len() == 2 && versions.iter().all(|version| version.trim().starts_with("2.")),
        "{versions:?}"
    );
}

#[test]
fn two_daemons_do_not_see_each_other() {
    require!(Root, Containerd);
    let start = || Daemon::start().unwrap();
    let other = std::thread::spawn(move || {
        let daemon = start();
        daemon.ctr(&format!("container create {IMAGE} other")).success();
        daemon.ctr("container ls -q").stdout()
    });
    let daemon = start();
    assert_eq!(other.join().unwrap(), "other\n");
    assert_eq!(daemon.ctr("container ls -q").stdout(), "");
}

#[test]
fn a_running_container_shows_in_the_state_and_ends_with_the_daemon() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    daemon.ctr(&format!("run -d {IMAGE} sleeper sleep 1000")).success();
    let state = daemon.state();
    let has = |what: &str| state.iter().any(|line| line.starts_with(what));
    assert!(
        ["container ", "snapshot ", "task ", "shim sleeper", "cgroup ", "mount overlay"]
            .iter()
            .all(|what| has(what))
    );
    let folder = daemon.scratch().path().to_path_buf();
    drop(daemon);
    assert!(!folder.exists());
}

#[test]
fn who_gives_up_a_program_tells_of_its_shim_and_its_task() {
    require!(Root, Containerd);
    let daemon = Daemon::start().unwrap();
    let container = format!("run --rm {IMAGE} still sh -c");
    let run = daemon.program("ctr").args(container.split(' ')).arg("echo up; sleep 1000");
    let mut running = run.deadline(Duration::from_secs(10)).spawn();
    running.wait_for_stdout("up");
    let given_up = catch_unwind(AssertUnwindSafe(|| running.wait_for_stdout("more"))).unwrap_err();
    let told = given_up.downcast::<String>().unwrap();
    for process in ["ctr run", "containerd-shim-runc-v2", "sh -c echo up", "sleep 1000"] {
        assert!(told.contains(process), "{process}:\n{told}");
    }
}
