//! docs/kinds.md: what can be done with each kind of object, through the library, the emulator and the command. Every
//! cell of the table is done here, and looked after, before the page may say it.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod command;

use std::fmt::Write as _;

use hcn_emulator::Emulator;
use hcn_stand_in::caller;
use hcn_stand_in::user::VERBS;
use hcn_test::{Wine, require, tools};

const KINDS: [&str; 3] = ["network", "endpoint", "namespace"];

const FRONT: &str = "\
# What can be done with which object

Each cell was done by the test that makes this page (`crates/hcn-cli/tests/it/kinds.rs`), which looked afterwards
whether it had happened: the library's by a Windows program under Wine, through our `computenetwork.dll` in system32;
the emulator's by another, which calls the functions that the DLL exports one by one, JSON in and JSON out; the
command's by `hcn.exe` under Wine, a process a command.
`ID` stands for the object's id. A request to modify goes to the service as it is: `{\"ResourceType\":…,\"RequestType\":…,
\"Settings\":…}`; to a namespace the endpoint is added by `hcn namespace attach`, too.
";

#[test]
fn every_kind_can_be_created_listed_read_found_modified_and_deleted() {
    require!(Wine, WindowsArtefacts, StandIns);
    let wine = Wine::new().unwrap();
    assert_eq!(user(&wine, &[]), all_done(), "the library under Wine");
    assert_eq!(user(&wine, &["calls"]), all_done(), "the emulator's exports under Wine");
    assert_eq!(command::told(&wine), all_done(), "the command under Wine");
    hcn_test::page("kinds.md", &page());
}

fn all_done() -> String {
    let lines = KINDS.iter().flat_map(|kind| VERBS.iter().map(move |verb| format!("{kind} {verb} done\n")));
    lines.collect()
}

#[test]
fn the_emulator_does_all_of_it_in_one_process_too() {
    assert_eq!(caller::told(&Emulator::in_memory()).unwrap(), all_done());
}

/// What the library's user tells, or who makes its calls by hand.
fn user(wine: &Wine, words: &[&str]) -> String {
    wine.program(tools::windows().join("test/library-user.exe")).args(words).run().success().stdout()
}

/// The exports that a verb takes.
fn exports(noun: &str, verb: &str) -> String {
    match verb {
        "create" => format!("HcnCreate{noun}"),
        "list" => format!("HcnEnumerate{noun}s"),
        "get" => format!("HcnOpen{noun}, HcnQuery{noun}Properties"),
        "find" => format!("HcnEnumerate{noun}s with Filter"),
        "modify" => format!("HcnOpen{noun}, HcnModify{noun}"),
        _ => format!("HcnDelete{noun}"),
    }
}

fn page() -> String {
    let mut page = FRONT.to_owned();
    for kind in KINDS {
        let noun = kind[..1].to_uppercase() + &kind[1..];
        let _ = write!(page, "\n## {noun}s\n\n| | library | emulator | command |\n|---|---|---|---|\n");
        for verb in VERBS {
            let shown = [in_rust(kind, verb), exports(&noun, verb), command::shown(kind, verb)];
            let _ = writeln!(page, "| {verb} | `{}` |", shown.join("` | `"));
        }
    }
    page
}

fn in_rust(kind: &str, verb: &str) -> String {
    let call = match verb {
        "create" => "create(&document)",
        "list" => "list()",
        "get" => "get(id)",
        "find" => "find(name)",
        "modify" => "modify(id, &request)",
        _ => "delete(id)",
    };
    format!("hcn.{kind}s().{call}")
}
