//! The container's standard streams.

use hcn_test::{IMAGE, Program, require};
use insta::assert_snapshot;
use sha2::{Digest, Sha256};

use super::lab::lab;

fn three_megabytes() -> Vec<u8> {
    (0..3_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

#[test]
fn binary_input_arrives_whole() {
    require!(Root, Containerd);
    let hashed = lab(|lab| {
        let run = lab.hcn_run().args(["-i", IMAGE, "stdin", "sha256sum"]);
        run.stdin(three_megabytes()).run().success().stdout()
    });
    assert_eq!(hashed, format!("{}  -\n", hash(&three_megabytes())));
}

#[test]
fn binary_output_arrives_whole() {
    require!(Root, Containerd);
    let output = lab(|lab| {
        lab.hcn_run().args(["-i", IMAGE, "stdout", "cat"]).stdin(three_megabytes()).run().success()
    });
    assert!(output.stdout == three_megabytes(), "{} bytes came back", output.stdout.len());
}

#[test]
fn output_that_cannot_be_written_is_a_failure_and_the_container_is_unmade() {
    require!(Root, Containerd);
    let (exit, told) = lab(|lab| {
        let full = lab.daemon.scratch().folder("cut").join("full");
        std::os::unix::fs::symlink("/dev/full", &full).expect("a link can be made");
        let exit = lab.sh("cut", "echo lost").with_output_in(&full).run().exit;
        (exit, std::fs::read_to_string(full.with_extension("err")).expect("errors have a file"))
    });
    assert_snapshot!(told.trim_end(), @"hcn: cannot write all of the container's output to stdout: No space left on device (os error 28); look at where it leads");
    assert_eq!(exit, 125);
}

#[test]
fn the_end_of_the_input_reaches_the_container_however_early_it_comes() {
    require!(Root, Containerd);
    let echoed = lab(|lab| lab.hcn_run().args(["-i", IMAGE, "hello", "cat"]).stdin("hello\n").run());
    assert_snapshot!(echoed.snapshot(), @"
    exit 0
    stdout: hello
    ");
    let nothing = lab(|lab| lab.hcn_run().args(["-i", IMAGE, "nothing", "cat"]).stdin("").run());
    assert_snapshot!(nothing.snapshot(), @"exit 0");
}

#[test]
fn input_that_the_container_does_not_read_keeps_nobody() {
    require!(Root, Containerd);
    let ended = lab(|lab| lab.hcn_run().args(["-i", IMAGE, "deaf", "true"]).stdin(three_megabytes()).run());
    assert_snapshot!(ended.snapshot(), @"exit 0");
}

#[test]
fn without_i_the_input_is_not_passed_on() {
    require!(Root, Containerd);
    let ended = lab(|lab| lab.run("closed", &["cat"]).stdin("not for you").run());
    assert_snapshot!(ended.snapshot(), @"exit 0");
}

#[test]
fn output_and_errors_are_kept_apart() {
    require!(Root, Containerd);
    let both = lab(|lab| lab.sh("apart", "echo out; echo err >&2").run());
    assert_snapshot!(both.snapshot(), @"
    exit 0
    stdout: out
    stderr: err
    ");
}

#[test]
fn a_container_whose_output_nobody_takes_runs_to_its_end() {
    require!(Root, Containerd);
    let ended = lab(|lab| {
        let script = format!(
            "{{ '{}' run {IMAGE} gone sh -c 'head -c 3000000 /dev/zero; exit 7'; echo $? >&2; }} | true",
            env!("CARGO_BIN_EXE_hcn")
        );
        Program::new("/bin/sh").envs(lab.daemon.env()).args(["-c", &script]).run()
    });
    assert_snapshot!(ended.snapshot(), @"
    exit 0
    stderr: 7
    ");
}
