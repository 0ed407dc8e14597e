//! The container's process: its exit code, and what is told when it cannot be run.

use hcn_test::{IMAGE, require};
use insta::assert_snapshot;

use super::lab::lab;

#[test]
fn the_exit_code_is_the_containers() {
    require!(Root, Containerd);
    let ended = lab(|lab| lab.sh("code", "exit 7").run());
    assert_snapshot!(ended.snapshot(), @"exit 7");
}

#[test]
fn a_command_that_is_not_in_the_image_is_127() {
    require!(Root, Containerd);
    let named = lab(|lab| lab.run("absent", &["nope"]).run());
    assert_snapshot!(named.snapshot(), @r#"
    exit 127
    stderr: hcn: cannot run the command of container `absent`: exec: "nope": executable file not found in $PATH; is it in the image, and spelled like that?
    "#);
    let path = lab(|lab| lab.run("absent", &["/bin/nope", "-x"]).run());
    assert_snapshot!(path.snapshot(), @r#"
    exit 127
    stderr: hcn: cannot run the command of container `absent`: exec: "/bin/nope": stat /bin/nope: no such file or directory; is it in the image, and spelled like that?
    "#);
}

#[test]
fn a_runtime_that_is_not_there_is_no_missing_command() {
    require!(Root, Containerd);
    let told = lab(|lab| {
        let run = |runc| lab.hcn_run().args(["--runc-binary", runc, IMAGE, "mute", "true"]).run().snapshot();
        ["no-such-runc", "/nowhere/runc", "/etc/passwd"].map(run)
    });
    assert_snapshot!(told.join("\n"), @r#"
    exit 125
    stderr: hcn: cannot run container `mute`: its runtime ended before it could say why: exec: "no-such-runc": executable file not found in $PATH; is it installed, and in containerd's PATH?
    exit 125
    stderr: hcn: cannot run container `mute`: its runtime ended before it could say why: fork/exec /nowhere/runc: no such file or directory; is it installed, and in containerd's PATH?
    exit 125
    stderr: hcn: cannot run container `mute`: its runtime ended before it could say why: fork/exec /etc/passwd: permission denied; is it installed, and in containerd's PATH?
    "#);
}

#[test]
fn a_file_that_is_no_program_is_126() {
    require!(Root, Containerd);
    let file = lab(|lab| lab.run("file", &["/etc/passwd"]).run());
    assert_snapshot!(file.snapshot(), @r#"
    exit 126
    stderr: hcn: cannot run the command of container `file`: exec: "/etc/passwd": permission denied; is it a program that may be executed?
    "#);
}

#[test]
fn what_people_type_from_habit_works() {
    require!(Root, Containerd);
    let typed = lab(|lab| lab.hcn_run().args(["--rm", "-cni", IMAGE, "habit", "echo", "--rm"]).run());
    assert_snapshot!(typed.snapshot(), @"
    exit 0
    stdout: --rm
    ");
}
