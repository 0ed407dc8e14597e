//! Many processes at once on one store: on Linux, and under Wine through the DLL.

use std::path::Path;
use std::time::Duration;

use hcn_emulator::Emulator;
use hcn_stand_in::load::Report;
use hcn_test::{Program, Running, Scratch, Wine, require, tools};

/// What is left is exactly what the processes say, and the store is in order.
fn judge(store: &Path, processes: Vec<Running>) {
    let count = processes.len();
    let reports = processes.into_iter().map(|process| process.wait().success());
    let reports: Vec<Report> =
        reports.map(|output| serde_json::from_str(&output.stdout()).unwrap()).collect();
    let hns = Emulator::open(store).unwrap();
    assert_eq!(hns.check().unwrap(), [""; 0]);
    let dump = hns.dump().unwrap();
    for report in &reports {
        assert!(report.rounds > 0 && dump.contains(&report.namespace), "{report:?}");
        for held in &report.left {
            assert!(dump.contains(&held.id) && dump.contains(&held.address), "{held:?}");
        }
    }
    let kinds = |kind: &str| dump.matches(&format!(r#""kind": "{kind}""#)).count();
    assert_eq!((kinds("network"), kinds("namespace"), kinds("endpoint")), (1, count, 2 * count));
}

#[test]
fn processes_on_linux_lose_and_duplicate_nothing() {
    let scratch = Scratch::new();
    let store = scratch.join("hns.db");
    let start = |number: usize| {
        let program = Program::new(env!("CARGO_BIN_EXE_hns-load")).args(["1000", &number.to_string()]);
        program.env("HCN_HNS", format!("emulator:{}", store.display())).spawn()
    };
    judge(&store, (0..4).map(start).collect());
}

#[test]
fn windows_processes_lose_and_duplicate_nothing() {
    require!(Wine, WindowsArtefacts, StandIns);
    let wine = Wine::new().unwrap();
    let program = tools::windows().join("test/hns-load.exe");
    let start = |number: usize| {
        let program = wine.program(&program).args(["4000", &number.to_string()]);
        program.deadline(Duration::from_secs(180)).spawn()
    };
    let processes = (0..8).map(start).collect();
    judge(&wine.drive_c().join("ProgramData/hcn/hns.db"), processes);
}
