//! Bad input: exit 1 and one line that names the thing, the reason and the fix; no store is made for a bad command.

use hcn_test::{Program, Scratch};
use insta::assert_snapshot;

use crate::tool;

/// Runs it with a bad command line: nothing may have been made.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let scratch = Scratch::new();
    let output = tool(&scratch, args).run();
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "a bad command line touches nothing");
    output.snapshot()
}

/// Runs `list` with this `HCN_HNS`.
fn listed(scratch: &Scratch, service: &str) -> String {
    tool(scratch, &["list"]).env("HCN_HNS", service).run().snapshot()
}

#[test]
fn an_unknown_verb() {
    assert_snapshot!(refused(&["crate"]), @"
    exit 1
    stderr: hcn-namespace: unknown command `crate`; use `create`, `delete GUID` or `list` (`--help` says more)
    ");
}

#[test]
fn no_verb() {
    assert_snapshot!(refused(&[]), @"
    exit 1
    stderr: hcn-namespace: no command; use `create`, `delete GUID` or `list` (`--help` says more)
    ");
}

#[test]
fn an_unknown_flag() {
    assert_snapshot!(refused(&["--quiet", "list"]), @"
    exit 1
    stderr: hcn-namespace: unknown command `--quiet`; use `create`, `delete GUID` or `list` (`--help` says more)
    ");
}

#[test]
fn a_missing_guid() {
    assert_snapshot!(refused(&["delete"]), @"
    exit 1
    stderr: hcn-namespace: cannot delete a namespace: no GUID; say which, as `list` shows it
    ");
}

#[test]
fn a_malformed_guid() {
    assert_snapshot!(refused(&["delete", "{6b29fc40\n-ca47"]), @r#"
    exit 1
    stderr: hcn-namespace: cannot delete a namespace: `{6b29fc40\n-ca47` is not a GUID: 36 characters such as [GUID], with or without braces
    "#);
}

#[test]
fn an_operand_too_many() {
    assert_snapshot!(refused(&["create", "lab"]), @"
    exit 1
    stderr: hcn-namespace: `create` does not take `lab`; leave it out (`--help` says more)
    ");
}

#[test]
fn a_namespace_that_is_gone() {
    let scratch = Scratch::new();
    let output = tool(&scratch, &["delete", "6b29fc40-ca47-1067-b31d-00dd010662da"]).run();
    assert_snapshot!(output.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot delete namespace `[GUID]`: already gone (0x80070490 ERROR_NOT_FOUND); nothing is left to do
    ");
}

#[test]
fn a_store_that_cannot_be_made() {
    let scratch = Scratch::new();
    let file = scratch.file("file", "not a folder");
    assert_snapshot!(listed(&scratch, &format!("emulator:{}/hns.db", file.display())), @"
    exit 1
    stderr: hcn-namespace: cannot open the emulator's store `[SCRATCH]/file/hns.db`: its folder cannot be made (File exists (os error 17)); check the permissions, or name another path
    ");
}

#[test]
fn a_store_that_is_no_sqlite_file_keeps_its_bytes() {
    let scratch = Scratch::new();
    let file = scratch.file("notes.txt", "dear diary");
    assert_snapshot!(listed(&scratch, &format!("emulator:{}", file.display())), @"
    exit 1
    stderr: hcn-namespace: cannot open the emulator's store `[SCRATCH]/notes.txt`: this file is not a store of hcn's emulator; name another path
    ");
    assert_eq!(std::fs::read(&file).unwrap(), b"dear diary");
}

#[test]
fn an_unknown_service() {
    assert_snapshot!(listed(&Scratch::new(), "hyperv"), @"
    exit 1
    stderr: hcn-namespace: cannot read HCN_HNS: `hyperv` is no host network service: use `system`, `emulator`, or `emulator:PATH` with the path of a store
    ");
}

#[test]
fn the_systems_service_off_windows() {
    assert_snapshot!(listed(&Scratch::new(), "system"), @"
    exit 1
    stderr: hcn-namespace: cannot list the namespaces: this system has no Host Network Service (0x8007007E ERROR_MOD_NOT_FOUND: computenetwork.dll is a part of Windows); on Windows enable the feature Containers or Hyper-V; elsewhere use the emulator (HCN_HNS=emulator)
    ");
}

#[test]
fn help_and_version_need_no_service() {
    let run =
        |arg| Program::new(env!("CARGO_BIN_EXE_hcn-namespace")).arg(arg).env("HCN_HNS", "nonsense").run();
    assert_eq!(
        run("--version").success().stdout(),
        concat!("hcn-namespace ", env!("CARGO_PKG_VERSION"), "\n")
    );
    assert_snapshot!(run("--help").success().stdout(), @"
    Make, list and delete HCN namespaces.

    Usage:
      hcn-namespace create        make a namespace and print its GUID
      hcn-namespace delete GUID   delete it; GUID in any case, with or without braces
      hcn-namespace list          print the GUID of every namespace, one a line

    The GUID goes into config.json as windows.network.networkNamespace.
    It ends with 0, or with 1 and one line on stderr.

    Variables:
      HCN_HNS   the host network service: `system`; off Windows also `emulator`
                (the default) and `emulator:PATH`, with its store at PATH
    ");
}
