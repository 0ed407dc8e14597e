//! Under Wine: the Windows code path, two processes included.

use hcn_test::{Wine, require};

use crate::lab::{found, names, others};

#[test]
fn every_stage_passes_with_two_processes_and_nothing_is_left() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let report = found(&wine.run("hcn-lockprobe", &[r"D:\", "-o", "json"]));
    assert_eq!((report.system.as_str(), others(&report)), ("windows", vec![]));
    let tried: Vec<_> = report.stages.iter().map(hcn_lockprobe::Row::name).collect();
    insta::assert_snapshot!(tried.join("\n"), @r"
    create
    write
    open-exclusive
    second-open-refused
    lock-shared (LockFileEx)
    lock-exclusive (LockFileEx)
    second-refused (LockFileEx)
    unlock (LockFileEx)
    released-at-exit (LockFileEx)
    released-at-kill (LockFileEx)
    rename
    delete
    relative-opens
    ");
    assert_eq!(names(&wine.drive_d()), [""; 0]);
}

#[test]
fn a_folder_that_is_missing_and_a_file_in_its_place_are_wrong_usage() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    std::fs::write(wine.drive_d().join("file"), "precious").unwrap();
    for folder in [r"D:\nowhere", r"D:\file"] {
        let output = wine.run("hcn-lockprobe", &[folder]);
        assert_eq!(output.exit, 2, "{}", output.snapshot());
        assert!(output.stderr().contains(&format!("cannot probe `{folder}`: ")), "{}", output.snapshot());
    }
    assert_eq!(names(&wine.drive_d()), ["file"]);
}

#[test]
fn what_one_process_has_locked_another_is_refused_until_it_has_ended() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let words = ["--second", r"D:\file", "LockFileEx"];
    let program = hcn_test::tools::windows().join("hcn-lockprobe.exe");
    let mut holder = wine.program(&program).args(words).spawn();
    holder.write(b"take exclusive\n");
    holder.wait_for_stdout("done");
    let output = wine.program(&program).args(words).stdin("open\ntake shared\n").run().success();
    assert_eq!(output.stdout(), "refused\nrefused\n");
    holder.close_stdin();
    holder.wait().success();
    let output = wine.program(&program).args(words).stdin("open\ntake shared\n").run().success();
    assert_eq!(output.stdout(), "done\ndone\n");
}
