//! The standard streams, through named pipes that the shim dials.

use hcn_stand_in::shim::pattern;
use hcn_test::require;

use super::lab::Lab;

const MEGABYTE: usize = 1 << 20;

#[test]
fn a_binary_megabyte_comes_whole() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.config(&["-q"], "out", &[&format!("out {MEGABYTE}"), "err 3000", "exit 7"]).run();
    assert_eq!((output.exit, output.stdout.len()), (7, MEGABYTE));
    assert!(output.stdout == pattern(MEGABYTE) && output.stderr.ends_with(&pattern(3000)));
    let journal = lab.assert_unchanged();
    for stream in ["stdout", "stderr"] {
        let name = journal.the("Tasks/Create")[stream].as_str().expect("a name").to_owned();
        assert!(name.starts_with(r"\\.\pipe\") && name.len() > 24, "{name}");
    }
    assert_eq!(journal.the("Tasks/Create")["stdin"], "", "without -i there is none");
}

#[test]
fn input_arrives_whole_and_its_end_is_told() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let run = lab.config(&["-q", "-i"], "in", &["echo", "say end"]);
    let output = run.stdin(pattern(MEGABYTE)).run().success();
    assert!(output.stdout == [&pattern(MEGABYTE)[..], b"end\r\n"].concat(), "{} bytes", output.stdout.len());
    lab.assert_unchanged().assert_order(&["answer Tasks/Create", "call Tasks/CloseIO"]);
}

#[test]
fn an_input_that_is_empty_ends_at_once() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    assert_eq!(lab.config(&["-q", "-i"], "empty", &["echo"]).stdin("").run().success().stdout(), "");
    lab.assert_unchanged();
}

#[test]
fn input_that_the_container_does_not_read_keeps_nobody() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    lab.config(&["-q", "-i"], "deaf", &["say out"]).stdin(pattern(MEGABYTE)).run().success();
    lab.assert_unchanged();
}

#[test]
fn bytes_that_are_no_utf_8_pass() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.config(&["-q"], "oem", &["bytes 81 ff 00 0a"]).run().success();
    assert_eq!(output.stdout, [0x81, 0xff, 0x00, 0x0a]);
    lab.assert_unchanged();
}
