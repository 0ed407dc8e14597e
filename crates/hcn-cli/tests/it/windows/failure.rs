//! What goes wrong with the container: one line, the right exit code, nothing left.

use hcn_test::require;

use super::lab::{IMAGE, Lab, hidden};

/// A run of a command: what it says.
fn command(words: &[&str]) -> String {
    let lab = Lab::new();
    let mut spec = lab.seed(&[], "");
    spec["process"]["args"] = serde_json::json!(words);
    lab.spec(&spec);
    let output = lab.hcn_run().args(["-q", "--config", &lab.win("config.json"), "command"]).run();
    lab.assert_unchanged().assert_order(&["answer Tasks/Start", "call Tasks/Delete", "call CNI/DEL"]);
    hidden(&lab, &output)
}

#[test]
fn a_command_that_is_not_there_is_127() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(command(&["nope.exe", "-x"]), @r"
    exit 127
    stderr: hcn: cannot run the command of container `command`: hcs::System::CreateProcess command: The system cannot find the file specified.; is it in the image, and spelled like that?
    ");
}

#[test]
fn a_file_that_is_no_program_is_126() {
    require!(Wine, WindowsArtefacts, StandIns);
    insta::assert_snapshot!(command(&[r"C:\text.txt"]), @r"
    exit 126
    stderr: hcn: cannot run the command of container `command`: hcs::System::CreateProcess command: %1 is not a valid Win32 application.; is it a program that may be executed?
    ");
    insta::assert_snapshot!(command(&[r"C:\folder"]), @r"
    exit 126
    stderr: hcn: cannot run the command of container `command`: hcs::System::CreateProcess command: Access is denied.; is it a program that may be executed?
    ");
}

#[test]
fn a_taken_id_is_refused_and_its_container_is_not_touched() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut other = lab.config(&["-q", "-i"], "taken", &["say ready", "on 9 5", "echo"]).spawn();
    other.wait_for_stdout("ready");
    let output = lab.hcn_run().args(["-q", "--config", &lab.win("config.json"), "taken"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r#"
    exit 125
    stderr: hcn: cannot create container `taken`: container "taken": already exists; choose another id, or delete that container
    "#);
    other.close_stdin();
    let other = other.wait();
    assert_eq!((other.exit, other.stdout()), (0, "ready\n".into()), "{}", other.stderr());
    lab.assert_unchanged();
}

#[test]
fn a_task_that_cannot_be_created_leaves_nothing() {
    require!(Wine, WindowsArtefacts, StandIns);
    let why = "failed to create shim task: hcs::CreateComputeSystem refused: The container operating system does not match the host operating system.: unknown";
    let lab = Lab::refusing("Tasks/Create", why);
    let output = lab.config(&["-q"], "refused", &[]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 125
    stderr: hcn: cannot create the task of container `refused`: failed to create shim task: hcs::CreateComputeSystem refused: The container operating system does not match the host operating system.: unknown
    ");
    lab.assert_unchanged().assert_order(&["answer Tasks/Create", "call CNI/DEL"]);
}

#[test]
fn a_record_that_is_refused_undoes_the_network() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::refusing("Containers/Create", "no room for records: unknown");
    let output = lab.config(&["-q"], "record", &[]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @"
    exit 125
    stderr: hcn: cannot create container `record`: no room for records: unknown
    ");
    let journal = lab.assert_unchanged();
    journal.assert_order(&["answer CNI/ADD", "call CNI/DEL"]);
    assert!(!journal.has("Tasks/Create"));
}

#[test]
fn a_failed_clean_up_is_told_and_the_exit_code_stays_the_container_s() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::refusing("Tasks/Delete", "the shim is gone: unknown");
    let output = lab.config(&["-q"], "sticky", &["exit 7"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 7
    stderr:
    hcn: cannot delete the task of container `sticky`: the shim is gone: unknown
    hcn: not everything could be unmade: what is left is noted in `C:\[TEST]\state\runs\[RUN]`; `hcn gc` tries again
    ");
    let runs = std::fs::read_dir(lab.unix("state/runs")).expect("it is there").count();
    assert_eq!(runs, 1, "the journal stays, for another try");
}

#[test]
fn a_task_that_could_not_be_deleted_keeps_its_record_and_gc_removes_both() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::refusing_for(Some(1), "Tasks/Delete", "the shim is gone: unknown");
    let output = lab.config(&["-q"], "sticky", &["exit 7"]).run();
    assert_eq!(output.exit, 7, "{}", hidden(&lab, &output));
    assert!(!lab.journal().has("Containers/Delete"), "without the record nobody could delete the task");
    let removed = lab.hcn_exe(&["gc"]);
    assert_eq!(removed.exit, 0, "{}", hidden(&lab, &removed));
    let journal = lab.assert_unchanged();
    journal.assert_order(&["answer Tasks/Delete", "answer Tasks/Delete", "call Containers/Delete"]);
}

#[test]
fn a_connection_that_is_lost_while_the_task_is_started_costs_nothing_whether_it_was_started_or_not() {
    require!(Wine, WindowsArtefacts, StandIns);
    for done in [false, true] {
        let lab = Lab::losing("Tasks/Start", done);
        let output = lab.config(&["-q"], "lost", &["say ran", "exit 7"]).run();
        assert_eq!(output.snapshot(), "exit 7\nstdout: ran", "{done}");
        let journal = lab.assert_unchanged();
        assert_eq!(journal.all("Tasks/Start").len(), if done { 1 } else { 2 });
    }
}

#[test]
fn a_connection_that_is_lost_while_things_are_unmade_costs_nothing_whether_they_were_or_not() {
    require!(Wine, WindowsArtefacts, StandIns);
    for call in ["Tasks/Delete", "Containers/Delete", "Snapshots/Commit"] {
        for done in [false, true] {
            let lab = Lab::losing(call, done);
            let output =
                lab.hcn_run().args(["-q", "--commit", "built", IMAGE, "lost", "play", "say ran"]).run();
            assert_eq!(output.snapshot(), "exit 0\nstdout: ran", "{call} {done}");
            let left = lab.more();
            assert!(left.len() == 1 && left[0].starts_with("root/snapshots/"), "{left:?}");
        }
    }
}

#[test]
fn a_record_that_comes_after_its_connection_was_lost_is_looked_for_again_and_removed() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::with_late_records(300);
    let output = lab.config(&["-q"], "late", &[]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @"
    exit 125
    stderr: hcn: cannot create container `late`: the connection was lost; is containerd running? look at its log
    ");
    let journal = lab.assert_unchanged();
    journal.assert_order(&["answer Containers/Create", "call a late record", "call Containers/Delete"]);
}

#[test]
fn nothing_is_committed_while_the_task_may_still_write() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::refusing("Tasks/Delete", "the shim is gone: unknown");
    let output = lab.hcn_run().args(["-q", "--commit", "result", IMAGE, "writes", "play"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 125
    stderr:
    hcn: cannot delete the task of container `writes`: the shim is gone: unknown
    hcn: cannot commit snapshot `hcn-[RUN]` as `result`: the task of container `writes` could not be removed, and may still write to it; look at containerd's log, and run it again
    hcn: not everything could be unmade: what is left is noted in `C:\[TEST]\state\runs\[RUN]`; `hcn gc` tries again
    ");
    assert!(!lab.journal().has("Snapshots/Commit"));
}
