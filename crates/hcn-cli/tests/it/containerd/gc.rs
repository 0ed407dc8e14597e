//! What killed runs leave, and that `hcn gc` and the next `hcn run` remove it; and what they leave alone.

use std::fs;
use std::path::PathBuf;

use hcn_test::{IMAGE, Program, Running, require, tools};
use insta::assert_snapshot;
use rustix::process::Signal;

use super::lab::{Lab, lab, names_hidden};

/// What a container does that is to be found at work.
const AT_WORK: &str = "echo ready; exec sleep 600";

fn gc(lab: &Lab, args: &[&str]) -> Program {
    lab.daemon.program(env!("CARGO_BIN_EXE_hcn")).arg("gc").args(args)
}

/// Kills the run once its container says that it is ready.
fn kill_at_work(mut running: Running) {
    running.wait_for_stdout("ready");
    running.signal(Signal::KILL);
    running.wait();
}

/// The journal of the only run.
fn journal(lab: &Lab) -> PathBuf {
    let mut runs = fs::read_dir(lab.daemon.hcn_state().join("runs")).expect("there were runs");
    runs.next().expect("there is a run").expect("it can be read").path()
}

#[test]
fn gc_tells_what_a_killed_run_left_and_removes_it() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let [told, removed, again] = lab(|lab| {
        kill_at_work(lab.sh("left", AT_WORK).spawn());
        [&["--dry-run"][..], &[], &[]].map(|args| gc(lab, args).run().snapshot())
    });
    assert_snapshot!(told, @"
    exit 0
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] found      left
                     names      [SCRATCH]/hcn/runs/[RUN]/names
                     namespace  /run/netns/hcn-[RUN]
                     attachment [TENANT]-left-[RUN] as eth0 by [SCRATCH]/net.d/10-hcn-test.conflist
                     lease      hcn-[RUN]
                     snapshot   hcn-[RUN] of overlayfs
                     container  left for io.containerd.runc.v2
                     stdio      [SCRATCH]/hcn/runs/[RUN]/io
                     task       left
    ");
    assert_snapshot!(removed, @"
    exit 0
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] removed    left
    ");
    assert_eq!(again, "exit 0", "nothing is left");
}

#[test]
fn the_next_run_removes_what_a_killed_one_left_and_may_have_its_id() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let next = lab(|lab| {
        kill_at_work(lab.sh("again", AT_WORK).spawn());
        lab.sh("again", "ip addr show eth0 | grep -c 10.88.0.; exit 4").run().snapshot()
    });
    assert_snapshot!(next, @"
    exit 4
    stdout: 1
    stderr: hcn: note: removed what run [RUN] of container `again` had left
    ");
}

#[test]
fn a_run_that_lives_is_left_alone() {
    require!(Root, Containerd);
    let (collected, ended) = lab(|lab| {
        let script = "trap 'ping -c 1 -W 5 10.88.0.1 >/dev/null && exit 3' TERM; echo ready; while :; do sleep 0.05; done";
        let mut living = lab.sh("living", script).spawn();
        living.wait_for_stdout("ready");
        let collected = gc(lab, &["-o", "json"]).run().snapshot();
        living.terminate();
        (collected, living.wait().exit)
    });
    assert_eq!((collected.as_str(), ended), ("exit 0\nstdout: []", 3));
}

#[test]
fn several_at_once_share_the_dead_between_them() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        // All begin before the first dies, for each removes what dead ones left before it.
        let runs = (0..3).map(|number| lab.sh(&format!("dead-{number}"), AT_WORK).spawn());
        runs.collect::<Vec<_>>().into_iter().for_each(kill_at_work);
        let at_once: Vec<Running> = (0..3).map(|_| gc(lab, &[]).spawn()).collect();
        at_once.into_iter().map(|gc| gc.wait().success().stdout()).collect::<String>()
    });
    let mut removed: Vec<_> = told.lines().filter(|line| line.contains(" removed ")).collect();
    removed.sort_by_key(|line| line.rsplit(' ').next());
    let containers: Vec<_> = removed.iter().filter_map(|line| line.rsplit(' ').next()).collect();
    assert_eq!(containers, ["dead-0", "dead-1", "dead-2"], "each by one of them: {told}");
}

#[test]
fn a_plan_that_cannot_be_read_is_named_and_left_alone() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let said = lab(|lab| {
        kill_at_work(lab.sh("unread", AT_WORK).spawn());
        let file = journal(lab).join("plan.json");
        let plan = fs::read_to_string(&file).expect("it is there");
        let another = plan.replace("\"version\": 1", "\"version\": 99");
        let said = [&plan[..10], &another].map(|text| {
            fs::write(&file, text).expect("it can be written");
            let ended = gc(lab, &[]).run();
            assert!(lab.daemon.state().iter().any(|line| line.ends_with("/unread")), "it is left alone");
            ended.snapshot()
        });
        fs::write(&file, plan).expect("it can be written");
        gc(lab, &[]).run().success();
        said.join("\n")
    });
    assert_snapshot!(said, @"
    exit 1
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] left       -
    stderr: hcn: cannot unmake the dead run `[RUN]`: its plan.json is damaged: EOF while parsing a string at line 2 column 8; look into `[SCRATCH]/hcn/runs/[RUN]`, and remove it when nothing of the run is left
    exit 1
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] left       -
    stderr: hcn: cannot unmake the dead run `[RUN]`: its plan.json has version 99, and this hcn knows version 1: use the hcn that wrote it; look into `[SCRATCH]/hcn/runs/[RUN]`, and remove it when nothing of the run is left
    ");
}

#[test]
fn a_detachment_that_failed_is_tried_again() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let [run, refused, removed] = lab(|lab| {
        let mended = lab.daemon.scratch().join("mended");
        let script = format!(
            "[ $CNI_COMMAND = DEL ] && {{ [ -e {} ]; exit; }}; echo '{{\"cniVersion\":\"1.0.0\"}}'",
            mended.display()
        );
        let run = lab.on_network("stuck", &[("stuck", &script)]).run().snapshot();
        let refused = gc(lab, &[]).run().snapshot();
        fs::write(mended, "").expect("it can be written");
        [run, refused, gc(lab, &[]).run().snapshot()]
    });
    assert_snapshot!(run, @"
    exit 0
    stderr:
    hcn: cannot detach container `[TENANT]-stuck-[RUN]` from network `stuck`: plugin `stuck` exited with 1 and said nothing; check [SCRATCH]/stuck/net.d/10-stuck.conflist and what the plugin logs
    hcn: not everything could be unmade: what is left is noted in `[SCRATCH]/hcn/runs/[RUN]`; `hcn gc` tries again
    ");
    assert_snapshot!(refused, @"
    exit 1
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] left       stuck
    stderr: hcn: cannot detach container `[TENANT]-stuck-[RUN]` from network `stuck`: plugin `stuck` exited with 1 and said nothing; check [SCRATCH]/stuck/net.d/10-stuck.conflist and what the plugin logs
    ");
    assert_snapshot!(removed, @"
    exit 0
    stdout:
    RUN              RESULT     CONTAINER
    [RUN] removed    stuck
    ");
}

/// `lab` sees to it that the rules of `bridge` are gone.
#[test]
fn a_namespace_stays_until_its_attachment_is_undone() {
    require!(Root, Containerd);
    let [before, after] = lab(|lab| {
        let scratch = lab.daemon.scratch();
        let mended = scratch.join("mended-bridge");
        let bridge = tools::find_plugin("bridge").expect("the daemon's network has it");
        let script = format!(
            "[ $CNI_COMMAND = DEL ] && [ ! -e {} ] && exit 1\nexec {}",
            mended.display(),
            bridge.display()
        );
        let first = scratch.script("fails-once/bridge", &script);
        let folders = [&first, &bridge].map(|file| file.parent().expect("a file has a folder"));
        let path = std::env::join_paths(folders).expect("no folder has a colon in its name");
        lab.sh("sticking", "true").env("CNI_PATH", path).run().success();
        let run = journal(lab).file_name().expect("it has a name").to_string_lossy().into_owned();
        let namespace = PathBuf::from(format!("/run/netns/hcn-{run}"));
        let before = namespace.exists();
        fs::write(&mended, "").expect("it can be written");
        gc(lab, &[]).run().success();
        [before, namespace.exists()]
    });
    assert_eq!([before, after], [true, false]);
}

#[test]
fn after_another_boot_the_plugins_get_no_namespace() {
    require!(Root, Containerd);
    let calls = lab(|lab| {
        let log = lab.daemon.scratch().join("calls");
        let script = format!(
            "echo \"$CNI_COMMAND $CNI_NETNS\" >> {}; echo '{{\"cniVersion\":\"1.0.0\"}}'",
            log.display()
        );
        kill_at_work(lab.on_network_sh(&[], "reboot", &[("noting", &script)], AT_WORK).spawn());
        let file = journal(lab).join("plan.json");
        let plan = fs::read_to_string(&file).expect("it is there");
        let (before, boot) = plan.split_once("\"boot\": \"").expect("a plan names its boot");
        let boot = boot.split_once('"').expect("it ends").1;
        fs::write(&file, format!("{before}\"boot\": \"another\"{boot}")).expect("it can be written");
        gc(lab, &[]).run().success();
        fs::read_to_string(log).expect("plugins ran")
    });
    let calls: Vec<&str> = calls.lines().collect();
    assert!(calls[0].starts_with("ADD /run/netns/hcn-"), "{calls:?}");
    assert_eq!(calls[1..], ["DEL "]);
}

#[test]
fn a_plugin_that_works_on_after_its_run_died_is_waited_for() {
    require!(Root, Containerd);
    let verbs = lab(|lab| {
        let folder = lab.daemon.scratch().folder("working");
        let [begun, go, log] = ["begun", "go", "log"].map(|name| folder.join(name));
        for fifo in [&begun, &go] {
            rustix::fs::mkfifoat(rustix::fs::CWD, fifo, rustix::fs::Mode::RWXU).expect("a FIFO can be made");
        }
        let [b, g, l] = [&begun, &go, &log].map(|path| path.display());
        let add = format!("[ $CNI_COMMAND = ADD ] && {{ echo > {b}; read x < {g}; }}");
        let script = format!("{add}; echo $CNI_COMMAND >> {l}; echo '{{\"cniVersion\":\"1.0.0\"}}'");
        let running = lab.on_network("working", &[("slow", &script)]).spawn();
        fs::read(&begun).expect("the plugin says that it is at work");
        running.signal(Signal::KILL);
        running.wait();
        let collecting = gc(lab, &[]).spawn();
        fs::write(&go, "go\n").expect("the plugin waits");
        collecting.wait().success();
        [begun, go].iter().for_each(|fifo| fs::remove_file(fifo).expect("it is there"));
        fs::read_to_string(log).expect("plugins ran")
    });
    assert_eq!(verbs, "ADD\nDEL\n");
}

#[test]
fn a_run_that_was_killed_under_any_mask_is_removed() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let script =
            format!("umask 0; exec '{}' run {IMAGE} mask sh -c '{AT_WORK}'", env!("CARGO_BIN_EXE_hcn"));
        kill_at_work(Program::new("/bin/sh").envs(lab.daemon.env()).args(["-c", &script]).spawn());
        gc(lab, &[]).run().success().stdout()
    });
    assert!(told.contains("removed    mask"), "{told}");
}

#[test]
fn what_a_killed_run_had_half_written_for_the_user_is_removed() {
    require!(Root, Containerd);
    lab(|lab| {
        let folder = lab.daemon.scratch().folder("files");
        let names = || fs::read_dir(&folder).expect("it is there").count();
        for flag in ["--pid-file", "--report"] {
            let run =
                lab.daemon.program(env!("CARGO_BIN_EXE_hcn")).args(["run", flag]).arg(folder.join("file"));
            let killed = run.args([IMAGE, "half", "true"]).env("HCN_STOP_AT", "a draft").run();
            assert_eq!((killed.exit, names()), (137, 1), "{flag}: {}", killed.snapshot());
            gc(lab, &[]).run().success();
            assert_eq!(names(), 0, "{flag}");
        }
    });
}

#[test]
fn a_journal_s_times_mean_nothing() {
    require!(Root, Containerd);
    lab(|lab| {
        for time in ["1970-01-02", "2100-01-01"] {
            kill_at_work(lab.sh("clock", AT_WORK).spawn());
            let folder = journal(lab);
            let touch = Program::new("find").arg(&folder).args(["-exec", "touch", "-d", time, "{}", "+"]);
            touch.run().success();
            let told = gc(lab, &[]).run().success().stdout();
            assert!(told.contains("removed    clock"), "{time}: {told}");
        }
    });
}
