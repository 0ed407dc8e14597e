//! Runs that build: on a prepared snapshot, committed on success, and told in a report.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;
use serde_json::Value;

use super::lab::{Lab, lab, names_hidden};

fn snapshots(lab: &Lab, words: &str) -> String {
    let snapshotter = lab.daemon.snapshotter();
    lab.daemon.ctr(&format!("snapshots --snapshotter {snapshotter} {words}")).success().stdout()
}

/// The lines of these snapshots in ctr's table: key, parent, kind.
fn kinds(lab: &Lab, keys: &[&str]) -> Vec<String> {
    let table = snapshots(lab, "ls");
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let rows = table.lines().map(words).filter(|row| keys.contains(&row[0].as_str()));
    rows.map(|row| format!("{} {}", row[0], row.last().cloned().unwrap_or_default())).collect()
}

/// The image's own layers, as one who builds on them names them.
fn base(lab: &Lab) -> String {
    let table = snapshots(lab, "ls");
    let found =
        table.lines().find(|line| line.contains("Committed")).and_then(|line| line.split_whitespace().next());
    found.expect("the image is unpacked").to_owned()
}

#[test]
fn what_succeeds_is_committed_and_the_next_run_stands_on_it() {
    require!(Root, Containerd);
    let (first, second, left) = lab(|lab| {
        let first =
            lab.hcn_run().args(["--commit", "built", IMAGE, "first", "sh", "-c", "echo made > /made"]).run();
        snapshots(lab, "prepare work built");
        let second = lab
            .hcn_run()
            .args(["--snapshot", "work", IMAGE, "second", "sh", "-c", "cat /made; touch /more"])
            .run();
        let left = kinds(lab, &["built", "work"]);
        let third = lab
            .hcn_run()
            .args(["--snapshot", "work", "--commit", "more", IMAGE, "third", "ls", "/more"])
            .run();
        assert_eq!(third.snapshot(), "exit 0\nstdout: /more", "what was written stays");
        assert_eq!(kinds(lab, &["built", "work", "more"]), ["built Committed", "more Committed"]);
        ["rm more", "rm built"].iter().for_each(|words| drop(snapshots(lab, words)));
        (first.snapshot(), second.snapshot(), left)
    });
    assert_eq!([first, second], ["exit 0", "exit 0\nstdout: made"]);
    assert_eq!(left, ["built Committed", "work Active"]);
}

#[test]
fn what_fails_is_not_committed_and_its_scratch_is_gone() {
    require!(Root, Containerd);
    let (ended, left) = lab(|lab| {
        let ended = lab.hcn_run().args(["--commit", "never", IMAGE, "fails", "false"]).run().snapshot();
        (ended, kinds(lab, &["never"]))
    });
    assert_eq!((ended.as_str(), left.len()), ("exit 1", 0));
}

#[test]
fn snapshots_that_do_not_fit_are_refused_with_the_command() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let refused = lab(|lab| {
        let base = base(lab);
        let run = |flags: [&str; 2]| {
            let said = lab.hcn_run().args(flags).args([IMAGE, "unfit", "true"]).run().snapshot();
            said.replace(&base, "[BASE]").replace(lab.daemon.snapshotter(), "[SNAPSHOTTER]")
        };
        [run(["--commit", &base]), run(["--snapshot", &base]), run(["--snapshot", "nosuch"])]
    });
    assert_snapshot!(refused.join("\n"), @r"
    exit 125
    stderr: hcn: cannot commit as `[BASE]`: [SNAPSHOTTER] has a snapshot of this name; choose another, or remove it with `ctr -a [SCRATCH]/c.sock -n [TENANT] snapshots --snapshotter [SNAPSHOTTER] rm [BASE]`
    exit 125
    stderr: hcn: cannot run on snapshot `[BASE]` of [SNAPSHOTTER]: nothing can be written to it; prepare one on top of it with `ctr -a [SCRATCH]/c.sock -n [TENANT] snapshots --snapshotter [SNAPSHOTTER] prepare NEW [BASE]`
    exit 125
    stderr: hcn: cannot run on snapshot `nosuch` of [SNAPSHOTTER]: there is none; prepare it with `ctr -a [SCRATCH]/c.sock -n [TENANT] snapshots --snapshotter [SNAPSHOTTER] prepare nosuch PARENT`
    ");
}

#[test]
fn a_snapshot_that_a_run_is_on_is_refused_to_others_until_it_has_ended_or_died() {
    require!(Root, Containerd);
    let (refused, others) = lab(|lab| {
        snapshots(lab, &format!("prepare work {}", base(lab)));
        let on_it = || lab.hcn_run().args(["-i", "--snapshot", "work", IMAGE]);
        let mut holder = on_it().args(["holder", "sh", "-c", "echo ready; read line"]).spawn();
        holder.wait_for_stdout("ready");
        let address = format!("unix://{}", lab.daemon.socket().display());
        let [refused, in_other_words] = [on_it(), on_it().env("CONTAINERD_ADDRESS", address)]
            .map(|run| run.args(["second", "true"]).run().snapshot());
        assert_eq!(in_other_words, refused);
        holder.signal(rustix::process::Signal::KILL);
        holder.wait();
        let others = ["third", "fourth"].map(|id| on_it().args([id, "true"]).run().exit);
        snapshots(lab, "rm work");
        (refused.replace(lab.daemon.snapshotter(), "[SNAPSHOTTER]"), others)
    });
    assert_snapshot!(refused, @"
    exit 125
    stderr: hcn: cannot run on snapshot `work` of [SNAPSHOTTER]: the run of container `holder` is on it; wait until that has ended, end it with `hcn stop holder`, or prepare another snapshot
    ");
    assert_eq!(others, [0, 0]);
}

#[test]
fn a_snapshot_of_a_run_that_could_not_be_unmade_is_refused_until_gc() {
    require!(Root, Containerd);
    let _hidden = names_hidden();
    let (refused, ended) = lab(|lab| {
        snapshots(lab, &format!("prepare work {}", base(lab)));
        let mended = lab.daemon.scratch().join("unstuck");
        let script = format!(
            "[ $CNI_COMMAND = DEL ] && {{ [ -e {} ]; exit; }}; echo '{{\"cniVersion\":\"1.0.0\"}}'",
            mended.display()
        );
        lab.on_network_with(&["--snapshot", "work"], "clings", &[("clings", &script)]).run().success();
        let next = || lab.hcn_run().args(["--snapshot", "work", IMAGE, "next", "true"]).run();
        let refused = next().snapshot();
        std::fs::write(mended, "").expect("it can be written");
        lab.hcn(&["gc"]).run().success();
        let ended = next().snapshot();
        snapshots(lab, "rm work");
        (refused.replace(lab.daemon.snapshotter(), "[SNAPSHOTTER]"), ended)
    });
    assert_snapshot!(refused.lines().last().unwrap_or_default(), @"hcn: cannot run on snapshot `work` of [SNAPSHOTTER]: the run of container `clings` was on it, and what it left is noted in `[SCRATCH]/hcn/runs/[RUN]`; remove that with `hcn gc`, or prepare another snapshot");
    assert_eq!(ended, "exit 0");
}

#[test]
fn a_config_runs_on_a_snapshot_too() {
    require!(Root, Containerd);
    let said = lab(|lab| {
        snapshots(lab, &format!("prepare work {}", base(lab)));
        let spec = serde_json::json!({
            "ociVersion": "1.0.2", "root": {"path": "rootfs"},
            "process": {"cwd": "/", "args": ["/bin/echo", "hello"], "user": {"uid": 0, "gid": 0}},
            "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "network"}]},
        });
        let config = lab.daemon.scratch().file("build/config.json", spec.to_string());
        let said =
            lab.hcn_run().args(["--snapshot", "work", "--config"]).arg(config).arg("spec").run().snapshot();
        snapshots(lab, "rm work");
        said
    });
    assert_eq!(said, "exit 0\nstdout: hello");
}

/// The report of a run with these words.
fn report(lab: &Lab, words: &[&str]) -> Value {
    let file = lab.daemon.scratch().folder("report").join("report.json");
    lab.hcn_run().arg("--report").arg(&file).args(words).run();
    let read = serde_json::from_slice(&std::fs::read(&file).expect("it is there")).expect("it is JSON");
    std::fs::remove_file(file).expect("it is there");
    read
}

/// The phases that it reached.
fn phases(report: &Value) -> Vec<&str> {
    report["seconds"].as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn the_report_of_a_run_tells_what_it_did() {
    require!(Root, Containerd);
    let report = lab(|lab| {
        let report = report(lab, &["--commit", "told", IMAGE, "told", "true"]);
        snapshots(lab, "rm told");
        report
    });
    assert_eq!(
        (&report["version"], &report["exit_code"], &report["errors"]),
        (&1.into(), &0.into(), &Value::Array(vec![]))
    );
    assert_eq!(
        (&report["container"], &report["image"], &report["committed"]),
        (&"told".into(), &IMAGE.into(), &"told".into())
    );
    assert!(
        report["addresses"][0].as_str().is_some_and(|address| address.starts_with("10.88.0.")),
        "{report}"
    );
    assert!(report["network_namespace"].as_str().is_some_and(|path| path.starts_with("/run/netns/hcn-")));
    for phase in ["acquire", "plan", "make", "run", "clean_up", "all"] {
        assert!(report["seconds"][phase].as_f64().is_some_and(|length| length >= 0.0), "{phase}: {report}");
    }
    let cleaned = report["cleaned_up"].as_array().expect("a list");
    let what: Vec<_> =
        cleaned.iter().filter(|one| one["gone"] == true).filter_map(|one| one["what"].as_str()).collect();
    let wanted = ["attachment", "container", "lease", "names", "namespace", "snapshot", "stdio", "task"];
    assert!(wanted.iter().all(|step| what.contains(step)), "{report}");
}

#[test]
fn the_report_of_a_failure_says_why() {
    require!(Root, Containerd);
    let [code, absent, unstarted] = lab(|lab| {
        [
            report(lab, &[IMAGE, "code", "sh", "-c", "exit 7"]),
            report(lab, &["--pull", "never", "nosuch", "x"]),
            report(lab, &["--runtime", "io.containerd.nosuch.v1", IMAGE, "unstarted", "true"]),
        ]
    });
    assert_eq!(code["exit_code"], 7);
    assert_eq!((&absent["exit_code"], &absent["run"]), (&125.into(), &Value::Null));
    assert_eq!(phases(&absent), ["acquire", "all"]);
    assert_eq!(phases(&unstarted), ["acquire", "all", "clean_up", "make", "plan"]);
    assert!(
        absent["errors"][0].as_str().is_some_and(|why| why.starts_with("cannot run image `nosuch`")),
        "{absent}"
    );
}
