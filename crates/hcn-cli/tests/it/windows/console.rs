//! On a console: the container's bytes in the console's code page, and the console's events for its signals.

use hcn_test::require;

use super::lab::Lab;

#[test]
fn output_is_shown_in_the_console_s_code_page() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let run = lab.config(&["-q"], "oem", &["bytes 3c 81 3e 0d 0a", "exit 7"]).on_a_terminal().run();
    // No UTF-8 has 0x81 behind 0x3c; in code page 437 it is this letter.
    assert_eq!((run.exit, run.stdout().contains("<ü>")), (7, true), "{}", run.stdout());
    lab.assert_unchanged();
}

#[test]
fn a_ctrl_c_is_passed_on_by_windows_number_and_the_exit_code_is_the_container_s() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let script = ["say up", "on 0 42", "wait"];
    let mut run = lab.config(&["-q"], "ctrl-c", &script).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"\x03");
    assert_eq!(run.wait().exit, 42);
    let journal = lab.assert_unchanged();
    assert_eq!(journal.the("Tasks/Kill")["signal"], 0);
    journal.assert_order(&["answer Tasks/Wait", "call Tasks/Delete", "call CNI/DEL"]);
}

#[test]
fn a_ctrl_c_does_not_end_the_input() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let script = ["say up", "on 0 42", "echo"];
    let mut run = lab.config(&["-q", "-i"], "typed", &script).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"\x03");
    assert_eq!(run.wait().exit, 42, "it was not ended by the end of its input");
    lab.assert_unchanged();
}

#[test]
fn a_process_without_a_handler_ends_as_windows_ends_it() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut run = lab.config(&["-q"], "plain", &["say up", "wait"]).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"\x03");
    // Linux sees eight bits of 0xC000013A.
    assert_eq!(run.wait().exit, 0x3a);
    lab.assert_unchanged();
}

#[test]
fn a_second_ctrl_c_kills_what_does_not_hear_the_first() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut run = lab.config(&["-q"], "deaf", &["deaf", "say up", "wait"]).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"\x03");
    lab.wait_for("answer Tasks/Kill");
    run.write(b"\x03");
    assert_eq!(run.wait().exit, 1);
    let journal = lab.assert_unchanged();
    assert_eq!(journal.all("Tasks/Kill").iter().map(|kill| &kill["signal"]).collect::<Vec<_>>(), [0, 9]);
}

#[test]
fn a_line_that_is_typed_reaches_the_container() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let script = ["say up", "on 0 42", "echo"];
    let mut run = lab.config(&["-q", "-i"], "line", &script).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"hello\r");
    // Once as the keys are pressed, once from the container.
    run.wait_for_stdout_times("hello", 2);
    run.write(b"\x03");
    assert_eq!(run.wait().exit, 42);
    lab.assert_unchanged();
}

#[test]
fn a_terminal_has_one_output_and_is_told_its_size() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let run = lab.config(&["-q", "-t"], "size", &["bytes 3c c3 bc 3e 0d 0a", "exit 7"]).on_a_terminal().run();
    // UTF-8 here, in pieces as they come: the console itself is written to in UTF-16.
    assert_eq!((run.exit, run.stdout().contains("<ü>")), (7, true), "{}", run.stdout());
    let journal = lab.assert_unchanged();
    let asked = journal.the("Tasks/Create");
    assert_eq!((&asked["terminal"], &asked["stderr"]), (&true.into(), &"".into()));
    let size = journal.all("Tasks/ResizePty")[0];
    assert!(size["width"].as_u64() > Some(0) && size["height"].as_u64() > Some(0), "{size}");
}

#[test]
fn what_is_typed_on_a_terminal_reaches_the_container() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let mut run = lab.config(&["-q", "-t"], "keys", &["say up", "hex 2", "exit 7"]).on_a_terminal().spawn();
    run.wait_for_stdout("up");
    run.write(b"ab\r");
    run.wait_for_stdout("61 62");
    assert_eq!(run.wait().exit, 7);
    lab.assert_unchanged();
}

#[test]
fn without_a_console_there_is_no_terminal_to_give() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let refused = lab.config(&["-q", "-t"], "none", &["exit 7"]).run();
    assert_eq!(refused.exit, 125);
    assert!(
        refused.stderr().starts_with("hcn: cannot run with a terminal: standard input is none"),
        "{}",
        refused.stderr()
    );
    lab.assert_unchanged();
}
