//! What arrives at computenetwork.dll, written down by a DLL of this test's own.

use std::path::PathBuf;

use hcn_test::{Output, Program, Wine, require, tools};

/// A prefix whose computenetwork.dll is the recorder.
struct Recorded {
    wine: Wine,
    log: PathBuf,
}

impl Recorded {
    fn new() -> Self {
        let wine = Wine::new().unwrap();
        let dll = wine.scratch().join("computenetwork.dll");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/recorder.c");
        let compiler = Program::new(tools::need("x86_64-w64-mingw32-gcc")).args(["-shared", "-Wall", "-o"]);
        compiler.arg(&dll).arg(source).args(["-lole32"]).run().success();
        wine.install(&dll).unwrap();
        Self { log: wine.drive_d().join("record"), wine }
    }

    fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let program = self.wine.program(tools::windows().join("hcn-namespace.exe")).args(args);
        program.env("HCN_RECORD", r"D:\record").envs(variables.iter().copied()).run()
    }

    fn calls(&self) -> Vec<String> {
        std::fs::read_to_string(&self.log).unwrap().lines().map(str::to_owned).collect()
    }
}

#[test]
fn create_sends_the_schema_version_alone_closes_once_and_frees_what_it_was_given() {
    require!(Wine, WindowsArtefacts);
    let recorded = Recorded::new();
    let guid = crate::printed_guid(&recorded.run(&["create"], &[]));
    let v2 = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
    let calls = [
        format!("HcnCreateNamespace {v2}"),
        "open".to_owned(),
        format!("HcnQueryNamespaceProperties {v2}"),
        format!(r#"text {{"ID":"{}"}}"#, guid.to_uppercase()),
        "free".to_owned(),
        "close".to_owned(),
    ];
    assert_eq!(recorded.calls(), calls);
}

#[test]
fn a_refusals_record_is_read_shown_and_freed() {
    require!(Wine, WindowsArtefacts);
    let recorded = Recorded::new();
    let refused = recorded.run(&["create"], &[("HCN_REFUSE", "1")]);
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot create a namespace: the service cannot use the document (0x803B001B HCN_E_INVALID_JSON: Not on a Sunday 😴.); leave out members that this Windows release does not know
    ");
    assert_eq!(recorded.calls()[2..], ["free"], "nothing was opened, so nothing is closed or deleted");
}

#[test]
fn a_function_that_the_dll_lacks_is_named() {
    require!(Wine, WindowsArtefacts);
    let refused = Recorded::new().run(&["list"], &[]);
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 1
    stderr: hcn-namespace: cannot list the namespaces: this Windows release does not implement the call (0x80004001 E_NOTIMPL: computenetwork.dll has no function HcnEnumerateNamespaces)
    ");
}
