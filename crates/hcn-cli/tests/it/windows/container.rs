//! The seed's story: a namespace, its network, a container in it, the exit code, and everything unmade.

use hcn_test::require;
use serde_json::Value;

use super::lab::{Lab, hidden};

/// The order that issue and Windows demand, of a run whose container ran.
const WHOLE: &[&str] = &[
    "call Tasks/Create",
    "answer Tasks/Create",
    "call Tasks/Wait",
    "call Tasks/Start",
    "answer Tasks/Start",
    "answer Tasks/Wait",
    "call Tasks/Delete",
    "answer Tasks/Delete",
    "call CNI/DEL",
    "answer CNI/DEL",
];

#[test]
fn a_config_json_runs_from_the_namespace_to_its_end() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.config(&[], "story", &["say hello", "exit 7"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 7
    stdout: hello
    stderr: hcn: note: a mount's type `bind` is left out, for containerd's shims refuse it on Windows
    ");
    let journal = lab.assert_unchanged();
    journal.assert_order(WHOLE);
    journal.assert_order(&["call CNI/ADD", "answer CNI/ADD", "call Tasks/Create"]);
    journal.assert_order(&["call Containers/Create", "answer Containers/Create", "call Tasks/Create"]);
    journal.assert_order(&["answer Tasks/Delete", "call Containers/Delete"]);
    assert_eq!(journal.refusals(), [""; 0]);
}

#[test]
fn the_container_is_made_in_a_namespace_that_has_its_endpoint() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.config(&[], "place", &[]).run().success();
    let journal = lab.assert_unchanged();
    let (add, del) = (journal.the("CNI/ADD"), journal.the("CNI/DEL"));
    let endpoint = format!("{}_lab", add["container"].as_str().expect("a name"));
    let there = serde_json::json!({"there": true, "endpoints": [endpoint]});
    assert_eq!(add["seen"], serde_json::json!({"there": true, "endpoints": []}), "made before ADD");
    for when in ["Tasks/Create", "Tasks/Delete"] {
        let seen = journal.the(&format!("seen at {when}"));
        assert_eq!((&seen["there"], &seen["endpoints"]), (&there["there"], &there["endpoints"]), "{when}");
        assert_eq!(seen["namespace"], add["netns"], "{when}");
    }
    assert_eq!(del["seen"], there, "DEL comes before the namespace goes");
    assert_eq!(journal.the("Containers/Create")["namespace"], add["netns"]);
}

#[test]
fn the_spec_arrives_as_it_was_but_for_namespace_and_bind() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.config(&[], "spec", &[]).run().success();
    let journal = lab.assert_unchanged();
    let record = journal.the("Containers/Create");
    let mut wanted = lab.seed(&[], record["namespace"].as_str().expect("a GUID"));
    wanted["mounts"][0].as_object_mut().expect("an object").remove("type");
    let sent: Value = serde_json::from_str(record["spec"].as_str().expect("a text")).expect("JSON");
    assert_eq!(sent, wanted);
    assert_eq!((&record["runtime"], &record["options"]), (&"io.containerd.runhcs.v1".into(), &Value::Null));
}

#[test]
fn the_exit_code_has_32_bits() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.spec(&lab.seed(&["exit 3221225786"], ""));
    assert_eq!(lab.whole_exit(&["-q", "--config", &lab.win("config.json"), "code"]), 3_221_225_786);
    lab.assert_unchanged().assert_order(WHOLE);
}

#[test]
fn the_plugin_works_in_a_folder_of_the_run() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.config(&[], "folder", &[]).run().success();
    let journal = lab.assert_unchanged();
    let folder = journal.the("CNI/ADD")["folder"].as_str().expect("a path").to_owned();
    assert!(folder.starts_with(&lab.win("state/runs")), "{folder}");
}
