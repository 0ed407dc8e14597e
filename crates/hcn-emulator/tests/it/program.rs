//! Its commands, exit codes and words.

use hcn_emulator::Emulator;
use hcn_test::{Output, Program, Scratch, Wine, require, tools};

use hcn::{Api, Guid, Kind};

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;

fn emulator(scratch: &Scratch, args: &[&str]) -> Output {
    let program = Program::new(env!("CARGO_BIN_EXE_hcn-emulator")).args(args);
    program.env("HCN_EMULATOR_STORE", scratch.join("hns.db")).run()
}

/// A store with one namespace.
fn filled(scratch: &Scratch) -> String {
    let hns = Emulator::open(&scratch.join("hns.db")).unwrap();
    hns.create(Kind::Namespace, None, Guid::from_u128(7), V2).unwrap();
    format!("{}\n", hns.dump().unwrap())
}

#[test]
fn a_store_goes_through_dump_reset_seed_and_check() {
    let scratch = Scratch::new();
    let dump = filled(&scratch);
    assert_eq!(emulator(&scratch, &["dump"]).success().stdout(), dump);
    std::fs::write(scratch.join("dump.json"), &dump).unwrap();
    assert_eq!(emulator(&scratch, &["reset"]).success().stdout(), "");
    let file = scratch.join("dump.json");
    emulator(&scratch, &["seed", file.to_str().unwrap()]).success();
    assert_eq!(emulator(&scratch, &["dump"]).success().stdout(), dump);
    assert_eq!(emulator(&scratch, &["check"]).success().stdout(), "");
    let again = emulator(&scratch, &["seed", file.to_str().unwrap()]);
    assert_eq!(again.exit, 1);
    assert_eq!(
        again.stderr(),
        "hcn-emulator: cannot seed the store: the store is not empty; `hcn-emulator reset` empties it\n"
    );
}

#[test]
fn a_store_that_is_not_there_is_not_made_but_by_seed() {
    let scratch = Scratch::new();
    for command in ["dump", "reset", "check"] {
        let refused = emulator(&scratch, &[command]);
        assert_eq!(refused.exit, 1);
        assert!(refused.stderr().contains("there is no store at `"), "{}", refused.stderr());
    }
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
    let other = scratch.join("other.db");
    let empty = r#"{"hcn-emulator-dump":1,"objects":[]}"#;
    let seed = Program::new(env!("CARGO_BIN_EXE_hcn-emulator")).args(["seed", "-", "--store"]);
    seed.arg(&other).stdin(empty.as_bytes()).run().success();
    assert!(other.is_file());
}

#[test]
fn a_dump_that_is_none_makes_no_store() {
    let scratch = Scratch::new();
    let orphan = r#"{"kind":"endpoint","id":"00000000-0000-0000-0000-000000000008","network":"00000000-0000-0000-0000-000000000009","document":{}}"#;
    let bad = scratch.file("bad.json", format!(r#"{{"hcn-emulator-dump":1,"objects":[{orphan}]}}"#));
    for (file, why) in [
        (bad, "endpoint 00000000-0000-0000-0000-000000000008: its network comes nowhere before it"),
        (scratch.file("worse.json", "{"), "it is no dump: EOF while parsing an object at line 1 column 1"),
    ] {
        let refused = emulator(&scratch, &["seed", file.to_str().unwrap()]);
        assert_eq!(
            (refused.exit, refused.stderr()),
            (1, format!("hcn-emulator: cannot seed the store: {why}\n"))
        );
    }
    let mut left: Vec<_> =
        std::fs::read_dir(scratch.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["bad.json", "worse.json"]);
}

#[test]
fn wrong_words_are_told_apart_from_a_wrong_store() {
    let scratch = Scratch::new();
    for (args, why) in [
        (&[][..], "a command is missing"),
        (&["seed"], "seed needs the file"),
        (&["check", "--strict"], "there is no flag `--strict`"),
        (&["list"], "no such command: `list`"),
        (&["dump", "--store"], "--store needs a path"),
    ] {
        let told = emulator(&scratch, args);
        assert_eq!((told.exit, told.stdout().as_str()), (2, ""));
        assert!(told.stderr().starts_with(&format!("hcn-emulator: {why}")), "{}", told.stderr());
    }
    assert!(emulator(&scratch, &["--help"]).success().stdout().starts_with("usage: hcn-emulator COMMAND"));
}

#[test]
fn what_is_wrong_with_a_store_is_printed_and_the_exit_code_says_so() {
    let scratch = Scratch::new();
    let dump = filled(&scratch).replace(r#""SchemaVersion""#, r#""Type":"HostDefault","SchemaVersion""#);
    emulator(&scratch, &["reset"]).success();
    std::fs::write(scratch.join("dump.json"), &dump).unwrap();
    emulator(&scratch, &["seed", scratch.join("dump.json").to_str().unwrap()]).success();
    let checked = emulator(&scratch, &["check"]);
    assert_eq!((checked.exit, checked.stderr().as_str()), (1, ""));
    assert_eq!(
        checked.stdout(),
        "namespace 00000000-0000-0000-0000-000000000007: the host's own namespace is 910f7d92-ba2d-4c3f-98ae-7c0ac590d2dc\n"
    );
}

#[test]
fn the_windows_program_reads_the_store_of_the_dll() {
    require!(Wine, WindowsArtefacts);
    let wine = Wine::new().unwrap();
    let made = wine.run("hcn-namespace", &["create"]).success().stdout();
    let run = |args: &[&str]| wine.program(tools::windows().join("wine/hcn-emulator.exe")).args(args).run();
    let dump = run(&["dump"]).success().stdout();
    assert!(dump.contains(made.trim()), "{dump}");
    assert_eq!(run(&["check"]).success().stdout(), "");
    run(&["reset"]).success();
    assert_eq!(wine.run("hcn-namespace", &["list"]).success().stdout(), "");
}
