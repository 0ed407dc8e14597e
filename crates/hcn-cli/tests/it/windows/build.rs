//! Runs that build: on a prepared snapshot, committed on success, and told in a report.

use hcn_test::require;
use serde_json::Value;

use super::lab::{IMAGE, Lab, PREPARED, hidden};

/// `hcn.exe run -q FLAGS IMAGE ID play SCRIPT`
fn run(lab: &Lab, flags: &[&str], id: &str, script: &str) -> hcn_test::Output {
    lab.hcn_run().arg("-q").args(flags).args([IMAGE, id, "play", script]).run()
}

#[test]
fn what_succeeds_is_committed_once_its_task_is_gone() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    run(&lab, &["--commit", "built"], "first", "say made").success();
    // The folder of the run's own snapshot is now the layer's.
    let left = lab.more();
    assert!(left.len() == 1 && left[0].starts_with("root/snapshots/"), "{left:?}");
    let journal = lab.journal();
    journal.assert_order(&["answer Tasks/Delete", "call Snapshots/Commit", "answer Snapshots/Commit"]);
    let (made, committed) = (journal.the("Snapshots/Prepare"), journal.the("Snapshots/Commit"));
    assert_eq!((&committed["key"], &committed["name"]), (&made["key"], &"built".into()));
    // The name is taken now.
    let again = run(&lab, &["--commit", "built"], "again", "say made");
    let said = hidden(&lab, &again);
    assert!(again.exit == 125 && said.contains("cannot commit as `built`: windows has a snapshot"), "{said}");
    assert_eq!(lab.more(), left);
}

#[test]
fn what_fails_is_not_committed() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    assert_eq!(run(&lab, &["--commit", "never"], "fails", "exit 7").exit, 7);
    assert!(!lab.assert_unchanged().has("Snapshots/Commit"));
}

#[test]
fn a_prepared_snapshot_is_run_on_and_stays_until_it_is_committed() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    run(&lab, &["--snapshot", PREPARED], "on", "say made").success();
    let journal = lab.assert_unchanged();
    assert!(!journal.has("Snapshots/Prepare"));
    assert_eq!(journal.the("Containers/Create")["snapshot"], PREPARED);
    let rootfs = &journal.the("Tasks/Create")["rootfs"];
    assert_eq!((rootfs.as_array().map(Vec::len), &rootfs[0]["type"]), (Some(1), &"windows-layer".into()));
    run(&lab, &["--snapshot", PREPARED, "--commit", "whole"], "whole", "say made").success();
    assert_eq!(lab.more(), [""; 0], "the folder is the same");
    let journal = lab.journal();
    let committed = journal.the("Snapshots/Commit");
    assert_eq!((&committed["key"], &committed["name"]), (&PREPARED.into(), &"whole".into()));
    let gone = run(&lab, &["--snapshot", PREPARED], "gone", "say made");
    assert!(
        gone.exit == 125 && gone.stderr().contains("there is none; prepare it with"),
        "{}",
        gone.stderr()
    );
}

#[test]
fn a_run_is_told_in_a_report() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let file = lab.win("report.json");
    let output = run(&lab, &["--report", &file, "--commit", "never"], "told", "exit 7");
    assert_eq!(output.exit, 7, "{}", output.snapshot());
    let journal = lab.assert_unchanged();
    let text = std::fs::read_to_string(lab.unix("report.json")).expect("it was written");
    let report: Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!((&report["version"], &report["exit_code"]), (&1.into(), &7.into()));
    assert_eq!((&report["container"], &report["image"]), (&"told".into(), &IMAGE.into()));
    assert_eq!((&report["committed"], &report["errors"]), (&Value::Null, &Value::Array(vec![])));
    assert_eq!(report["network_namespace"], journal.the("CNI/ADD")["netns"], "{report}");
    assert!(report["addresses"][0].is_string(), "{report}");
    for phase in ["acquire", "plan", "make", "run", "clean_up", "all"] {
        assert!(report["seconds"][phase].as_f64().is_some_and(|length| length >= 0.0), "{phase}: {report}");
    }
    let cleaned = report["cleaned_up"].as_array().expect("a list").iter();
    let gone: Vec<_> =
        cleaned.filter(|one| one["gone"] == true).filter_map(|one| one["what"].as_str()).collect();
    let wanted = ["attachment", "container", "lease", "namespace", "snapshot", "stdio", "task"];
    assert!(wanted.iter().all(|step| gone.contains(step)), "{report}");
}
