//! A container on a terminal: driven under tmux as a person drives it, and given back on every way out.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::lab::{Lab, lab};
use super::tmux::Tmux;

/// A shell's script that runs hcn, tells its exit code and in which mode the terminal is then, and stays.
fn run(arguments: &str) -> String {
    let hcn = env!("CARGO_BIN_EXE_hcn");
    format!(
        "{hcn} run {arguments}; echo exit $?; echo mode $(stty -a | grep -oE -e '-?(icanon|echo|isig)\\b'); cat"
    )
}

/// What a terminal is after a program that leaves no trace.
const AS_BEFORE: &str = "mode isig icanon echo";

#[test]
fn a_shell_shows_prompt_resize_ctrl_c_and_exit_code() {
    require!(Root, Containerd, Tmux);
    lab(|lab| {
        let tmux = Tmux::start(lab, "shell", &run(&format!("-t {IMAGE} shell sh")));
        tmux.wait_for("/ #");
        tmux.keys(&["stty size; echo $TERM", "Enter"]);
        tmux.wait_for("30 100");
        tmux.wait_for("xterm");
        tmux.resize(90, 20);
        tmux.wait_while("20 90", || tmux.keys(&["stty size", "Enter"]));
        tmux.keys(&["clear; echo begun; sleep 1000", "Enter"]);
        tmux.wait_for("begun");
        tmux.keys(&["C-c"]);
        tmux.wait_for("/ #");
        tmux.keys(&["echo code $?", "Enter"]);
        tmux.wait_for("code 130");
        tmux.keys(&["exit 42", "Enter"]);
        tmux.wait_for("exit 42");
        tmux.wait_for(AS_BEFORE);
    });
}

#[test]
fn the_terminal_is_given_back_when_the_time_is_over() {
    require!(Root, Containerd, Tmux);
    lab(|lab| {
        let tmux = Tmux::start(lab, "late", &run(&format!("--timeout 3s -t {IMAGE} late sleep 1000")));
        tmux.wait_for("hcn: stopped: the 3s of --timeout are over");
        tmux.wait_for("exit 125");
        tmux.wait_for(AS_BEFORE);
    });
}

#[test]
fn the_terminal_is_given_back_after_a_signal() {
    require!(Root, Containerd, Tmux);
    lab(|lab| {
        let script = "trap \"echo caught; exit 7\" TERM; echo up; while :; do sleep 0.05; done";
        let tmux = Tmux::start(lab, "signal", &run(&format!("-t {IMAGE} terminal-term sh -c '{script}'")));
        tmux.wait_for("up");
        kill_process(process_of("terminal-term"), Signal::TERM).expect("it runs");
        tmux.wait_for("caught");
        tmux.wait_for("exit 7");
        tmux.wait_for(AS_BEFORE);
    });
}

/// The hcn that runs this container.
fn process_of(id: &str) -> Pid {
    let processes = std::fs::read_dir("/proc").expect("it can be read").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_it = |pid: &i32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<_> = line.split(|byte| *byte == 0).collect();
        words[0].ends_with(b"/hcn") && words.contains(&id.as_bytes())
    };
    numbers.into_iter().find(is_it).and_then(Pid::from_raw).expect("it runs")
}

#[test]
fn a_spec_that_asks_for_a_terminal_gets_this_one() {
    require!(Root, Containerd, Tmux);
    lab(|lab| {
        let file = spec(lab, &["sh", "-c", "tty; test -t 2 && echo all; exit 3"]);
        let tmux = Tmux::start(lab, "spec", &run(&format!("-q --config {file} spec")));
        tmux.wait_for("/dev/");
        tmux.wait_for("all");
        tmux.wait_for("exit 3");
        tmux.wait_for(AS_BEFORE);
    });
}

/// A config.json of the image, with a terminal.
fn spec(lab: &Lab, words: &[&str]) -> String {
    let plan = lab.hcn_run().args(["--dry-run", "-o", "json", "-t", IMAGE, "spec"]).args(words).run();
    let plan: Value = serde_json::from_slice(&plan.success().stdout).expect("a plan is JSON");
    let lane = plan["lanes"][1].as_array().expect("a lane is a list");
    let mut spec = lane.iter().find_map(|step| step.get("container")).expect("it has one")["spec"].clone();
    let rootfs = lab.daemon.scratch().join("terminal-rootfs");
    std::fs::create_dir_all(rootfs.join("bin")).expect("it can be made");
    let busybox = hcn_test::tools::find_busybox().expect("it is there");
    for name in ["sh", "tty", "test"] {
        std::fs::copy(&busybox, rootfs.join("bin").join(name)).expect("it can be copied");
    }
    // Those are another run's.
    spec["mounts"].as_array_mut().expect("a list").retain(|one| one["type"] != "bind");
    spec["root"]["path"] = rootfs.to_str().expect("it is UTF-8").into();
    spec["linux"]["namespaces"].as_array_mut().expect("a list").retain(|one| one["type"] != "network");
    lab.daemon.scratch().file("terminal.json", spec.to_string()).display().to_string()
}

#[test]
fn without_a_terminal_there_is_none_to_give() {
    require!(Root, Containerd);
    let refused = lab(|lab| lab.hcn_run().args(["-t", IMAGE, "none", "sh"]).run());
    assert_snapshot!(refused.snapshot(), @"
    exit 125
    stderr: hcn: cannot run with a terminal: standard input is none; start hcn from one, or do without: leave --tty out, and process.terminal in config.json
    ");
}
