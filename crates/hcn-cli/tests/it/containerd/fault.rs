//! Faults of what a run stands on: its daemon, its shim, its disk, and processes that hold what is the run's. One
//! clear line, the right exit code, and nothing left.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_test::{Daemon, IMAGE, Output, Program, Release, Running, require};
use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};

use super::lab::{Lab, lab};

/// Waits for a line, which reaches it without the daemon, and ends.
const WAITS: &str = "echo ready; read line; echo $line; exit 7";

/// A run whose container says `ready`, which may be ahead of the daemon's answer to its start: that has come too.
fn started(daemon: &Daemon, run: Program, words: &[&str]) -> Running {
    let file = daemon.scratch().join("started");
    let mut running = run.arg("--pid-file").arg(&file).args(words).spawn();
    running.wait_for_stdout("ready");
    while running.is_running() && !file.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let _ = fs::remove_file(file);
    running
}

/// A daemon of its own, for it is stopped; answers how the run of this script ended, once nothing is left.
fn while_away(script: &str, fault: impl FnOnce(&mut Daemon, &mut Running)) -> String {
    let mut daemon = Daemon::start_release(Release::of(module_path!())).expect("a daemon can be started");
    let hcn = |daemon: &Daemon| daemon.program(env!("CARGO_BIN_EXE_hcn"));
    hcn(&daemon).args(["run", IMAGE, "first", "true"]).run().success();
    let before = daemon.state();
    let words = ["-i", IMAGE, "waits", "sh", "-c", script];
    let mut running = started(&daemon, hcn(&daemon).arg("run"), &words);
    fault(&mut daemon, &mut running);
    let ended = running.wait().snapshot();
    assert_eq!(daemon.state_like(&before), before, "{ended}");
    ended
}

#[test]
fn a_daemon_that_restarts_during_a_run_costs_it_nothing() {
    require!(Root, Containerd);
    let ended = while_away(WAITS, |daemon, running| {
        daemon.restart().expect("it starts again");
        running.write(b"go on\n");
    });
    assert_eq!(ended, "exit 7\nstdout:\nready\ngo on");
}

/// containerd 2.x forgets at its start whatever has ended; the shim has told it before.
#[test]
fn a_container_that_ends_while_its_daemon_is_away_has_its_exit_code() {
    require!(Root, Containerd);
    let ended = while_away(WAITS, |daemon, running| {
        daemon.stop();
        running.write(b"alone\n");
        running.wait_for_stdout("alone");
        daemon.start_again().expect("it starts again");
    });
    assert_eq!(ended, "exit 7\nstdout:\nready\nalone");
}

#[test]
fn a_term_that_comes_while_the_daemon_is_away_arrives_when_it_is_back() {
    require!(Root, Containerd);
    let script = "trap 'echo asked; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    let ended = while_away(script, |daemon, running| {
        daemon.stop();
        running.terminate();
        daemon.start_again().expect("it starts again");
    });
    assert_eq!(ended, "exit 9\nstdout:\nready\nasked");
}

#[test]
fn an_input_that_ends_while_the_daemon_is_away_ends_for_the_container_when_it_is_back() {
    require!(Root, Containerd);
    let ended = while_away("echo ready; cat; exit 7", |daemon, running| {
        daemon.stop();
        running.write(b"all of it\n");
        running.wait_for_stdout("all of it");
        running.close_stdin();
        daemon.start_again().expect("it starts again");
    });
    assert_eq!(ended, "exit 7\nstdout:\nready\nall of it");
}

/// A run that stops itself at this point, and goes on while its daemon is away; what it says once the daemon is back.
fn paused_while_away(point: &str, words: &[&str], after: impl FnOnce(&Daemon)) -> String {
    let mut daemon = Daemon::start_release(Release::of(module_path!())).expect("a daemon can be started");
    let hcn = |daemon: &Daemon| daemon.program(env!("CARGO_BIN_EXE_hcn"));
    hcn(&daemon).args(["run", IMAGE, "first", "true"]).run().success();
    let before = daemon.state();
    let mut running = hcn(&daemon).arg("run").args(words).env("HCN_PAUSE_AT", point).spawn();
    while !is_paused(running.id()) {
        assert!(running.is_running(), "it never came to `{point}`");
        std::thread::sleep(Duration::from_millis(5));
    }
    daemon.stop();
    running.signal(Signal::CONT);
    daemon.start_again().expect("it starts again");
    let ended = running.wait().snapshot();
    after(&daemon);
    assert_eq!(daemon.state_like(&before), before, "{ended}");
    ended
}

fn is_paused(process: u32) -> bool {
    let facts = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    facts.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
}

/// The third point of a step is the one before it is unmade.
#[test]
fn a_daemon_that_restarts_while_a_run_is_unmade_costs_it_nothing() {
    require!(Root, Containerd);
    for step in ["task", "container", "snapshot"] {
        let words = [IMAGE, "unmade", "sh", "-c", "exit 7"];
        assert_eq!(paused_while_away(&format!("{step}:2"), &words, |_| {}), "exit 7", "{step}");
    }
}

#[test]
fn a_daemon_that_restarts_before_a_commit_costs_no_result() {
    require!(Root, Containerd);
    let words = ["--commit", "built", IMAGE, "build", "sh", "-c", "echo made > /made"];
    let ended = paused_while_away("commit:2", &words, |daemon| {
        let snapshotter = daemon.snapshotter();
        daemon.ctr(&format!("snapshots --snapshotter {snapshotter} rm built")).success();
    });
    assert_eq!(ended, "exit 0");
}

/// Shims carry the daemon's socket and the container's id among their arguments.
fn shim_of(lab: &Lab, id: &str) -> Pid {
    let socket = lab.daemon.socket().display().to_string();
    let wanted = |line: &str| {
        let words: Vec<&str> = line.split('\0').collect();
        words[0].contains("containerd-shim") && words.contains(&socket.as_str()) && words.contains(&id)
    };
    let processes = fs::read_dir("/proc").expect("it is there").flatten();
    let mut ids = processes.filter_map(|entry| {
        let line = fs::read_to_string(entry.path().join("cmdline")).ok()?;
        wanted(&line).then(|| entry.file_name().to_string_lossy().parse().ok()).flatten()
    });
    ids.next().and_then(Pid::from_raw).expect("a container that runs has a shim")
}

#[test]
fn a_shim_that_is_killed_ends_the_run() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let script = "echo ready; while :; do sleep 0.05; done";
        let running = started(&lab.daemon, lab.hcn_run(), &[IMAGE, "orphan", "sh", "-c", script]);
        kill_process(shim_of(lab, "orphan"), Signal::KILL).expect("it runs");
        running.wait().snapshot()
    });
    assert_snapshot!(ended, @"
    exit 125
    stdout: ready
    stderr: hcn: cannot learn how container `orphan` ended: its shim died, and the exit code with it; look at containerd's log
    ");
}

#[test]
fn a_hang_up_is_passed_on() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let script = "trap 'echo caught; exit 3' HUP; echo ready; while :; do sleep 0.05; done";
        let mut running = lab.sh("hangup", script).spawn();
        running.wait_for_stdout("ready");
        running.signal(Signal::HUP);
        running.wait().snapshot()
    });
    assert_eq!(ended, "exit 3\nstdout:\nready\ncaught");
}

/// The second one is sent once the first has arrived: two that wait are one.
#[test]
fn the_second_term_or_int_kills_what_goes_on_after_the_first() {
    require!(Root, Containerd);
    for signal in [Signal::TERM, Signal::INT] {
        let ended = lab(move |lab| {
            let script = "trap 'echo asked' TERM INT; echo ready; while :; do sleep 0.05; done";
            let mut running = lab.sh("stubborn", script).spawn();
            running.wait_for_stdout("ready");
            running.signal(signal);
            running.wait_for_stdout("asked");
            running.signal(signal);
            running.wait().snapshot()
        });
        assert_eq!(ended, "exit 137\nstdout:\nready\nasked", "{signal:?}");
    }
}

fn mount(options: &str, folder: &Path) {
    Program::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).run().success();
}

/// A run whose state is on a disk of its own, and the files that are there afterwards.
fn on_disk(lab: &Lab, name: &str, spoil: fn(&Path)) -> (Output, Vec<PathBuf>) {
    let disk = lab.daemon.scratch().folder(name);
    spoil(&disk);
    let said = lab.run(name, &["true"]).env("HCN_STATE", &disk).run();
    let runs = fs::read_dir(disk.join("runs")).into_iter().flatten().flatten();
    let left = runs.map(|entry| entry.path()).collect();
    Program::new("umount").arg(&disk).run().success();
    (said, left)
}

#[test]
fn a_full_disk_below_the_state_folder_is_named_and_nothing_is_made() {
    require!(Root, Containerd);
    let (said, left) = lab(|lab| {
        on_disk(lab, "full", |disk| {
            mount("size=16k", disk);
            fill(disk);
        })
    });
    assert_eq!(left, Vec::<PathBuf>::new());
    assert_snapshot!(said.snapshot(), @"
    exit 125
    stderr: hcn: cannot write the run's journal below `[SCRATCH]/full`: No space left on device (os error 28)
    ");
}

/// Fills what is left of the disk.
fn fill(disk: &Path) {
    assert!(fs::write(disk.join("filler"), [0; 1 << 20]).is_err(), "it is full now");
}

#[test]
fn a_disk_that_becomes_full_at_any_moment_fails_the_run_or_none_and_nothing_is_left() {
    require!(Root, Containerd);
    let exits = lab(|lab| {
        let mut exits = Vec::new();
        // From no room for the journal to room for all of it, by the page.
        for size in (4..=256).step_by(4) {
            let disk = lab.daemon.scratch().folder("tight");
            mount(&format!("size={size}k"), &disk);
            let ended = lab.run("tight", &["true"]).env("HCN_STATE", &disk).run();
            let left = fs::read_dir(disk.join("runs")).into_iter().flatten().count();
            Program::new("umount").arg(&disk).run().success();
            assert_eq!(left, 0, "{size} KiB: {}", ended.snapshot());
            exits.push(ended.exit);
            if ended.exit == 0 {
                break;
            }
            assert!(ended.stderr().contains("No space left"), "{size} KiB: {}", ended.snapshot());
        }
        exits
    });
    let (last, tight) = exits.split_last().expect("there are sizes");
    assert!(*last == 0 && !tight.is_empty() && tight.iter().all(|exit| *exit == 125), "{exits:?}");
}

#[test]
fn what_a_killed_run_left_is_removed_though_the_disk_is_full() {
    require!(Root, Containerd);
    lab(|lab| {
        let disk = lab.daemon.scratch().folder("crammed");
        mount("size=256k", &disk);
        let mut running = lab.sh("crammed", "echo ready; exec sleep 600").env("HCN_STATE", &disk).spawn();
        running.wait_for_stdout("ready");
        running.signal(Signal::KILL);
        running.wait();
        fs::create_dir(disk.join("runs/0123456789abcdef")).expect("there is room");
        fs::write(disk.join("runs/0123456789abcdef/lock"), "").expect("there is room");
        fill(&disk);
        let told = lab.hcn(&["gc"]).env("HCN_STATE", &disk).run().success().stdout();
        let left = fs::read_dir(disk.join("runs")).expect("it is there").count();
        Program::new("umount").arg(&disk).run().success();
        assert!(told.contains("removed    crammed") && left == 0, "{left} are left: {told}");
    });
}

#[test]
fn a_state_folder_that_is_read_only_is_named_and_nothing_is_made() {
    require!(Root, Containerd);
    let (said, left) = lab(|lab| on_disk(lab, "sealed", |disk| mount("ro", disk)));
    assert_eq!(left, Vec::<PathBuf>::new());
    assert_snapshot!(said.snapshot(), @"
    exit 125
    stderr: hcn: cannot write the run's journal below `[SCRATCH]/sealed`: Read-only file system (os error 30)
    ");
}

#[test]
fn a_grandchild_that_would_live_on_ends_with_the_container() {
    require!(Root, Containerd);
    let ended = lab(|lab| lab.sh("parent", "setsid sleep 1000 & echo ready; exit 4").run().snapshot());
    assert_eq!(ended, "exit 4\nstdout: ready");
}

/// The FIFOs of the standard outputs of what runs, held as a process would that got away.
fn held_outputs(lab: &Lab) -> Vec<File> {
    let state = lab.daemon.state();
    let paths = state.iter().filter_map(|line| line.strip_prefix("fifo "));
    let held = paths.filter(|path| path.ends_with("stdout") || path.ends_with("stderr"));
    held.map(|path| File::options().write(true).open(path).expect("it is read")).collect()
}

#[test]
fn somebody_who_holds_the_outputs_for_ever_does_not_keep_the_run() {
    require!(Root, Containerd);
    let (ended, held) = lab(|lab| {
        let mut running = lab.hcn_run().args(["-i", IMAGE, "held", "sh", "-c", WAITS]).spawn();
        running.wait_for_stdout("ready");
        let held = held_outputs(lab);
        running.write(b"go on\n");
        (running.wait().snapshot(), held)
    });
    assert_eq!((ended.as_str(), held.len()), ("exit 7\nstdout:\nready\ngo on", 2));
}
