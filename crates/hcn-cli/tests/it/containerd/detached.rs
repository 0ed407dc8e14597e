//! Detached runs: the command ends, the container and its network stay, and go together.

use std::path::Path;
use std::time::Duration;

use hcn_test::{Daemon, IMAGE, Output, Patience, Program, require, tools};
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{Lab, lab, names_hidden};

/// `hcn run -d FLAGS IMAGE ID sh -c SCRIPT`: it prints the id, and it has ended.
fn detach(lab: &Lab, flags: &[&str], id: &str, script: &str) {
    let started = lab.hcn_run().arg("-d").args(flags).args([IMAGE, id, "sh", "-c", script]).run();
    assert_eq!(started.snapshot(), format!("exit 0\nstdout: {id}"));
}

/// Waits until something is so.
#[track_caller]
fn until(what: &str, so: impl Fn() -> bool) {
    let mut patience = Patience::new(Duration::from_secs(60));
    while !so() {
        assert!(!patience.is_over(), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits until nothing is kept any more.
fn until_unmade(lab: &Lab) {
    let runs = lab.daemon.hcn_state().join("runs");
    until("no run is left", || std::fs::read_dir(&runs).map_or(0, Iterator::count) == 0);
}

const WAITS: &str = "trap 'exit 5' TERM; while :; do sleep 0.05; done";

#[test]
fn a_detached_container_answers_while_its_front_is_gone_and_goes_with_all_it_had() {
    require!(Root, Containerd);
    lab(|lab| {
        let pid_file = lab.daemon.scratch().join("detached.pid");
        detach(lab, &["--pid-file", pid_file.to_str().expect("UTF-8")], "box", WAITS);
        let pid = std::fs::read_to_string(&pid_file).expect("it was written");
        assert_eq!(
            lab.daemon.ctr("tasks ls").stdout().lines().nth(1).map(words),
            Some(vec!["box", &pid, "RUNNING"])
        );
        let netns = namespace_of(lab);
        let ping = ["exec", &netns, "ping", "-c", "1", "-W", "5", Daemon::GATEWAY];
        ip_netns(lab, &ping).success();
        lab.daemon.ctr("tasks kill -s TERM box").success();
        until_unmade(lab);
        assert!(!Path::new("/run/netns").join(netns).exists());
        std::fs::remove_file(pid_file).expect("it is the user's");
    });
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// The one namespace that is mounted.
fn namespace_of(lab: &Lab) -> String {
    let state = lab.daemon.state();
    let name = state.iter().find_map(|line| line.strip_prefix("netns ")).expect("there is one");
    name.to_owned()
}

/// `nsenter` without a need for iproute2.
fn ip_netns(lab: &Lab, args: &[&str]) -> Output {
    let [_, name, command @ ..] = args else { panic!("exec NAME COMMAND") };
    let enter = Program::new(tools::need("nsenter")).envs(lab.daemon.env());
    let busybox = tools::find_busybox().expect("it is there");
    enter.arg(format!("--net=/run/netns/{name}")).arg(busybox).args(command).run()
}

/// The same with a pipe that holds something, as bash's `<(…)` makes one: it is open in the front alone.
fn detach_with_pipe(lab: &Lab, held: impl Into<Vec<u8>>, args: &[&str]) {
    let script = r#"exec 3<&0 </dev/null; exec "$0" run -d "$@""#;
    let front = lab.daemon.program("sh").args(["-c", script, env!("CARGO_BIN_EXE_hcn")]).args(args);
    front.stdin(held).run().success();
}

/// The pipe.
const PIPE: &str = "/dev/fd/3";

/// The container's spec, as containerd has it, with which it runs until it is killed here.
fn spec_of(lab: &Lab, id: &str) -> Value {
    let told = lab.daemon.ctr(&format!("containers info {id}")).success().stdout();
    lab.daemon.ctr(&format!("tasks kill -s KILL {id}")).success();
    until_unmade(lab);
    let told: Value = serde_json::from_str(&told).expect("ctr prints JSON");
    told["Spec"].clone()
}

#[test]
fn variables_that_a_pipe_held_reach_a_detached_container() {
    require!(Root, Containerd);
    let spec = lab(|lab| {
        detach_with_pipe(lab, "PIPED=1\n", &["--env-file", PIPE, IMAGE, "piped", "sh", "-c", WAITS]);
        spec_of(lab, "piped")
    });
    let env = spec["process"]["env"].as_array().expect("it has one");
    assert!(env.contains(&"PIPED=1".into()), "{env:?}");
}

#[test]
fn a_spec_that_a_pipe_held_is_run_detached() {
    require!(Root, Containerd);
    let spec = lab(|lab| {
        let root = super::rootfs::folder(lab, "piped");
        let spec = json!({
            "ociVersion": "1.0.2",
            "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["sh", "-c", WAITS], "env": ["PATH=/bin"]},
            "root": {"path": root},
            "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "network"}]},
        });
        detach_with_pipe(lab, spec.to_string(), &["--config", PIPE, "piped"]);
        spec_of(lab, "piped")
    });
    assert_eq!(spec["process"]["args"][2], WAITS);
}

#[test]
fn the_keeper_is_of_another_session_and_holds_nothing_of_its_front() {
    require!(Root, Containerd);
    lab(|lab| {
        detach(lab, &[], "alone", WAITS);
        let keeper = keeper_of("alone");
        let stat = std::fs::read_to_string(format!("/proc/{keeper}/stat")).expect("it lives");
        let fields: Vec<_> = stat.rsplit(')').next().expect("a name").split_whitespace().collect();
        // Session and terminal of proc(5)'s stat, behind state, parent and group.
        assert_eq!((fields[3], fields[4]), (keeper.to_string().as_str(), "0"));
        let streams =
            [0, 1, 2].map(|fd| std::fs::read_link(format!("/proc/{keeper}/fd/{fd}")).expect("open"));
        assert_eq!(streams, [Path::new("/dev/null"); 3]);
        assert_eq!(std::fs::read_link(format!("/proc/{keeper}/cwd")).expect("it lives"), Path::new("/"));
        lab.daemon.ctr("tasks kill -s KILL alone").success();
        until_unmade(lab);
    });
}

fn keeper_of(id: &str) -> i32 {
    keepers(id).next().expect("it lives")
}

fn is_kept(id: &str) -> bool {
    keepers(id).next().is_some()
}

/// The processes that keep a run of this container.
fn keepers(id: &str) -> impl Iterator<Item = i32> {
    let processes = std::fs::read_dir("/proc").expect("it can be read").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers.filter(move |pid| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let words: Vec<_> = line.split('\0').collect();
        words.get(1) == Some(&"keep") && words.contains(&id)
    })
}

#[test]
fn what_keeps_a_detached_run_from_beginning_is_told_and_leaves_nothing() {
    require!(Root, Containerd);
    let _names = names_hidden();
    let refused = lab(|lab| {
        let absent = lab.hcn_run().args(["-d", "nosuch:latest", "absent", "true"]).run();
        let command = lab.hcn_run().args(["-d", IMAGE, "command", "/nosuch"]).run();
        [absent.exit.to_string(), command.snapshot()].join("\n")
    });
    assert_snapshot!(refused, @"
    125
    exit 127
    stderr: hcn: cannot run the command of container `command`: exec: \"/nosuch\": stat /nosuch: no such file or directory; is it in the image, and spelled like that?
    ");
}

#[test]
fn a_front_that_is_stopped_early_has_its_keeper_undo_what_it_made() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let folder = lab.daemon.scratch().folder("slow-start");
        let [begun, go] = ["begun", "go"].map(|file| folder.join(file));
        for fifo in [&begun, &go] {
            rustix::fs::mkfifoat(rustix::fs::CWD, fifo, rustix::fs::Mode::RWXU).expect("it can be made");
        }
        let add = format!(
            "[ $CNI_COMMAND = ADD ] || exit 0; echo > {}; read x < {}",
            begun.display(),
            go.display()
        );
        let script = format!("{add}; echo '{{\"cniVersion\":\"1.0.0\"}}'");
        let front = lab.on_network_with(&["-d"], "slow-start", &[("slow", &script)]).spawn();
        std::fs::read(&begun).expect("the plugin says that it is at work");
        front.terminate();
        std::fs::write(&go, "go\n").expect("the plugin waits");
        let ended = front.wait();
        [begun, go].iter().for_each(|fifo| std::fs::remove_file(fifo).expect("it is there"));
        ended.snapshot()
    });
    assert_snapshot!(ended, @"
    exit 143
    stderr: hcn: stopped by SIGTERM before the container was started
    ");
}

#[test]
fn a_run_whose_front_is_gone_when_its_container_starts_is_undone() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let front = lab.daemon.scratch().join("front");
        rustix::fs::mkfifoat(rustix::fs::CWD, &front, rustix::fs::Mode::RWXU).expect("it can be made");
        // A front's end of the input, held by another, so that nothing but the output tells the keeper.
        let script = format!(
            "exec 3<>{front}; '{hcn}' keep -- run -d {IMAGE} unheard sleep 600 <{front} | true",
            front = front.display(),
            hcn = env!("CARGO_BIN_EXE_hcn")
        );
        let ended = Program::new("/bin/sh").envs(lab.daemon.env()).args(["-c", &script]).run().snapshot();
        std::fs::remove_file(front).expect("it is there");
        ended
    });
    assert_eq!(ended, "exit 0");
}

#[test]
fn the_output_of_a_detached_run_is_in_the_file_of_its_log_uri() {
    require!(Root, Containerd);
    lab(|lab| {
        let file = lab.daemon.scratch().join("box.log");
        let uri = format!("file://{}", file.display());
        let lines = || {
            let text = std::fs::read_to_string(&file).expect("it was written");
            let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
            lines.sort();
            lines
        };
        // It lives until both lines are there: the shim closes the file at the end of stdout, and may lose the end of stderr.
        detach(lab, &["--log-uri", &uri], "logged", &format!("echo out; echo err >&2; {WAITS}"));
        until("both lines are written", || lines().len() == 2);
        lab.daemon.ctr("tasks kill -s TERM logged").success();
        until_unmade(lab);
        assert_eq!(lines(), ["err", "out"]);
        std::fs::remove_file(file).expect("it is the user's");
    });
}

#[test]
fn stop_asks_by_the_signal_that_the_image_names_and_leaves_the_exit_code_in_the_report() {
    require!(Root, Containerd);
    let report = lab(|lab| {
        let [log, report] = ["asked.log", "asked.json"].map(|name| lab.daemon.scratch().join(name));
        let (uri, file) = (format!("file://{}", log.display()), report.display().to_string());
        let label = "io.containerd.image.config.stop-signal=SIGINT";
        let flags = ["--log-uri", &uri, "--report", &file, "--label", label];
        let script = "trap 'exit 5' TERM; trap 'exit 6' INT; echo ready; while :; do sleep 0.05; done";
        detach(lab, &flags, "asked", script);
        until("it listens", || std::fs::read(&log).is_ok_and(|said| said == b"ready\n"));
        lab.hcn(&["stop", "asked"]).run().success();
        let read: Value =
            serde_json::from_slice(&std::fs::read(&report).expect("it is there")).expect("JSON");
        // The keeper writes it once more at its very end.
        until("the keeper has ended", || !is_kept("asked"));
        [log, report].iter().for_each(|file| std::fs::remove_file(file).expect("it is the user's"));
        read
    });
    assert_eq!((&report["container"], &report["exit_code"]), (&"asked".into(), &6.into()), "{report}");
}

#[test]
fn a_detached_terminal_has_an_input_that_stays_open_and_an_output_that_nobody_takes() {
    require!(Root, Containerd);
    lab(|lab| {
        // More than a FIFO holds; and a shell that reads its end would exit.
        detach(lab, &["-t"], "tty", "head -c 300000 /dev/zero; sleep 0.1; exec sh");
        until("the shell runs", || lab.daemon.ctr("tasks ps tty").stdout().lines().count() == 2);
        let input = lab.daemon.ctr("tasks exec --exec-id look tty readlink /proc/1/fd/0").success().stdout();
        assert!(input.starts_with("/dev/"), "{input}");
        lab.daemon.ctr("tasks kill -s KILL tty").success();
        until_unmade(lab);
    });
}

/// The id, image, state and addresses of the one run that `hcn ps` lists.
fn listed(lab: &Lab) -> Value {
    let seen = lab.hcn(&["ps", "-o", "json"]).run().success().stdout;
    let mut all: Vec<Value> = serde_json::from_slice(&seen).expect("it is a list");
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

#[test]
fn a_detached_run_is_listed_and_stopped_with_all_that_it_had() {
    require!(Root, Containerd);
    lab(|lab| {
        detach(lab, &[], "listed", WAITS);
        let seen = listed(lab);
        let pid = lab.daemon.ctr("tasks ls").stdout().lines().nth(1).map(|line| words(line)[1].to_owned());
        assert_eq!(
            (&seen["id"], &seen["image"], &seen["status"]),
            (&"listed".into(), &IMAGE.into(), &"running".into())
        );
        assert_eq!(seen["pid"].to_string(), pid.expect("it has a task"));
        let address = seen["addresses"][0].as_str().expect("it has one");
        assert!(address.starts_with("10.88.0.") && address.ends_with("/24"), "{address}");
        assert_eq!(lab.hcn(&["ps", "-q"]).run().success().stdout(), "listed\n");
        let table = lab.hcn(&["ps"]).run().success().stdout();
        assert!(table.contains(address) && table.contains("running"), "{table}");
        let elsewhere = lab.hcn(&["-n", "elsewhere", "stop", "listed"]).run();
        assert_eq!((elsewhere.exit, elsewhere.stdout()), (3, String::new()));
        // Nothing is left when it answers: `lab` would not wait for a keeper.
        assert_snapshot!(lab.hcn(&["stop", "list"]).run().snapshot(), @"
        exit 0
        stdout: listed
        ");
        assert_eq!(std::fs::read_dir(lab.daemon.hcn_state().join("runs")).expect("it is there").count(), 0);
        assert_eq!(lab.hcn(&["ps", "-q"]).run().success().stdout(), "");
    });
}

#[test]
fn what_does_not_hear_a_term_is_killed_after_its_time() {
    require!(Root, Containerd);
    lab(|lab| {
        detach(lab, &[], "deaf", "trap '' TERM; while :; do sleep 0.05; done");
        assert_snapshot!(lab.hcn(&["stop", "--time", "0s", "deaf"]).run().snapshot(), @"
        exit 0
        stdout: deaf
        ");
    });
}

#[test]
fn a_container_that_runs_is_removed_by_force_alone() {
    require!(Root, Containerd);
    let refused = lab(|lab| {
        detach(lab, &[], "kept", WAITS);
        let refused = lab.hcn(&["rm", "kept"]).run().snapshot();
        lab.hcn(&["rm", "-f", "kept"]).run().success();
        refused
    });
    assert_snapshot!(refused, @"
    exit 1
    stderr: hcn: cannot remove container `kept`: it runs; stop it with `hcn stop kept`, which removes everything, or kill it with --force
    ");
}

#[test]
fn a_run_in_the_foreground_is_stopped_too_and_ends_with_its_container_s_code() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let mut run =
            lab.sh("front", &format!("{}; echo never", WAITS.replace("while", "echo up; while"))).spawn();
        run.wait_for_stdout("up");
        lab.hcn(&["stop", "front"]).run().success();
        run.wait().snapshot()
    });
    assert_snapshot!(ended, @"
    exit 5
    stdout: up
    ");
}

#[test]
fn the_output_of_a_detached_run_is_printed_as_long_as_it_runs() {
    require!(Root, Containerd);
    lab(|lab| {
        let file = lab.daemon.scratch().join("follow.log");
        let uri = format!("file://{}", file.display());
        detach(
            lab,
            &["--log-uri", &uri],
            "follow",
            "echo one; trap 'echo two; exit' TERM; while :; do sleep 0.05; done",
        );
        until("it has written", || lab.hcn(&["logs", "follow"]).run().success().stdout() == "one\n");
        let mut follower = lab.hcn(&["logs", "-f", "follow"]).spawn();
        follower.wait_for_stdout("one");
        lab.hcn(&["stop", "follow"]).run().success();
        assert_snapshot!(follower.wait().snapshot(), @"
        exit 0
        stdout:
        one
        two
        ");
        std::fs::remove_file(file).expect("it is the user's");
    });
}

#[test]
fn output_that_was_not_kept_is_said_to_be_none() {
    require!(Root, Containerd);
    let (none, absent) = lab(|lab| {
        detach(lab, &[], "silent", WAITS);
        let none = lab.hcn(&["logs", "silent"]).run().snapshot();
        lab.hcn(&["rm", "-f", "silent"]).run().success();
        (none, lab.hcn(&["logs", "silent"]).run().snapshot())
    });
    assert_snapshot!(none, @"
    exit 3
    stderr: hcn: no output of container `silent` is kept here: it was started without --log-uri; start it with --log-uri file:///PATH
    ");
    assert_snapshot!(absent, @"
    exit 3
    stderr: hcn: no run has a container `silent`; `hcn ps` lists those that there are
    ");
}

#[test]
fn a_keeper_that_was_killed_leaves_a_journal_by_which_all_is_removed() {
    require!(Root, Containerd);
    lab(|lab| {
        detach(lab, &[], "orphan", WAITS);
        let keeper = rustix::process::Pid::from_raw(keeper_of("orphan")).expect("a process");
        rustix::process::kill_process(keeper, rustix::process::Signal::KILL).expect("it lives");
        until("its lock is free", || listed(lab)["status"] == "dead");
        assert_snapshot!(lab.hcn(&["rm", "orphan"]).run().snapshot(), @"
        exit 0
        stdout: orphan
        ");
    });
}

/// What a plan says of the streams.
fn streams(lab: &Lab, flags: &[&str]) -> String {
    let plan = lab.hcn_run().args(["--dry-run", "-o", "json"]).args(flags).args([IMAGE, "t1"]).run();
    let plan: Value = serde_json::from_slice(&plan.success().stdout).expect("a plan is JSON");
    let lane = plan["lanes"][1].as_array().expect("a lane is a list");
    lane.iter().find_map(|step| step.get("stdio")).map_or("none".into(), |stdio| stdio["folder"].to_string())
}

#[test]
fn the_fifos_are_where_they_were_wanted_and_none_where_nobody_takes_them() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = lab.daemon.scratch().join("fifos");
        let wanted = folder.to_str().expect("UTF-8");
        assert!(streams(lab, &["--fifo-dir", wanted]).contains("/fifos/hcn-"));
        assert_eq!(streams(lab, &["--null-io"]), "none");
        assert_eq!(streams(lab, &["-d"]), "none");
        assert_eq!(streams(lab, &["--log-uri", "file:///x"]), "none");
        let run = lab.hcn_run().args(["--fifo-dir", wanted, IMAGE, "fifos", "echo", "through"]).run();
        assert_eq!(run.success().stdout(), "through\n");
        let silent =
            lab.hcn_run().args(["--null-io", IMAGE, "null", "sh", "-c", "echo unheard; exit 9"]).run();
        assert_snapshot!(silent.snapshot(), @"exit 9");
        std::fs::remove_dir(folder).expect("it is empty");
    });
}
