//! On Linux: folders that are well, that are none, and whose file systems refuse one thing each.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use hcn_lockprobe::{Outcome, STAGES};
use hcn_test::{Scratch, require};
use rustix::mount::{MountFlags, mount};

use crate::lab::{PROGRAM, first, found, names, others, probe};

#[test]
fn in_a_good_folder_every_stage_passes_with_every_kind_of_lock_and_nothing_is_left() {
    let scratch = Scratch::new();
    let report = found(&probe(scratch.path()).run());
    assert_eq!(others(&report), []);
    let mut tried: Vec<_> = report.stages.iter().map(|row| row.stage).collect();
    tried.sort_unstable();
    tried.dedup();
    assert_eq!(tried.len(), STAGES.len());
    for kind in ["flock", "ofd", "posix"] {
        let of_kind = report.stages.iter().filter(|row| row.lock.is_some_and(|lock| lock.name() == kind));
        assert_eq!(of_kind.count(), 6, "{kind}");
    }
    assert_eq!(names(scratch.path()), [""; 0]);
}

#[test]
fn the_table_has_a_line_for_each_stage_and_the_verdict_last() {
    let scratch = Scratch::new();
    let told = hcn_test::Program::new(PROGRAM).arg(scratch.path()).run().success().stdout();
    assert!(told.starts_with("passed   create\npassed   write\n"), "{told}");
    assert!(told.ends_with(": every stage passed\n"), "{told}");
}

#[test]
fn a_folder_that_is_missing_and_a_file_in_its_place_are_wrong_usage() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "precious");
    let missing = probe(scratch.path().join("nowhere")).scratch(scratch.path()).run();
    insta::assert_snapshot!(missing.snapshot(), @r"
    exit 2
    stderr: hcn-lockprobe: cannot probe `[SCRATCH]/nowhere`: No such file or directory (os error 2); name a folder that is there
    ");
    let given = probe(&file).scratch(scratch.path()).run();
    insta::assert_snapshot!(given.snapshot(), @r"
    exit 2
    stderr: hcn-lockprobe: cannot probe `[SCRATCH]/file`: not a directory; name a folder that is there
    ");
    assert_eq!(fs::read_to_string(file).unwrap(), "precious");
}

#[test]
fn files_of_others_stay_as_they_are() {
    let scratch = Scratch::new();
    scratch.file("package.lock", "held by 4711");
    scratch.file(".hcn-lockprobe-0123456789abcdef-file", "of another probe");
    found(&probe(scratch.path()).run());
    let left = names(scratch.path());
    assert_eq!(left, [".hcn-lockprobe-0123456789abcdef-file", "package.lock"]);
    assert_eq!(fs::read_to_string(scratch.path().join("package.lock")).unwrap(), "held by 4711");
}

#[test]
fn two_probes_at_once_in_one_folder_do_not_see_each_other() {
    let scratch = Scratch::new();
    let running = [(); 4].map(|()| probe(scratch.path()).spawn());
    for output in running.map(hcn_test::Running::wait) {
        assert_eq!(others(&found(&output)), []);
    }
    assert_eq!(names(scratch.path()), [""; 0]);
}

#[test]
fn a_folder_that_is_not_ours_to_write_fails_to_create_with_13() {
    require!(Root);
    let scratch = Scratch::new();
    let program = scratch.path().join("hcn-lockprobe");
    fs::copy(PROGRAM, &program).unwrap();
    let folder = scratch.folder("others");
    let words = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let output =
        hcn_test::Program::new("setpriv").args(words).arg(program).arg(&folder).args(["-o", "json"]).run();
    let report = found(&output);
    assert_eq!((first(&report).stage.id(), first(&report).code), ("create", Some(13)));
    assert!(report.stages[1..].iter().all(|row| row.outcome == Outcome::Skipped));
}

/// A mount namespace of this test's thread, and a file system on a folder of it.
fn mounted(scratch: &Scratch, kind: &str, flags: MountFlags, options: &str) -> std::path::PathBuf {
    hcn_test::enter_namespaces().unwrap();
    let folder = scratch.folder("mounted");
    let options = std::ffi::CString::new(options).unwrap();
    mount("hcn-test", &folder, kind, flags, Some(options.as_c_str())).unwrap();
    folder
}

#[test]
fn a_read_only_mount_fails_to_create_with_30() {
    require!(Root);
    let scratch = Scratch::new();
    let folder = mounted(&scratch, "tmpfs", MountFlags::RDONLY, "size=1m");
    let report = found(&probe(&folder).run());
    assert_eq!((first(&report).name().as_str(), first(&report).code), ("create", Some(30)));
    assert_eq!(report.left, []);
}

#[test]
fn a_full_volume_fails_to_write_with_28_and_locks_all_the_same() {
    require!(Root);
    let scratch = Scratch::new();
    let folder = mounted(&scratch, "tmpfs", MountFlags::empty(), "size=64k");
    fill(&folder);
    let report = found(&probe(&folder).run());
    assert_eq!((first(&report).name().as_str(), first(&report).code), ("write", Some(28)));
    let row = report.stages.iter().find(|row| row.name() == "released-at-kill (flock)").unwrap();
    assert_eq!(row.outcome, Outcome::Passed);
    assert_eq!(names(&folder), ["filler"]);
}

fn fill(folder: &Path) {
    let full = fs::write(folder.join("filler"), vec![0; 1 << 20]).unwrap_err();
    assert_eq!(full.raw_os_error(), Some(28));
}

/// The kernel's file system of message queues makes files and deletes them, and neither writes nor renames.
#[test]
fn a_file_system_that_does_not_rename_fails_there_with_1() {
    require!(Root);
    let scratch = Scratch::new();
    let folder = mounted(&scratch, "mqueue", MountFlags::empty(), "");
    let report = found(&probe(&folder).run());
    let code = |name| report.stages.iter().find(|row| row.name() == name).and_then(|row| row.code);
    assert_eq!((first(&report).name().as_str(), code("write")), ("write", Some(22)), "{}", report.text());
    assert_eq!(code("rename"), Some(1), "{}", report.text());
    assert_eq!(report.left, []);
}

/// A user-mode file system that nobody serves answers nothing.
#[test]
fn a_file_system_that_hangs_is_a_result_and_no_hang() {
    require!(Root);
    let scratch = Scratch::new();
    let device = scratch.path().join("fuse");
    hcn_test::enter_namespaces().unwrap();
    let device = fs::File::options().read(true).write(true).open("/dev/fuse").unwrap_or_else(|_| {
        let number = rustix::fs::makedev(10, 229);
        let kind = rustix::fs::FileType::CharacterDevice;
        rustix::fs::mknodat(rustix::fs::CWD, &device, kind, 0o600.into(), number).unwrap();
        fs::File::options().read(true).write(true).open(&device).unwrap()
    });
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&device);
    let options = format!("fd={descriptor},rootmode=40000,user_id=0,group_id=0");
    let folder = scratch.folder("mounted");
    let options = std::ffi::CString::new(options).unwrap();
    mount("hcn-test", &folder, "fuse", MountFlags::empty(), Some(options.as_c_str())).unwrap();
    let report = found(&probe(&folder).args(["--limit", "1"]).run());
    assert_eq!((first(&report).name().as_str(), first(&report).outcome), ("create", Outcome::Hung));
    assert!(report.stages[1..].iter().all(|row| row.outcome == Outcome::Skipped));
}

#[test]
fn the_second_process_ends_with_the_first() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "");
    let mut second = Command::new(PROGRAM);
    second.arg("--second").arg(&file).arg("flock").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut second = second.spawn().unwrap();
    // The end of whoever gives the orders is the end of the pipe.
    drop(second.stdin.take());
    let status = second.wait().unwrap();
    assert_eq!((status.code(), status.signal()), (Some(0), None));
}

#[test]
fn a_signal_ends_it_with_nothing_left() {
    let scratch = Scratch::new();
    let ended = || {
        let running = probe(scratch.path()).spawn();
        while names(scratch.path()).is_empty() {
            std::thread::yield_now();
        }
        running.terminate();
        running.wait()
    };
    // On a machine under load it may be through before it hears of it.
    let output = (0..100).map(|_| ended()).find(|output| output.exit != 0).unwrap();
    assert_eq!(output.exit, 128 + 15, "{}", output.snapshot());
    assert_eq!(output.stderr(), "hcn-lockprobe: stopped by signal 15; nothing is left\n");
    assert_eq!(names(scratch.path()), [""; 0]);
}

/// Killed anywhere, it leaves no second process, and files that go by its token.
#[test]
fn what_a_killed_probe_leaves_goes_by_its_token() {
    let scratch = Scratch::new();
    let token = "00112233445566ff";
    let mut running = probe(scratch.path()).args(["--token", token]).spawn();
    while names(scratch.path()).is_empty() && running.is_running() {
        std::thread::yield_now();
    }
    drop(running);
    hcn_lockprobe::remove(scratch.path(), &token.parse().unwrap());
    assert_eq!(names(scratch.path()), [""; 0]);
}

#[test]
fn the_program_needs_no_loader() {
    let program = fs::read(PROGRAM).unwrap();
    // elf(5), 64 bits: the table of program headers, each with its kind first; 3 is PT_INTERP, which names a loader.
    let number = |at: usize, size: usize| {
        program[at..at + size].iter().rev().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let (table, size, count) = (number(32, 8), number(54, 2), number(56, 2));
    assert!((0..count).all(|at| number(table + at * size, 4) != 3), "{PROGRAM} names a loader");
}
