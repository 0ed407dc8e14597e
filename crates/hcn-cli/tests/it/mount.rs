//! `hcn doctor --mount` on volumes of the kernel's own that are broken in one way each: it names the cause, and what it
//! offers mends it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::path::{Path, PathBuf};

use hcn_test::{Program, Scratch, require};
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
        let _ = rustix::mount::unmount(&self.root, rustix::mount::UnmountFlags::DETACH);
    }
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
