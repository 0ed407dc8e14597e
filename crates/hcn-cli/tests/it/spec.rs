//! `hcn spec` from outside: what it makes, what it changes, and that a file stays whole whatever happens.

use hcn_test::{Output, Program, Scratch, names};
use serde_json::Value;

/// A Windows spec with bytes that nobody may touch.
pub(crate) const WINDOWS: &str = r#"{ "ociVersion" : "1.1.0", "odd":[1e400,18446744073709551617,"\u00e4\/"],
  "process":{"args":["cmd"],"cwd":"C:\\","env":["A=1"]},
  "windows":{"layerFolders":null , "network":{"networkNamespace":"" }}}
"#;

/// What `ctr snapshot prepare --mounts` prints for a snapshot on an image of three layers.
pub(crate) const MOUNTS: &str = r#"[
    {
        "Type": "windows-layer",
        "Source": "C:\\ProgramData\\containerd\\root\\io.containerd.snapshotter.v1.windows\\snapshots\\4",
        "Target": "",
        "Options": [
            "rw",
            "parentLayerPaths=[\"C:\\\\snapshots\\\\3\",\"C:\\\\snapshots\\\\2\",\"C:\\\\snapshots\\\\1\"]"
        ]
    }
]
"#;

/// The spec above with what those mounts make of it.
pub(crate) fn with_layers() -> String {
    let scratch = r"C:\\ProgramData\\containerd\\root\\io.containerd.snapshotter.v1.windows\\snapshots\\4";
    let folders = format!(r#"["C:\\snapshots\\3","C:\\snapshots\\2","C:\\snapshots\\1","{scratch}"]"#);
    WINDOWS.replace("\"layerFolders\":null", &format!("\"layerFolders\":{folders}"))
}

fn hcn(args: &[&str]) -> Program {
    Program::new(env!("CARGO_BIN_EXE_hcn")).args(args).env("COLUMNS", "100")
}

/// Runs with a file in an empty folder; what it said, with the folder hidden, and what the file holds then.
fn on_file(text: &str, args: &[&str]) -> (Output, String) {
    let scratch = Scratch::new();
    let file = scratch.file("bundle/config.json", text);
    let output = hcn(&["spec"]).arg(&file).args(args).scratch(scratch.path()).run();
    assert_eq!(names(&scratch.join("bundle")), ["config.json"], "nothing is left beside it");
    (output, std::fs::read_to_string(&file).expect("it is there"))
}

#[test]
fn help_of_spec_tells_every_flag() {
    let help = hcn(&["spec", "-h"]).run().stdout();
    let own = help.split("Global options:").next().expect("a part").to_owned();
    insta::assert_snapshot!(own, @"
    Make or change a config.json, and tell everything that is wrong with it

    Usage: hcn spec [OPTIONS] [FILE] [-- COMMAND [ARGUMENT]...]

    Arguments:
      [FILE]  The config.json; - is standard input

    Options:
          --os <SYSTEM>                    The system of the spec: linux or windows [default: what it
                                           says itself, else this host's]
      -i, --in-place                       Write to FILE instead of standard output, whole or not at all
          --check                          Only tell what is wrong, and exit with 1 if anything is
      -o, --output <FORMAT>                How --check tells it [possible values: table, json]
          --network-namespace <NAMESPACE>  The network namespace: a GUID on Windows, a path on Linux
          --snapshot <FILE>                The container's files, from what `ctr snapshot prepare
                                           --mounts` prints; - is standard input
          --rootfs <FOLDER>                The container's files: a folder (Linux)
          --mount <MOUNT>                  A mount, as in type=bind,src=/a,dst=/b,options=rbind:ro
      -v, --volume <SRC:DST[:ro]>          A folder or file of the host in the container
      -e, --env <NAME[=VALUE]>             Set an environment variable; a name alone takes it out
      -u, --user <USER>                    The user: a name on Windows; UID, UID:GID or root on Linux
      -w, --cwd <FOLDER>                   The working folder of the command
          --hostname <NAME>                The container's host name
      -h, --help                           Print help (see more with '--help')
    ");
}

#[test]
fn layers_of_a_snapshot_go_into_the_spec_and_every_other_byte_stays() {
    let scratch = Scratch::new();
    let file = scratch.file("config.json", WINDOWS);
    let output = hcn(&["spec", "--snapshot", "-"]).arg(&file).stdin(MOUNTS).run().success();
    assert_eq!(output.stdout(), with_layers());
    assert_eq!(std::fs::read_to_string(file).expect("it is there"), WINDOWS);
}

#[test]
fn a_spec_is_changed_in_place() {
    let id = "{6B29FC40-CA47-1067-B31D-00DD010662DA}";
    let args = [
        "-i",
        "--network-namespace",
        id,
        "-v",
        r"D:\cache:C:\opam:ro",
        "-e",
        "A=2",
        "-e",
        "B=3",
        "-u",
        "ContainerUser",
        "-w",
        r"C:\opam",
        "--hostname",
        "lab",
        "--",
        "cmd",
        "/c",
        "dir",
    ];
    let (output, file) = on_file(WINDOWS, &args);
    insta::assert_snapshot!(output.snapshot(), @"
    exit 0
    stderr: hcn: note: [SCRATCH]/bundle/config.json: `windows.layerFolders` is missing; list the read-only folders, top-most first, then the writable one: `ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot -` does
    ");
    insta::assert_snapshot!(file, @r#"
    { "ociVersion" : "1.1.0", "odd":[1e400,18446744073709551617,"\u00e4\/"],
      "process":{"args":["cmd","/c","dir"],"cwd":"C:\\opam","env":["A=2","B=3"],"user":{"username":"ContainerUser"}},
      "windows":{"layerFolders":null , "network":{"networkNamespace":"6b29fc40-ca47-1067-b31d-00dd010662da" }},"mounts":[{"destination":"C:\\opam","options":["ro"],"source":"D:\\cache"}],"hostname":"lab"}
    "#);
}

#[test]
fn a_default_is_whole_and_is_changed_by_the_same_flags() {
    for os in ["linux", "windows"] {
        let made = hcn(&["spec", "--os", os, "-e", "A=1", "--", "tool", "x"]).run().success();
        let spec: Value = serde_json::from_slice(&made.stdout).expect("it is JSON");
        assert_eq!(spec["process"]["args"], serde_json::json!(["tool", "x"]));
        assert!(spec[os].is_object());
    }
    let scratch = Scratch::new();
    let linux = scratch.file("linux.json", hcn(&["spec", "--os", "linux"]).run().success().stdout);
    assert_eq!(hcn(&["spec", "--check"]).arg(linux).run().snapshot(), "exit 0");
    let mounts = scratch.file("mounts.json", MOUNTS);
    let windows = hcn(&["spec", "--os", "windows", "--snapshot"]).arg(mounts).run().success();
    let checked = hcn(&["spec", "--check", "-o", "json", "-"]).stdin(windows.stdout).run();
    insta::assert_snapshot!(checked.snapshot(), @"
    exit 0
    stdout: []
    ");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_nothing_is_written() {
    let text = r#"{"ociVersion":"1.1.0","ociVersion":"1.0","process":{"args":"cmd","cwd":"C:\\","cwd":"C:\\"},
        "mounts":[{"type":"bind","source":"D:\\a","destination":"data"}],"windows":{"Network":{},"layerFolders":["C:\\a"]}}"#;
    let (output, file) = on_file(text, &["-i", "-e", "A=1"]);
    insta::assert_snapshot!(output.snapshot(), @r#"
    exit 1
    stderr:
    hcn: cannot use [SCRATCH]/bundle/config.json: `ociVersion` stands there twice, again in line 1, column 23; remove one of the two
    hcn: cannot use [SCRATCH]/bundle/config.json: `process.cwd` stands there twice, again in line 1, column 79; remove one of the two
    hcn: cannot use [SCRATCH]/bundle/config.json: `process.args` is "cmd", not an array; write an array there
    hcn: cannot use [SCRATCH]/bundle/config.json: `windows.Network` is spelled in another case than containerd writes it; spell it `network`
    hcn: cannot use [SCRATCH]/bundle/config.json: `mounts[0].destination` is data, which is not absolute; write the whole path, such as C:\data
    hcn: cannot use [SCRATCH]/bundle/config.json: `mounts[0].type` is `bind`, which containerd's shims refuse on Windows; remove the member `type`
    hcn: cannot use [SCRATCH]/bundle/config.json: `windows.layerFolders` has one entry, and a container needs a base and a scratch folder; list the read-only folders, top-most first, then the writable one: `ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot -` does
    "#);
    assert_eq!(file, text);
    let (checked, _) = on_file(r#"{"windows":{"layerFolders":7}}"#, &["--check", "-o", "json"]);
    insta::assert_snapshot!(checked.snapshot(), @r#"
    exit 1
    stdout:
    [
      {
        "file": "[SCRATCH]/bundle/config.json",
        "fix": "write an array there",
        "kind": "shape",
        "path": "windows.layerFolders",
        "reason": "is 7, not an array"
      },
      {
        "file": "[SCRATCH]/bundle/config.json",
        "fix": "write the version that the spec follows, as in \"1.1.0\"",
        "kind": "missing",
        "path": "ociVersion",
        "reason": "is missing"
      },
      {
        "file": "[SCRATCH]/bundle/config.json",
        "fix": "write what runs, at least args and cwd; `hcn spec` prints a whole one",
        "kind": "missing",
        "path": "process",
        "reason": "is missing"
      }
    ]
    "#);
}

#[test]
fn what_cannot_be_done_says_why_and_exits_as_the_table_says() {
    let scratch = Scratch::new();
    let file = scratch.file("config.json", WINDOWS);
    let file = file.to_str().expect("a path of ours");
    let lines: [&[&str]; 9] = [
        &["/nowhere/config.json"],
        &["-", "--in-place"],
        &["-", "--snapshot", "-"],
        &[file, "--os", "linux"],
        &[file, "--rootfs", "/x"],
        &[file, "--mount", "type=bind"],
        &["--os", "linux", "-u", "joe"],
        &[file, "--snapshot", "-"],
        &[file, "--network-namespace", "lab"],
    ];
    let answers = lines.map(|line| hcn(&["spec"]).args(line).scratch(scratch.path()).run().snapshot());
    insta::assert_snapshot!(answers.join("\n"), @"
    exit 3
    stderr: hcn: cannot read /nowhere/config.json: No such file or directory (os error 2); correct the path
    exit 2
    stderr: hcn: --in-place needs a file: standard input has no place; name the file
    exit 2
    stderr: hcn: standard input can be read once: as FILE or as --snapshot; name a file for one of them
    exit 2
    stderr: hcn: --os does not fit [SCRATCH]/config.json: it is for Windows; leave it out
    exit 2
    stderr: hcn: --rootfs is not for Windows: its files are layers; use --snapshot
    exit 2
    stderr: hcn: cannot use --mount `type=bind`: it has no dst; write type=bind,src=SOURCE,dst=DESTINATION,options=rbind:ro
    exit 2
    stderr: hcn: cannot use --user `joe`: names are not looked up; give the numbers, as in 1000:1000
    exit 1
    stderr: hcn: cannot use the snapshot of standard input: it is no list of mounts: EOF while parsing a value at line 1 column 0; give it what `ctr snapshot prepare --mounts KEY PARENT` prints
    exit 1
    stderr: hcn: cannot use [SCRATCH]/config.json: `windows.network.networkNamespace` names no namespace: `lab` is not a GUID: 36 characters such as [GUID], with or without braces; `hcn-namespace create` prints one
    ");
    assert_eq!(std::fs::read_to_string(file).expect("it is there"), WINDOWS);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    hcn_test::require!(Root);
    hcn_test::enter_namespaces().expect("namespaces can be made");
    let scratch = Scratch::new();
    let disk = scratch.folder("disk");
    Program::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&disk).run().success();
    let text = WINDOWS.replace("\"odd\"", &format!("\"long\":\"{}\",\"odd\"", "x".repeat(40_000)));
    let file = disk.join("config.json");
    std::fs::write(&file, &text).expect("there is room for one");
    let output = hcn(&["spec", "-i", "-e", "B=1"]).arg(&file).scratch(scratch.path()).run();
    let (left, found) = (names(&disk), std::fs::read_to_string(&file).expect("it is there"));
    Program::new("umount").arg(&disk).run().success();
    insta::assert_snapshot!(output.snapshot(), @"
    exit 1
    stderr:
    hcn: note: [SCRATCH]/disk/config.json: `windows.layerFolders` is missing; list the read-only folders, top-most first, then the writable one: `ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot -` does
    hcn: cannot write [SCRATCH]/disk/config.json: No space left on device (os error 28); it is as it was; see that its folder can be written to and has room
    ");
    assert_eq!((left, found == text), (vec!["config.json".to_owned()], true));
}
