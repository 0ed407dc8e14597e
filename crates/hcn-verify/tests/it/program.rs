//! The program from outside, on an emulator's store in a file.

use std::sync::Arc;

use hcn::{Api, Hcn, Kind};
use hcn_emulator::Emulator;
use hcn_test::{Output, Program, Scratch};
use serde_json::Value;

use crate::store::dump;

fn verify(scratch: &Scratch, args: &[&str]) -> Output {
    let store = format!("emulator:{}", scratch.join("hns.db").display());
    let program = Program::new(env!("CARGO_BIN_EXE_hcn-verify")).args(args).env("HCN_HNS", store);
    program.current_dir(scratch.path()).scratch(scratch.path()).run()
}

fn report(scratch: &Scratch) -> Value {
    serde_json::from_slice(&std::fs::read(scratch.join("hcn-verify-report.json")).unwrap()).unwrap()
}

fn open(scratch: &Scratch) -> Arc<dyn Api> {
    Arc::new(Emulator::open(&scratch.join("hns.db")).unwrap())
}

#[test]
fn without_yes_it_tells_what_it_would_do_and_calls_nothing() {
    let scratch = Scratch::new();
    let told = verify(&scratch, &[]);
    assert_eq!((told.exit, told.stderr().as_str()), (3, "hcn-verify: nothing was called: `--yes` does it\n"));
    for case in hcn_verify::cases() {
        assert!(told.stdout().contains(case.id) && told.stdout().contains(case.asks), "{}", case.id);
    }
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0, "neither a store nor a report");
}

#[test]
fn with_yes_it_judges_and_leaves_a_report_and_no_object() {
    let scratch = Scratch::new();
    let judged = verify(&scratch, &["--yes", "--only", "story", "--only", "service.version"]);
    assert_eq!((judged.exit, judged.stderr().as_str()), (0, ""));
    insta::assert_snapshot!(judged.stdout(), @"no failure: 5 as expected, 0 findings, 0 failures, 0 skipped; HNS 9.2 on linux; the report is hcn-verify-report.json");
    let report = report(&scratch);
    assert_eq!((&report["state"], &report["summary"]["failure"]), (&"finished".into(), &0.into()));
    assert_eq!(report["cases"].as_array().unwrap().len(), 5);
    assert_eq!(dump(&*open(&scratch)), [""; 0]);
}

#[test]
fn every_call_of_the_report_has_its_text_its_code_and_its_time() {
    let scratch = Scratch::new();
    verify(&scratch, &["--yes", "--only", "membership.add.braces"]).success();
    let report = report(&scratch);
    let calls = report["cases"][0]["calls"].as_array().unwrap();
    let added = calls.iter().find(|call| call["function"] == "HcnModifyNamespace").unwrap();
    assert_eq!(
        (&added["code"], &added["code_name"]),
        (&"0x803B0019".into(), &"HCN_E_GUID_CONVERSION_FAILURE".into())
    );
    assert!(added["text"].as_str().unwrap().contains(r#""EndpointId":"{"#));
    assert!(added["record"].as_str().unwrap().contains(r#""ErrorCode":2151350297"#));
    assert!(calls.iter().all(|call| call["microseconds"].is_u64()));
}

#[test]
fn what_a_killed_run_left_keeps_its_report_and_is_removed_by_clean() {
    let scratch = Scratch::new();
    let hcn = Hcn::from_arc(open(&scratch));
    let left = hcn.namespaces().create(&hcn::Namespace::for_container()).unwrap().id.unwrap();
    let other = hcn.namespaces().create(&hcn::Namespace::for_container()).unwrap().id.unwrap();
    let named = hcn::Network {
        name: Some("hcn-verify-0000".to_owned()),
        schema_version: Some(hcn::SchemaVersion::V2),
        ..hcn::Network::default()
    };
    hcn.networks().create(&named).unwrap();
    let earlier = format!(
        r#"{{"program":"hcn-verify","state":"running","made":[{{"kind":"namespace","id":"{left}","state":"chosen"}}]}}"#
    );
    scratch.file("hcn-verify-report.json", earlier);
    insta::assert_snapshot!(verify(&scratch, &["--yes"]).snapshot(), @"
    exit 2
    stderr: hcn-verify: cannot begin: hcn-verify-report.json tells of objects that an earlier run left (1); remove them with `--clean --yes`, or name another file with `--report`
    ");
    assert_eq!(verify(&scratch, &["--clean"]).exit, 3);
    assert_eq!(hcn.namespaces().ids().unwrap().len(), 2, "not without --yes");
    let cleaned = verify(&scratch, &["--clean", "--yes"]).success();
    assert!(cleaned.stdout().starts_with(&format!("removed  namespace {left}\nremoved  network ")));
    assert_eq!(hcn.namespaces().ids().unwrap(), [other]);
    assert_eq!(
        serde_json::from_str::<Vec<hcn::Guid>>(&hcn.api().enumerate(Kind::Network, None).unwrap()).unwrap(),
        []
    );
    assert_eq!(
        verify(&scratch, &["--yes", "--only", "service.version"]).exit,
        0,
        "the report may be replaced now"
    );
}

#[test]
fn a_file_that_is_no_report_is_not_overwritten() {
    let scratch = Scratch::new();
    let precious = scratch.file("notes.json", "{}");
    let refused = verify(&scratch, &["--yes", "--report", "notes.json"]);
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 2
    stderr: hcn-verify: cannot use notes.json as the report: it is there and no report of hcn-verify; remove it, or name another file with `--report`
    ");
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "{}");
}

#[test]
fn a_report_that_cannot_be_written_is_said_and_nothing_is_made() {
    let scratch = Scratch::new();
    let refused = verify(&scratch, &["--yes", "--report", "absent/report.json"]);
    insta::assert_snapshot!(refused.snapshot(), @"
    exit 4
    stderr: hcn-verify: cannot write the report absent/report.json: No such file or directory (os error 2); name another file with `--report`
    ");
    assert_eq!(dump(&*open(&scratch)), [""; 0]);
}

#[test]
fn a_service_that_is_not_there_fails_one_case_and_skips_the_rest() {
    let scratch = Scratch::new();
    let refused = verify(&scratch, &["--yes", "--hns", "system"]);
    assert_eq!(refused.exit, 1);
    assert!(refused.stdout().contains("failure      service.answers"), "{}", refused.stdout());
    assert_eq!(report(&scratch)["summary"]["failure"], 1);
}

#[test]
fn a_container_is_run_by_the_hcn_that_is_named_where_containerd_answers() {
    let scratch = Scratch::new();
    let _listening = std::os::unix::net::UnixListener::bind(scratch.join("c.sock")).unwrap();
    let says = r#"echo "$@" >"$(dirname "$0")/words"; exit 7"#;
    let hcn = scratch.script("hcn", says).display().to_string();
    let address = scratch.join("c.sock").display().to_string();
    let only = ["--yes", "--only", "container", "--image", "busybox", "--hcn", &hcn, "--containerd"];
    let judged = verify(&scratch, &[&only[..], &[&*address]].concat());
    assert_eq!((judged.exit, &report(&scratch)["cases"][0]["seen"]), (0, &"exit 7".into()));
    let words = std::fs::read_to_string(scratch.join("words")).unwrap();
    assert!(words.starts_with(&format!("--address {address} run --quiet busybox hcn-verify-")), "{words}");
    let absent = verify(&scratch, &[&only[..], &["/nowhere/c.sock"]].concat());
    assert!(absent.stdout().contains("containerd does not answer at /nowhere/c.sock"), "{}", absent.stdout());
}

#[test]
fn what_hcn_itself_fails_at_is_a_failure_with_its_own_words() {
    let scratch = Scratch::new();
    let _listening = std::os::unix::net::UnixListener::bind(scratch.join("c.sock")).unwrap();
    let hcn = scratch.script("hcn", "echo 'hcn: no such image' >&2; exit 125").display().to_string();
    let address = scratch.join("c.sock").display().to_string();
    let args = ["--yes", "--only", "container", "--image", "x", "--hcn", &hcn, "--containerd", &address];
    assert_eq!(verify(&scratch, &args).exit, 1);
    assert_eq!(report(&scratch)["cases"][0]["seen"], "hcn: no such image");
}

/// The names of all members, at any depth.
fn members(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            object.iter().flat_map(|(name, value)| [vec![name.clone()], members(value)].concat()).collect()
        }
        Value::Array(values) => values.iter().flat_map(members).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_member_of_the_report_and_every_flag_is_documented() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify.md");
    let page = std::fs::read_to_string(page).unwrap();
    let scratch = Scratch::new();
    verify(&scratch, &["--yes", "--disruptive", "--only", "disruptive", "--only", "service"]).success();
    for name in members(&report(&scratch)) {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
    let help = verify(&scratch, &["--help"]).success().stdout();
    for flag in help.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
        let is_there = page.contains(flag.trim_end_matches([',', '.', ')']));
        assert!(is_there || ["--help", "--version"].contains(&flag), "{flag}");
    }
}
