//! `hcn doctor --mount` on volumes of the kernel's own that are broken in one way each: it names the cause, and what it
//! offers mends it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use hcn_test::{Program, Scratch, require};
use rustix::fs::{CWD, FileType, makedev, mknodat};
use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
use serde_json::Value;

/// A small volume of a test's own mount namespace.
struct Small {
    scratch: Scratch,
    root: PathBuf,
}

impl Small {
    /// A tmpfs with these options.
    fn new(options: &str) -> Self {
        hcn_test::enter_namespaces().unwrap();
        let scratch = Scratch::new();
        let root = scratch.folder("volume");
        paste(&format!("mount -t tmpfs -o {options} tmpfs {}", root.display()));
        Self { scratch, root }
    }

    /// What one check says of a folder.
    fn said(&self, check: &str, source: &Path) -> Value {
        let report = doctor(&self.scratch, source, &["--only", check]);
        report["checks"][0].clone()
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = unmount(&self.root, UnmountFlags::DETACH);
    }
}

/// A volume of FUSE whose program takes every request and answers none: not even a kill ends who waits there.
struct Silent {
    scratch: Scratch,
    root: PathBuf,
}

impl Silent {
    fn new() -> Self {
        hcn_test::enter_namespaces().unwrap();
        let scratch = Scratch::new();
        let root = scratch.folder("silent");
        let device = fuse(&scratch);
        let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
        let options = std::ffi::CString::new(options).unwrap();
        mount("hcn-test", &root, "fuse", MountFlags::empty(), Some(options.as_c_str())).unwrap();
        std::thread::spawn(move || serve(device));
        Self { scratch, root }
    }
}

impl Drop for Silent {
    /// Ends all that waits.
    fn drop(&mut self) {
        let _ = unmount(&self.root, UnmountFlags::FORCE | UnmountFlags::DETACH);
    }
}

fn fuse(scratch: &Scratch) -> File {
    let device = scratch.join("fuse");
    File::options().read(true).write(true).open("/dev/fuse").unwrap_or_else(|_| {
        let (kind, number) = (FileType::CharacterDevice, makedev(10, 229));
        mknodat(CWD, &device, kind, 0o600.into(), number).unwrap();
        File::options().read(true).write(true).open(&device).unwrap()
    })
}

/// The kernel asks for the protocol's version first (`FUSE_INIT` of linux/fuse.h), and waits for the answer itself.
fn serve(mut device: File) {
    let mut request = vec![0; 1 << 17];
    let _ = device.read(&mut request).unwrap();
    let mut answer = vec![0; 80];
    answer[..4].copy_from_slice(&80_u32.to_ne_bytes());
    answer[8..16].copy_from_slice(&request[8..16]);
    for (at, number) in [(16, 7), (20, 31), (36, 4096_u32)] {
        answer[at..at + 4].copy_from_slice(&number.to_ne_bytes());
    }
    device.write_all(&answer).unwrap();
    while device.read(&mut request).is_ok() {}
}

fn doctor(scratch: &Scratch, source: &Path, args: &[&str]) -> Value {
    let mount = format!("type=bind,src={},dst=/x,options=rbind", source.display());
    let fixed = ["doctor", "-o", "json", "--mount", &mount];
    let output = Program::new(env!("CARGO_BIN_EXE_hcn")).args(fixed).args(args).scratch(scratch.path()).run();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", output.snapshot()))
}

fn paste(command: &str) {
    Program::new("/bin/sh").args(["-ec", command]).run().success();
}

fn seen(said: &Value) -> &str {
    said["findings"][0]["seen"].as_str().unwrap()
}

#[test]
fn a_read_only_volume_is_named_and_can_be_written_again() {
    require!(Root);
    let small = Small::new("ro");
    let said = small.said("mount.options", &small.root);
    assert_eq!(said["status"], "failure", "{said}");
    assert!(
        seen(&said).starts_with(&format!("{0} is on {0}, whose options are ro", small.root.display())),
        "{said}"
    );
    paste(said["findings"][0]["fix"]["text"].as_str().unwrap());
    assert_eq!(small.said("mount.options", &small.root)["status"], "ok");
    std::fs::write(small.root.join("lock"), "").unwrap();
}

#[test]
fn a_volume_without_programs_can_run_them_again() {
    require!(Root);
    let small = Small::new("noexec");
    let said = small.said("mount.options", &small.root);
    assert!(seen(&said).ends_with("no program on it can be run"), "{said}");
    paste(said["findings"][0]["fix"]["text"].as_str().unwrap());
    assert_eq!(small.said("mount.options", &small.root)["status"], "ok");
}

#[test]
fn a_full_volume_and_one_without_room_for_files_fail() {
    require!(Root);
    let small = Small::new("size=2m,nr_inodes=8");
    assert_eq!(small.said("mount.space", &small.root)["status"], "warning");
    std::fs::write(small.root.join("large"), vec![0; 3 << 19]).unwrap();
    let said = small.said("mount.space", &small.root);
    assert_eq!(said["status"], "failure", "{said}");
    assert!(seen(&said).contains("has 0 MiB of 2 MiB left, and room for 6 more files"), "{said}");
}

#[test]
fn a_volume_that_does_not_answer_is_named_and_keeps_doctor_no_longer_than_its_time() {
    require!(Root);
    let silent = Silent::new();
    let only =
        ["--only", "mount.kind", "--only", "mount.sources", "--only", "mount.space", "--only", "mount.locks"];
    let report = doctor(&silent.scratch, &silent.root, &only);
    let said = |at: usize| &report["checks"][at];
    assert_eq!(said(0)["status"], "failure", "{report}");
    assert!(seen(said(0)).ends_with("/silent: its file system does not answer, not within 10s"), "{report}");
    assert!([1, 2, 3].iter().all(|at| said(*at)["status"] == "skipped"), "{report}");
}

#[test]
fn a_folder_to_compare_with_that_does_not_answer_ends_doctor() {
    require!(Root);
    let silent = Silent::new();
    let folder = silent.root.join("works");
    let mount = "type=bind,src=/,dst=/x,options=rbind";
    let hcn = Program::new(env!("CARGO_BIN_EXE_hcn")).args(["doctor", "--mount", mount, "--compare"]);
    insta::assert_snapshot!(hcn.arg(&folder).scratch(silent.scratch.path()).run().snapshot(), @r"
    exit 125
    stderr: hcn: cannot look at [SCRATCH]/silent/works: its file system does not answer, not within 10s; bring back what serves it
    ");
}

#[test]
fn memory_is_told_from_a_disk_and_every_other_check_is_answered() {
    require!(Root);
    let small = Small::new("size=300m");
    let folder = small.root.join("cache");
    std::fs::create_dir(&folder).unwrap();
    let said = small.said("mount.drive", &folder);
    assert!(seen(&said).contains(", memory: what is written is gone"), "{said}");
    let report = doctor(&small.scratch, &folder, &[]);
    let mounts = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["id"].as_str().unwrap().starts_with("mount."));
    let told: Vec<_> = mounts
        .map(|check| format!("{} {}", check["id"].as_str().unwrap(), check["status"].as_str().unwrap()))
        .collect();
    for check in [
        "mount.kind ok",
        "mount.links ok",
        "mount.file-system ok",
        "mount.options ok",
        "mount.space ok",
        "mount.rights not-available",
        "mount.filters not-available",
        "mount.build not-available",
    ] {
        assert!(told.contains(&check.to_owned()), "{told:?} lacks {check}");
    }
}

#[test]
fn two_volumes_stand_side_by_side_and_no_difference_is_called_the_cause() {
    require!(Root);
    let small = Small::new("size=300m");
    let works = small.scratch.folder("works");
    let compare = works.to_str().unwrap();
    let report = doctor(&small.scratch, &small.root, &["--only", "mount.kind", "--compare", compare]);
    let comparison = &report["comparisons"][0];
    assert_eq!(
        (&comparison["source"], &comparison["with"]),
        (&Value::from(small.root.to_str().unwrap()), &Value::from(compare))
    );
    let facts = comparison["facts"].as_array().unwrap();
    let fact = |id: &str| facts.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(
        (&fact("kind")["verdict"], &fact("volume")["verdict"]),
        (&Value::from("same"), &Value::from("differs"))
    );
    assert_eq!(fact("drive")["source"], "memory");
    assert_eq!(fact("filters")["verdict"], "not-compared");
    assert!(!facts.iter().any(|row| row["bearing"]["kind"] == "check"), "{comparison}");
}

#[test]
fn a_difference_that_matters_is_told_with_its_check() {
    require!(Root);
    let small = Small::new("ro");
    let works = small.scratch.folder("works");
    let report =
        doctor(&small.scratch, &small.root, &["--only", "mount.kind", "--compare", works.to_str().unwrap()]);
    let facts = report["comparisons"][0]["facts"].as_array().unwrap();
    let options = facts.iter().find(|row| row["id"] == "options").unwrap();
    assert_eq!(options["bearing"], serde_json::json!({"kind": "check", "check": "mount.options"}));
}

#[test]
fn comparing_without_a_mount_or_with_nothing_is_wrong_usage() {
    let scratch = Scratch::new();
    let hcn = |args: &[&str]| {
        Program::new(env!("CARGO_BIN_EXE_hcn")).arg("doctor").args(args).scratch(scratch.path()).run()
    };
    insta::assert_snapshot!(hcn(&["--compare", "/"]).snapshot(), @r"
    exit 2
    stderr: hcn: cannot compare a mount with `/`: there is no mount; name one with --mount or --config
    ");
    insta::assert_snapshot!(hcn(&["--compare", "/nowhere", "--mount", "type=bind,src=/,dst=/x,options=rbind"]).snapshot(), @r"
    exit 2
    stderr: hcn: cannot compare a mount with `/nowhere`: there is no such folder; name one on a volume that works
    ");
}
