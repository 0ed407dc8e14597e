//! The program from outside: natively on the emulator, and as `hcn-namespace.exe` under Wine.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[cfg(unix)]
mod bad_input;
#[cfg(unix)]
mod native;
#[cfg(target_os = "linux")]
mod wine;
#[cfg(target_os = "linux")]
mod wire;

use hcn_test::{Output, Program, Scratch};

/// The program with a store of this scratch folder.
fn tool(scratch: &Scratch, args: &[&str]) -> Program {
    let store = format!("emulator:{}", scratch.join("hns.db").display());
    let program = Program::new(env!("CARGO_BIN_EXE_hcn-namespace")).args(args);
    program.env("HCN_HNS", store).scratch(scratch.path())
}

/// The GUID that a `create` printed: lower case, no braces, one line, and nothing else said.
#[track_caller]
fn printed_guid(created: &Output) -> String {
    let (stdout, stderr) = (created.stdout(), created.stderr());
    let guid = stdout.trim_end();
    assert_eq!((created.exit, stderr.as_str(), stdout.as_str()), (0, "", &*format!("{guid}\n")));
    let hex = |at: usize, c: char| {
        if [8, 13, 18, 23].contains(&at) { c == '-' } else { "0123456789abcdef".contains(c) }
    };
    assert!(guid.len() == 36 && guid.char_indices().all(|(at, c)| hex(at, c)), "{guid}");
    guid.to_owned()
}

/// The four commands: create, list, delete in braces and upper case, delete again.
fn four_commands(run: impl Fn(&[&str]) -> Output) {
    let guid = printed_guid(&run(&["create"]));
    let listed = run(&["list"]).success();
    assert_eq!(listed.stdout(), format!("{guid}\n"));
    let spelled = format!("{{{}}}", guid.to_uppercase());
    let deleted = run(&["delete", &spelled]);
    assert_eq!((deleted.exit, deleted.stdout().as_str(), deleted.stderr().as_str()), (0, "", ""));
    let gone = run(&["delete", &guid]);
    let line = format!(
        "hcn-namespace: cannot delete namespace `{guid}`: already gone (0x80070490 ERROR_NOT_FOUND); nothing is left to do\n"
    );
    assert_eq!((gone.exit, gone.stdout().as_str(), gone.stderr()), (1, "", line));
    assert_eq!(run(&["list"]).success().stdout(), "");
}
