//! Detached runs: the keeper, a process without a console, and the commands that list, stop and remove.

use std::time::Duration;

use hcn_test::{Patience, require};
use serde_json::Value;

use super::lab::{Lab, hidden};

#[test]
fn a_keeper_outlives_its_front_and_is_listed_and_stopped() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    assert_eq!(lab.detach(&[], "box", &["on 15 3", "wait"]), (0, "box\n".into(), String::new()));
    let listed: Vec<Value> =
        serde_json::from_str(&lab.hcn_exe(&["ps", "-o", "json"]).success().stdout()).unwrap();
    assert_eq!((&listed[0]["id"], &listed[0]["status"]), (&"box".into(), &"running".into()));
    assert!(listed[0]["pid"].is_u64() && listed[0]["addresses"][0].is_string(), "{listed:?}");
    assert_eq!(lab.hcn_exe(&["stop", "box"]).success().stdout(), "box\n");
    let journal = lab.assert_unchanged();
    let asked = journal.the("Tasks/Create");
    assert_eq!(["stdin", "stdout", "stderr"].map(|stream| &asked[stream]), [""; 3]);
    assert_eq!(journal.the("Tasks/Kill")["signal"], 15);
    journal.assert_order(&["answer Tasks/Start", "answer Tasks/Wait", "call Tasks/Delete", "call CNI/DEL"]);
}

#[test]
fn a_container_that_hears_nothing_is_killed_and_removed_by_force() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.detach(&[], "stubborn", &["deaf", "wait"]);
    let refused = lab.hcn_exe(&["rm", "stubborn"]);
    insta::assert_snapshot!(hidden(&lab, &refused), @"
    exit 1
    stderr: hcn: cannot remove container `stubborn`: it runs; stop it with `hcn stop stubborn`, which removes everything, or kill it with --force
    ");
    assert_eq!(lab.hcn_exe(&["rm", "-f", "stubborn"]).success().stdout(), "stubborn\n");
    assert_eq!(lab.assert_unchanged().the("Tasks/Kill")["signal"], 9);
}

#[test]
fn a_run_that_ends_by_itself_is_unmade_by_its_keeper() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.detach(&[], "short", &["exit 5"]);
    let mut patience = Patience::new(Duration::from_secs(60));
    while !lab.hcn_exe(&["ps", "-q"]).success().stdout().is_empty() {
        assert!(!patience.is_over(), "it is still kept");
    }
    lab.wait_for("answer CNI/DEL");
    lab.wait_until_removed();
    lab.assert_unchanged();
}

#[test]
fn what_keeps_a_detached_run_from_beginning_is_told_by_its_front() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::with_failing_plugin("ADD", "error");
    let (exit, printed, said) = lab.detach(&[], "refused", &["wait"]);
    assert_eq!((exit, printed.as_str()), (125, ""), "{said}");
    assert!(said.starts_with("hcn: ") && said.lines().count() == 1, "{said}");
    lab.assert_unchanged();
}

#[test]
fn a_log_goes_to_the_shim_and_is_printed_from_its_file() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let file = lab.win("box.log");
    let uri = format!("file:///{}", file.replace('\\', "/"));
    lab.detach(&["--log-uri", &uri], "logged", &["say one", "warn two", "on 15 0", "wait"]);
    let mut patience = Patience::new(Duration::from_secs(60));
    while lab.hcn_exe(&["logs", "logged"]).success().stdout() != "one\ntwo\n" {
        assert!(!patience.is_over(), "it never came");
    }
    lab.hcn_exe(&["stop", "logged"]).success();
    let journal = lab.assert_unchanged();
    assert_eq!(journal.the("Tasks/Create")["stdout"], uri.as_str());
}
