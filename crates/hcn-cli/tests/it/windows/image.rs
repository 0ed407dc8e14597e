//! Images: a snapshot for the container, handed to the shim untouched.

use hcn_test::require;
use serde_json::Value;

use super::lab::{ESCAPED, IMAGE, Lab, NEWER, hidden};

#[test]
fn an_image_runs_from_its_snapshot() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.hcn_run().args(["-q", IMAGE, "image", "play", "say hello", "exit 7"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 7
    stdout: hello
    ");
    let journal = lab.assert_unchanged();
    journal.assert_order(&[
        "answer Leases/Create",
        "call Snapshots/Prepare",
        "call Containers/Create",
        "call Tasks/Create",
    ]);
    journal.assert_order(&[
        "answer CNI/ADD",
        "call Tasks/Create",
        "answer Tasks/Delete",
        "call Snapshots/Remove",
    ]);
    let lease = journal.the("Leases/Create")["id"].clone();
    assert_eq!(journal.the("Snapshots/Prepare")["lease"], lease);
    let record = journal.the("Containers/Create");
    assert_eq!((&record["image"], &record["snapshotter"]), (&IMAGE.into(), &"windows".into()));
    let rootfs = &journal.the("Tasks/Create")["rootfs"];
    assert_eq!((rootfs.as_array().map(Vec::len), &rootfs[0]["type"]), (Some(1), &"windows-layer".into()));
}

#[test]
fn an_image_without_a_command_runs_its_own() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.hcn_run().args(["-q", IMAGE, "own"]).run();
    assert_eq!((output.exit, output.stdout()), (0, "by the image\n".into()), "{}", output.stderr());
    let journal = lab.assert_unchanged();
    let spec = journal.the("Containers/Create")["spec"].as_str().expect("a text").to_owned();
    let spec: Value = serde_json::from_str(&spec).expect("JSON");
    assert_eq!(spec["process"]["user"]["username"], "ContainerUser");
    assert_eq!(spec["process"]["args"][0], "play");
}

#[test]
fn escaped_arguments_of_an_image_become_a_command_line() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.hcn_run().args(["-q", ESCAPED, "escaped"]).run();
    assert_eq!((output.exit, output.stdout()), (7, "a \"b\" c\n".into()), "{}", output.stderr());
    let journal = lab.assert_unchanged();
    let spec = journal.the("Containers/Create")["spec"].as_str().expect("a text").to_owned();
    let spec: Value = serde_json::from_str(&spec).expect("JSON");
    assert_eq!(spec["process"]["commandLine"], r#"play "say a \"b\" c" "exit 7""#);
}

#[test]
fn an_image_for_another_build_is_refused_with_both_builds() {
    require!(Wine, WindowsArtefacts, StandIns);
    let lab = Lab::new();
    let output = lab.hcn_run().args(["-q", NEWER, "newer"]).run();
    insta::assert_snapshot!(hidden(&lab, &output), @r"
    exit 125
    stderr: hcn: cannot run image `mcr.microsoft.com/windows/nanoserver:ltsc2049`: it is for windows/amd64/10.0.99999.1, and this host is windows/amd64 build [BUILD]; choose an image for this host
    ");
    assert!(!lab.assert_unchanged().has("CNI/ADD"));
}
