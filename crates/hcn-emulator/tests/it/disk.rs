//! Disks that are full or read-only, in a mount namespace of the test.

use std::path::{Path, PathBuf};

use hcn::{Api, Code, Guid, Kind};
use hcn_emulator::Emulator;
use hcn_test::{Program, Scratch, enter_namespaces, names, require, tools};

/// A file system of this size, which ends with the thread's namespace.
fn disk(scratch: &Scratch, size: &str) -> PathBuf {
    enter_namespaces().unwrap();
    let folder = scratch.folder("disk");
    mount(&folder, &format!("size={size}"));
    folder
}

fn mount(folder: &Path, options: &str) {
    let busybox = Program::new(tools::find_busybox().unwrap());
    busybox.args(["mount", "-t", "tmpfs", "-o", options, "none"]).arg(folder).run().success();
}

#[test]
fn a_store_for_which_there_is_no_room_is_refused_and_not_half_made() {
    require!(Root, Containerd);
    let scratch = Scratch::new();
    let folder = disk(&scratch, "16k");
    let store = folder.join("hns.db");
    let refused = Emulator::open(&store).unwrap_err();
    assert_eq!(refused.code(), Code::DISK_FULL, "{refused}");
    assert!(refused.to_string().ends_with("its disk is full; make room, or name another path"), "{refused}");
    assert_eq!(names(&folder), [""; 0]);
    mount(&folder, "remount,size=4m");
    Emulator::open(&store).unwrap();
}

#[test]
fn a_create_for_which_there_is_no_room_is_refused_and_leaves_nothing() {
    require!(Root, Containerd);
    let scratch = Scratch::new();
    let folder = disk(&scratch, "1m");
    let hns = Emulator::open(&folder.join("hns.db")).unwrap();
    let padding = "x".repeat(50_000);
    let create = || {
        let settings =
            format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}},"AdditionalParams":{{"x":"{padding}"}}}}"#);
        hns.create(Kind::Network, None, Guid::ZERO, &settings)
    };
    let (made, refused) = (0..).map(|made| (made, create())).find(|(_, done)| done.is_err()).unwrap();
    let refused = refused.unwrap_err();
    let record = refused.record.unwrap();
    assert_eq!(refused.code, Code::DISK_FULL, "{record}");
    assert!(record.contains("hns.db") && record.contains("full"), "{record}");
    assert_eq!(hns.enumerate(Kind::Network, None).unwrap().matches('"').count(), 2 * made);
    assert!(made > 0 && hns.check().unwrap().is_empty());
    mount(&folder, "remount,size=4m");
    assert!(create().is_ok(), "goes on when there is room");
}

#[test]
fn a_store_on_a_read_only_disk_is_refused_with_what_to_do() {
    require!(Root, Containerd);
    let scratch = Scratch::new();
    let folder = disk(&scratch, "4m");
    let store = folder.join("hns.db");
    drop(Emulator::open(&store).unwrap());
    std::fs::remove_file(folder.join("hns.db.lock")).unwrap();
    mount(&folder, "remount,ro");
    let refused = Emulator::open(&store).unwrap_err();
    assert_eq!(refused.code(), Code::ACCESS_DENIED);
    assert!(
        refused.to_string().ends_with("it cannot be written; check its permissions, or name another path"),
        "{refused}"
    );
    assert_eq!(names(&folder), ["hns.db"]);
}
