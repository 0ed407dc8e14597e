//! What holds for all checks, and the page of the docs that is made of them.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::checks::ALL;
use super::facts::recorded::Recorded;
use super::*;
use crate::os::Os;

const FRONT: &str = "\
# hcn doctor

`hcn doctor` looks at this host and says why containers do not run here or have no network: what was seen, why it
matters, and what helps, mostly as a command to paste. It changes nothing, but for the files of the
[lock probe](lockprobe.md), which it removes. `--list` names the checks, `--explain ID` tells one, `--only ID` asks it
alone. `--config FILE` has it look at a config.json too, `--mount MOUNT` at a bind mount, `--image REF` at an image;
`--compare PATH` puts the mounts' volumes beside that of a folder that works (see [lock-files.md](lock-files.md));
`--in-container` tries lock files inside a container of that image as well. For programs there is `-o json`; its fields are
in [doctor.schema.json](doctor.schema.json), and ids and fields stay as they are.

It exits with 0 without failures, with 1 with one, with 2 for wrong usage, with 125 when doctor itself failed, and with 128
and the number of a signal that came since the lock probe began: its files and its container are removed first. A third
signal lets go of what does not end. What you name is looked at by a process of its own first; a file system that has not
answered that within ten seconds is named, and nothing is tried on it.

A check answers *ok*, *warning* (it works, and will or may not for long), *failure* (it does not work), *skipped* (another
check tells why it could not be asked, or there was nothing to ask about) or *not available* (this host has no such thing,
or no way to ask).

This page is made from the checks (`crates/hcn-cli/src/doctor/checks/`) by the test that compares the two:
`HCN_BLESS=1 cargo nextest run -p hcn-cli doctor`.
";

/// What the ids begin with.
const SOURCES: &[&str] = &["cni.", "config.", "containerd.", "hcn.", "image.", "linux.", "lock.", "mount."];

fn page() -> String {
    let mut page = format!("{FRONT}\n| check | systems | what is looked at |\n|---|---|---|\n");
    for about in ALL.iter().map(|check| check.about()) {
        let (id, anchor) = (about.id, about.page().replace("docs/doctor.md", ""));
        writeln!(page, "| [{id}]({anchor}) | {} | {} |", about.systems.name(), about.title).unwrap();
    }
    for About { id, title, why, fix, .. } in ALL.iter().map(|check| check.about()) {
        write!(page, "\n## {id}\n\n- What: {title}.\n- Why it matters: {why}.\n- Its fix: {fix}.\n").unwrap();
    }
    page
}

#[test]
fn the_page_of_the_docs_says_what_the_checks_say() {
    hcn_test::page("doctor.md", &page());
}

#[test]
fn every_check_has_an_id_of_its_own_that_names_its_source_first() {
    let ids: Vec<_> = ALL.iter().map(|check| check.about().id).collect();
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
    let is_known = |id: &&str| SOURCES.iter().any(|source| id.starts_with(source));
    assert!(ids.iter().all(is_known), "{ids:?}");
}

fn examined(host: &Recorded) -> Report {
    examine(ALL, &host.facts())
}

#[test]
fn a_healthy_host_has_nothing_but_what_is_well() {
    let report = examined(&Recorded::healthy());
    assert_eq!(report.exit(), crate::exit::Exit::Success);
    let counted = (&report.json()["failures"], &report.json()["warnings"]);
    assert_eq!(counted, (&0.into(), &0.into()), "{}", report.text());
}

#[test]
fn a_check_of_linux_is_not_available_on_windows() {
    let windows = examined(&Recorded { os: Os::Windows, ..Recorded::healthy() });
    for answer in windows.answers.iter().filter(|answer| answer.about.id.starts_with("linux.")) {
        assert_eq!(answer.findings, [Finding::new(Status::NotAvailable, "only Linux has it")]);
    }
}

/// The schema's own lists are held against what a report has: every field is named there, and every field that the schema
/// demands is in the report.
pub(super) fn assert_conforms(report: &serde_json::Value) {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    conforms(&schema, &schema, report, "report");
}

#[test]
fn a_report_with_a_comparison_is_as_its_schema_says() {
    let mut compared = facts::recorded::volume::linux(|place| place.minds_case = Ok(false));
    let other = facts::recorded::volume::ext4("/srv/works");
    compared.places.push(("/srv/works".into(), std::rc::Rc::new(other)));
    compared.subject.compare = Some("/srv/works".into());
    assert_eq!(examined(&compared).comparisons.len(), 1);
    assert_conforms(&examined(&compared).json());
}

/// The file, with the ids of the checks that there are.
fn schema() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/doctor.schema.json");
    let schema = std::fs::read_to_string(path).unwrap();
    let (front, rest) = schema.split_once("\"id\": {").unwrap();
    let (kind, rest) = rest.split_once('[').unwrap();
    let (_, behind) = rest.split_once(']').unwrap();
    let ids = ALL.iter().map(|check| format!("\n            \"{}\"", check.about().id));
    let ids = ids.collect::<Vec<_>>().join(",");
    format!("{front}\"id\": {{{kind}[{ids}\n          ]{behind}")
}

#[test]
fn the_schema_names_the_checks_that_there_are() {
    hcn_test::page("doctor.schema.json", &schema());
}

/// As much of JSON Schema as that file uses; what it does not know it refuses.
fn conforms(root: &serde_json::Value, schema: &serde_json::Value, value: &serde_json::Value, place: &str) {
    for (word, says) in schema.as_object().unwrap() {
        match word.as_str() {
            "$schema" | "title" | "description" | "$defs" | "additionalProperties" => {}
            "$ref" => conforms(root, root.pointer(&says.as_str().unwrap()[1..]).unwrap(), value, place),
            "type" => assert_eq!(says, kind(value), "{place}"),
            "const" => assert_eq!(says, value, "{place}"),
            "enum" => assert!(says.as_array().unwrap().contains(value), "{place}: {value}"),
            "minItems" => {
                assert!(value.as_array().unwrap().len() as u64 >= says.as_u64().unwrap(), "{place}")
            }
            "items" => value.as_array().unwrap().iter().for_each(|one| conforms(root, says, one, place)),
            "required" => says.as_array().unwrap().iter().for_each(|name| {
                assert!(value.get(name.as_str().unwrap()).is_some(), "{place} has no {name}");
            }),
            "properties" => value.as_object().unwrap().iter().for_each(|(name, one)| {
                let said = says.get(name).unwrap_or_else(|| panic!("{place}.{name} is not in the schema"));
                conforms(root, said, one, &format!("{place}.{name}"));
            }),
            other => panic!("{place}: the schema says `{other}`"),
        }
    }
}

fn kind(value: &serde_json::Value) -> &'static str {
    match value {
        serde_json::Value::Object(_) => "object",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Number(_) => "integer",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Null => "null",
    }
}
