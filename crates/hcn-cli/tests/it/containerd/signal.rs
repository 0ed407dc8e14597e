//! Signals: passed on to the container while it runs, a reason to undo everything before.

use hcn_test::require;
use insta::assert_snapshot;
use rustix::process::Signal;

use super::lab::{Lab, lab};

const TRAP: &str = "trap 'echo caught; exit 3' TERM INT USR1; echo ready; while :; do sleep 0.05; done";

/// The shell says `ready`, then gets these signals.
fn sent(lab: &Lab, script: &str, signals: &[Signal]) -> String {
    let mut running = lab.sh("signal", script).spawn();
    running.wait_for_stdout("ready");
    signals.iter().for_each(|signal| running.signal(*signal));
    running.wait().snapshot()
}

#[test]
fn term_int_and_usr1_reach_a_trap_and_its_exit_code_comes_back() {
    require!(Root, Containerd);
    for signal in [Signal::TERM, Signal::INT, Signal::USR1] {
        let ended = lab(move |lab| sent(lab, TRAP, &[signal]));
        assert_eq!(ended, "exit 3\nstdout:\nready\ncaught", "{signal:?}");
    }
}

#[test]
fn a_second_request_to_end_kills_a_process_that_ignores_the_first() {
    require!(Root, Containerd);
    let ignoring = "trap '' TERM INT; echo ready; while :; do sleep 0.05; done";
    let ended = lab(move |lab| sent(lab, ignoring, &[Signal::INT, Signal::TERM]));
    assert_snapshot!(ended, @"
    exit 137
    stdout: ready
    ");
}

/// A network whose plugin says on ADD that it is at work, in a file, and then waits for a pipe to be opened.
fn with_slow_plugin(lab: &Lab, name: &str) -> String {
    let scratch = lab.daemon.scratch();
    let [begun, go] = ["begun", "go"].map(|file| scratch.folder(name).join(file));
    for fifo in [&begun, &go] {
        rustix::fs::mkfifoat(rustix::fs::CWD, fifo, rustix::fs::Mode::RWXU).expect("a FIFO can be made");
    }
    let add =
        format!("[ $CNI_COMMAND = ADD ] || exit 0; echo > {}; read x < {}", begun.display(), go.display());
    let script = format!("{add}; echo '{{\"cniVersion\":\"1.0.0\"}}'");
    let running = lab.on_network(name, &[("slow", &script)]).spawn();
    std::fs::read(&begun).expect("the plugin says that it is at work");
    running.terminate();
    std::fs::write(&go, "go\n").expect("the plugin waits");
    let ended = running.wait();
    [begun, go].iter().for_each(|fifo| std::fs::remove_file(fifo).expect("it is there"));
    ended.snapshot()
}

#[test]
fn a_term_while_things_are_made_undoes_them() {
    require!(Root, Containerd);
    let ended = lab(|lab| with_slow_plugin(lab, "early"));
    assert_snapshot!(ended, @"
    exit 143
    stderr: hcn: stopped by SIGTERM before the container was started
    ");
}

#[test]
fn the_end_of_the_time_limit_kills_and_fails() {
    require!(Root, Containerd);
    let ended =
        lab(|lab| lab.hcn_run().args(["--timeout", "2s", hcn_test::IMAGE, "late", "sleep", "60"]).run());
    assert_snapshot!(ended.snapshot(), @"
    exit 125
    stderr: hcn: stopped: the 2s of --timeout are over
    ");
}
