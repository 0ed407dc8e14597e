//! Natively, on the emulator.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, chown};

use hcn_test::{Program, Scratch};

use crate::{four_commands, printed_guid, tool};

/// Somebody who is nobody: Debian's `nobody`.
const NOBODY: u32 = 65534;

/// The program as an ordinary user with a home of their own, who named no store. Root becomes one.
struct User {
    scratch: Scratch,
    root: bool,
}

impl User {
    fn new() -> Self {
        let scratch = Scratch::new();
        let root =
            std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0);
        let state = scratch.folder("state");
        std::fs::copy(env!("CARGO_BIN_EXE_hcn-namespace"), scratch.join("hcn-namespace")).unwrap();
        if root {
            std::fs::set_permissions(scratch.path(), PermissionsExt::from_mode(0o755)).unwrap();
            chown(&state, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        Self { scratch, root }
    }

    fn program(&self, args: &[&str]) -> Program {
        let exe = self.scratch.join("hcn-namespace");
        let program = match self.root {
            true => {
                Program::new("setpriv").args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(exe)
            }
            false => Program::new(exe),
        };
        let program = program.args(args).env("XDG_STATE_HOME", self.scratch.join("state"));
        program.env_remove("HCN_HNS").scratch(self.scratch.path())
    }
}

#[test]
fn the_four_commands_each_in_a_process_of_its_own() {
    let scratch = Scratch::new();
    four_commands(|args| tool(&scratch, args).run());
}

#[test]
fn an_ordinary_user_has_a_store_of_their_own_and_is_told_so() {
    let user = User::new();
    let created = user.program(&["create"]).run();
    insta::assert_snapshot!(created.snapshot(), @"
    exit 0
    stdout: [GUID]
    stderr: hcn-namespace: this is the emulator, no packet flows; its store is [SCRATCH]/state/hcn/hns.db (HCN_HNS chooses)
    ");
    let listed = user.program(&["list"]).run();
    assert_eq!((listed.stdout(), listed.stderr()), (created.stdout(), created.stderr()));
    assert!(user.scratch.join("state/hcn/hns.db").is_file());
}

#[test]
fn the_emulators_line_never_stands_in_front_of_an_error() {
    let user = User::new();
    user.program(&["list"]).run().success();
    let failed = user.program(&["delete", "6b29fc40-ca47-1067-b31d-00dd010662da"]).run();
    insta::assert_snapshot!(failed.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot delete namespace `[GUID]`: already gone (0x80070490 ERROR_NOT_FOUND); nothing is left to do
    ");
}

#[test]
fn a_user_without_rights_on_the_store_is_told_what_to_do() {
    let user = User::new();
    std::fs::create_dir(user.scratch.join("theirs")).unwrap();
    std::fs::set_permissions(user.scratch.join("theirs"), PermissionsExt::from_mode(0o555)).unwrap();
    let store = format!("emulator:{}", user.scratch.join("theirs/hns.db").display());
    let refused = user.program(&["create"]).env("HCN_HNS", store).run();
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot open the emulator's store `[SCRATCH]/theirs/hns.db`: Permission denied (os error 13); check the permissions, or name another path
    ");
}

#[test]
fn many_at_once_make_as_many_namespaces() {
    let scratch = Scratch::new();
    let running: Vec<_> = (0..8).map(|_| tool(&scratch, &["create"]).spawn()).collect();
    let made: BTreeSet<String> = running.into_iter().map(|one| printed_guid(&one.wait())).collect();
    let listed = tool(&scratch, &["list"]).run().success().stdout();
    assert_eq!(made.len(), 8);
    assert_eq!(listed.lines().map(str::to_owned).collect::<BTreeSet<_>>(), made);
}

#[test]
fn a_namespace_whose_guid_could_not_be_printed_is_deleted_again() {
    let scratch = Scratch::new();
    let script = r#"exec "$0" create >/dev/full"#;
    let shell = Program::new("/bin/sh").args(["-c", script, env!("CARGO_BIN_EXE_hcn-namespace")]);
    let store = format!("emulator:{}", scratch.join("hns.db").display());
    let failed = shell.env("HCN_HNS", store).run();
    insta::assert_snapshot!(failed.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot write to stdout: No space left on device (os error 28); look at where it leads
    ");
    assert_eq!(tool(&scratch, &["list"]).run().success().stdout(), "");
}

#[test]
fn a_reader_that_went_away_is_no_error_of_a_list() {
    let scratch = Scratch::new();
    tool(&scratch, &["create"]).run().success();
    let script = r#"{ "$0" list; echo "exit $?" >&2; } | :"#;
    let shell = Program::new("/bin/sh").args(["-c", script, env!("CARGO_BIN_EXE_hcn-namespace")]);
    let store = format!("emulator:{}", scratch.join("hns.db").display());
    assert_eq!(shell.env("HCN_HNS", store).run().stderr(), "exit 0\n");
}
