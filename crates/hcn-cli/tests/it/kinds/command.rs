//! The command's column: `hcn.exe` under Wine, a process a command, on the store that they share.

use hcn_stand_in::user::VERBS;
use hcn_test::{Output, Wine};

use super::KINDS;

/// The words of a command; `ID` is the object's.
pub(super) fn shown(kind: &str, verb: &str) -> String {
    format!("hcn {kind} {}", words(kind, verb).join(" "))
}

fn words(kind: &str, verb: &str) -> Vec<&'static str> {
    match (verb, kind) {
        ("create", "network") => vec!["create", "lab", "--type", "L2Bridge", "--subnet", "10.7.0.0/24"],
        ("create", "endpoint") => vec!["create", "--network", "floor", "nic"],
        ("create", _) => vec!["create", "--file", "namespace.json"],
        ("list", _) => vec!["list"],
        ("get", _) => vec!["show", "ID"],
        ("find", _) => vec!["show", name(kind)],
        ("modify", _) => vec!["modify", "ID", "request.json"],
        _ => vec!["delete", "ID"],
    }
}

fn name(kind: &str) -> &'static str {
    match kind {
        "network" => "lab",
        "endpoint" => "nic",
        _ => "team",
    }
}

/// Does it all: a line for each kind and verb.
pub(super) fn told(wine: &Wine) -> String {
    let make = |words: &[&str]| hcn(wine, words).success().stdout().trim().to_owned();
    make(&["network", "create", "floor", "--type", "L2Bridge", "--subnet", "10.6.0.0/24"]);
    let guest = make(&["endpoint", "create", "--network", "floor", "guest"]);
    put(wine, "namespace.json", r#"{"Name":"team","SchemaVersion":{"Major":2,"Minor":0}}"#);
    KINDS.iter().map(|kind| story(wine, kind, &guest)).collect()
}

fn story(wine: &Wine, kind: &str, guest: &str) -> String {
    let (request, mark) = request(kind, guest);
    put(wine, "request.json", &request);
    let mut id = String::new();
    let mut lines = String::new();
    for verb in VERBS {
        let words = words(kind, verb);
        let words: Vec<&str> =
            words.iter().map(|word| if *word == "ID" { id.as_str() } else { word }).collect();
        let said = hcn(wine, &[&[kind], &words[..]].concat());
        let so = said.exit == 0 && happened(wine, (kind, verb), &said, (&mut id, &mark));
        let told = if so { "done".to_owned() } else { format!("{} {}", said.exit, said.stderr().trim()) };
        lines.push_str(&format!("{kind} {verb} {told}\n"));
    }
    lines
}

/// Did it do what it says?
fn happened(wine: &Wine, (kind, verb): (&str, &str), said: &Output, (id, mark): (&mut String, &str)) -> bool {
    let documents = || hcn(wine, &[kind, "show", id, "-o", "json"]);
    match verb {
        "create" => {
            *id = said.stdout().trim().to_owned();
            id.parse::<hcn::Guid>().is_ok()
        }
        "list" | "get" | "find" => said.stdout().contains(id.as_str()),
        "modify" => documents().stdout().contains(mark),
        _ => documents().exit != 0,
    }
}

/// A request to change one, and what its document holds then.
fn request(kind: &str, guest: &str) -> (String, String) {
    let (part, settings, mark) = match kind {
        "network" => {
            let adapter = r#"{"Type":"NetAdapterName","Settings":{"NetworkAdapterName":"Ethernet 2"}}"#;
            ("Policy", format!(r#"{{"Policies":[{adapter}]}}"#), "Ethernet 2".to_owned())
        }
        "endpoint" => {
            let rule = r#"{"Type":"ACL","Settings":{"Action":"Block","Direction":"Out"}}"#;
            ("Policy", format!(r#"{{"Policies":[{rule}]}}"#), "Block".to_owned())
        }
        _ => ("Endpoint", format!(r#"{{"EndpointId":"{guest}"}}"#), guest.to_uppercase()),
    };
    let request = format!(r#"{{"ResourceType":"{part}","RequestType":"Add","Settings":{settings}}}"#);
    (request, mark)
}

fn put(wine: &Wine, name: &str, text: &str) {
    std::fs::write(wine.drive_d().join(name), text).unwrap();
}

fn hcn(wine: &Wine, words: &[&str]) -> Output {
    let program = wine.program(hcn_test::tools::windows().join("hcn.exe"));
    program.args(words).current_dir(wine.drive_d()).run()
}
