//! `hcn-verify.exe` through our computenetwork.dll in system32.

use std::sync::Arc;

use hcn_emulator::Emulator;
use hcn_test::{Output, Wine, require, tools};
use serde_json::Value;

use crate::store::dump;

fn verify(wine: &Wine, args: &[&str]) -> Output {
    let program = wine.program(tools::windows().join("hcn-verify.exe")).args(args);
    program.current_dir(wine.drive_d()).deadline(std::time::Duration::from_secs(300)).run()
}

#[test]
fn the_whole_suite_through_the_dll_has_no_failure_and_leaves_the_store_as_it_was() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let judged = verify(&wine, &["--yes", "--disruptive"]);
    let report = std::fs::read(wine.drive_d().join("hcn-verify-report.json")).unwrap();
    let report: Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((judged.exit, &report["summary"]["finding"]), (0, &0.into()), "{}", judged.stdout());
    assert_eq!((&report["state"], &report["summary"]["failure"]), (&"finished".into(), &0.into()));
    let dll = &report["host"]["files"][0];
    assert_eq!((&dll["name"], &dll["present"]), (&"computenetwork.dll".into(), &true.into()));
    assert_eq!(dll["missing"], serde_json::json!([]));
    assert!(report["host"]["os"].as_str().unwrap().ends_with("(Wine)"), "{}", report["host"]);
    let store = Arc::new(Emulator::open(&wine.drive_c().join("ProgramData/hcn/hns.db")).unwrap());
    assert_eq!(dump(&*store), [""; 0]);
}

#[test]
fn without_yes_no_dll_is_loaded_and_nothing_is_written() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let told = verify(&wine, &[]);
    assert_eq!((told.exit, told.stderr().as_str()), (3, "hcn-verify: nothing was called: `--yes` does it\n"));
    assert!(!wine.drive_c().join("ProgramData/hcn").exists(), "the DLL makes its store when it is called");
    assert_eq!(std::fs::read_dir(wine.drive_d()).unwrap().count(), 0);
}

#[test]
fn without_the_dll_one_case_fails_and_says_so() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    std::fs::remove_file(wine.system32().join("computenetwork.dll")).unwrap();
    let refused = verify(&wine, &["--yes"]);
    assert_eq!(refused.exit, 1);
    let expected = "failure      service.answers                          0x8007007E ERROR_MOD_NOT_FOUND (expected success)";
    assert!(refused.stdout().contains(expected), "{}", refused.stdout());
}
