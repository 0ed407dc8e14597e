//! What is wrong with documents, all of it at once; and that nothing is wrong with good ones, which round trip.

mod examples;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::spec::{Change, Document, Mount, template};

/// Whole specs, with every member that the specification names: of the kind that its own text shows.
const EXAMPLES: [&str; 2] = [include_str!("linux.json"), include_str!("windows.json")];

fn shown(text: &str, os: Os) -> String {
    check(text, os).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_is_wrong_with_whole_specs() {
    for example in EXAMPLES {
        assert_eq!(shown(example, Os::HOST), "");
    }
}

/// The document with a second member of the same key in each of its objects in turn, one document each.
fn with_each_key_twice(text: &str) -> Vec<String> {
    let mut documents = Vec::new();
    let value: Value = serde_json::from_str(text).unwrap();
    let keys = count(&value);
    for wanted in 0..keys {
        let mut left = wanted;
        documents.push(twice(&value, &mut left));
    }
    documents
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|value| 1 + count(value)).sum(),
        Value::Array(elements) => elements.iter().map(count).sum(),
        _ => 0,
    }
}

/// JSON of a value in which the member of that number stands twice.
fn twice(value: &Value, left: &mut usize) -> String {
    match value {
        Value::Object(members) => {
            let mut parts = Vec::new();
            for (key, value) in members {
                let here = *left == 0;
                *left = left.wrapping_sub(1);
                let member = format!("{}:{}", json!(key), twice(value, left));
                parts.extend(std::iter::repeat_n(member, if here { 2 } else { 1 }));
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(elements) => {
            let parts: Vec<_> = elements.iter().map(|element| twice(element, left)).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn every_key_of_the_examples_is_refused_where_it_stands_twice() {
    for example in EXAMPLES {
        let documents = with_each_key_twice(example);
        assert!(documents.len() > 40, "{} keys", documents.len());
        for document in documents {
            let found = check(&document, Os::HOST);
            let duplicates = found.iter().filter(|problem| problem.why.starts_with("stands there twice"));
            assert_eq!(duplicates.count(), 1, "{document}");
            Document::parse(document).unwrap_err();
        }
    }
}

/// Every place of a value, as a list of keys and indices.
fn places(value: &Value) -> Vec<Vec<Value>> {
    let below = |key: Value, value: &Value| {
        let mut found = vec![vec![key.clone()]];
        found.extend(places(value).into_iter().map(|rest| [vec![key.clone()], rest].concat()));
        found
    };
    match value {
        Value::Object(members) => members.iter().flat_map(|(key, value)| below(json!(key), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().flat_map(|(at, v)| below(json!(at), v)).collect()
        }
        _ => Vec::new(),
    }
}

fn at<'a>(value: &'a mut Value, place: &[Value]) -> &'a mut Value {
    place.iter().fold(value, |value, key| match key {
        Value::String(key) => &mut value[key.as_str()],
        key => &mut value[key.as_u64().unwrap() as usize],
    })
}

#[test]
fn every_member_of_a_wrong_kind_is_named_and_none_makes_it_panic() {
    for example in EXAMPLES {
        let whole: Value = serde_json::from_str(example).unwrap();
        for place in places(&whole) {
            // What the credentials are, nobody looks at.
            if place[..].starts_with(&[json!("windows"), json!("credentialSpec")]) {
                continue;
            }
            let mut document = whole.clone();
            let value = at(&mut document, &place);
            *value = if value.is_array() { json!(-1.5) } else { json!([-1.5]) };
            let found = check(&document.to_string(), Os::HOST);
            assert!(found.iter().any(|problem| problem.kind == Kind::Shape), "{place:?}: {found:?}");
        }
    }
}

#[test]
fn everything_that_is_wrong_on_linux_is_told_at_once() {
    let text = r#"{"ociVersion":"2.0.0","linux":{"Seccomp":{},"namespaces":[{"type":"network","path":"ns"},{"type":"network"},{"type":"net"},{}],
        "resources":{"memory":{"limit":"1G"},"devices":[{"access":"rx","allow":0}]},"rootfsPropagation":"shred","maskedPaths":["proc"]},
        "process":{"args":[""],"cwd":"tmp","env":["A","=B","C=\u0000"],"user":{"uid":-1,"gid":1e3},"capabilities":{"bounding":["net_admin"]},
        "rlimits":[{"type":"NOFILE","soft":2,"hard":1},{"hard":"x"}]},
        "hostname":"lab","mounts":[{"type":"bind","source":"/a","destination":"b"},{"source":"/a"}],"hooks":{"poststop":[{"path":"x","timeout":0}]},"vm":{}}"#;
    insta::assert_snapshot!(shown(text, Os::HOST), @r#"
    `linux.Seccomp` is spelled in another case than containerd writes it; spell it `seccomp`
    `linux.resources.memory.limit` is "1G", not a whole number in range; write a number from -9223372036854775808 to 9223372036854775807
    `linux.resources.devices[0].allow` is 0, not true or false; write true or false there
    `process.user.uid` is -1, not a whole number in range; write a number from 0 to 4294967295
    `process.user.gid` is 1e3, not a whole number in range; write a number from 0 to 4294967295
    `process.rlimits[1].hard` is "x", not a whole number in range; write a number from 0 to 18446744073709551615
    `hooks.poststop[0].timeout` is 0, not a whole number in range; write a number from 1 to 9223372036854775807
    `vm` is of a system that is not supported; remove it
    `ociVersion` is 2.0.0, and runtimes know version 1; write a version such as 1.1.0
    `process.args[0]` is empty; write the program's name or path
    `process.cwd` is "tmp", which is not absolute; write the whole path, from /
    `process.env[0]` is no NAME=VALUE; write the value behind a `=`, or remove it
    `process.env[1]` has no name in front of its `=`; write NAME=VALUE
    `process.env[2]` holds a NUL character; take it out
    `process.capabilities.bounding[0]` is "net_admin", which is no capability; write CAP_NET_ADMIN
    `process.rlimits[0].type` is "NOFILE", which is no limit; write one such as RLIMIT_NOFILE
    `process.rlimits[0].soft` is 2, above the hard limit 1; lower it, or raise `hard`
    `process.rlimits[1].type` is missing; write which limit it is, such as RLIMIT_NOFILE
    `mounts[0].destination` is b, which is not absolute; write the whole path, from /
    `mounts[0].type` is `bind`, but no option says so; add `rbind` or `bind` to the mount's options
    `mounts[1].destination` is missing; write the whole path, from /
    `root.path` is missing; name the folder of the root file system
    `linux.namespaces[0].path` is "ns", which is not absolute; write the whole path
    `linux.namespaces[1].type` is `network` a second time; remove one of the two
    `linux.namespaces[2].type` is "net", which is not known there; write one of pid, network, mount, ipc, uts, user, cgroup, time
    `linux.namespaces[3].type` is missing; write one of pid, network, mount, ipc, uts, user, cgroup, time
    `hostname` is set, but the container has the host's UTS namespace; add {"type": "uts"} to `linux.namespaces`, or remove the name
    `linux.maskedPaths[0]` is "proc", which is not absolute; write the whole path
    `hooks.poststop[0].path` is "x", which is not absolute; write the whole path
    `linux.resources.devices[0].access` is "rx", and only r, w and m may stand in it; write one such as rwm
    `linux.rootfsPropagation` is "shred", which is not known there; write one of shared, rshared, slave, rslave, private, rprivate, unbindable, runbindable
    "#);
}

#[test]
fn everything_that_is_wrong_on_windows_is_told_at_once() {
    let text = r#"{"ociVersion":"one","root":{"path":"C:\\x"},"process":{"args":["cmd"],"commandLine":"cmd","cwd":"","user":{"username":7}},
        "mounts":[{"type":"bind","source":"D:\\a","destination":"data"},{"destination":"C:\\b"}],
        "windows":{"layerFolders":["C:\\a","b","c:\\A"],"network":{"networkNamespace":"lab","endpointList":["x"]},
        "resources":{"cpu":{"count":2,"maximum":20000}}}}"#;
    insta::assert_snapshot!(shown(text, Os::HOST), @r#"
    `process.user.username` is 7, not a text; write a text there
    `ociVersion` is "one", which is no version; write one such as 1.1.0
    `process.args` stands beside `process.commandLine`, and the shim uses that one; remove one of the two
    `mounts[0].destination` is data, which is not absolute; write the whole path, such as C:\data
    `mounts[0].type` is `bind`, which containerd's shims refuse on Windows; remove the member `type`
    `mounts[1].source` is missing; write the folder of the host that is to be seen there
    `root.path` is set, but on Windows the shim mounts the layers and writes it itself; remove it
    `windows.layerFolders[1]` is "b", which is not absolute; write the whole path
    `windows.layerFolders[2]` is c:\A a second time; remove one of the two
    `windows.network.networkNamespace` names no namespace: `lab` is not a GUID: 36 characters such as 6b29fc40-ca47-1067-b31d-00dd010662da, with or without braces; `hcn-namespace create` prints one
    `windows.network.endpointList` is not used, for the container joins `windows.network.networkNamespace`; remove one of the two
    `windows.resources.cpu` has `count` and `maximum`, and Windows takes one of them; keep one
    `windows.resources.cpu.maximum` is above 10000, the most that maximum may be; lower it
    "#);
}

#[test]
fn what_is_missing_is_told_and_what_is_no_spec_at_all_once() {
    insta::assert_snapshot!([shown("{}", Os::Linux), shown("{}", Os::Windows), shown("[]", Os::Linux), shown("null", Os::Linux),
        shown("", Os::Linux), shown(r#"{"a":1,"a":2,"b":{"c":1,"\u0063":2}}"#, Os::Linux)].join("\n\n"), @r#"
    `ociVersion` is missing; write the version that the spec follows, as in "1.1.0"
    `process` is missing; write what runs, at least args and cwd; `hcn spec` prints a whole one
    `root.path` is missing; name the folder of the root file system

    `ociVersion` is missing; write the version that the spec follows, as in "1.1.0"
    `process` is missing; write what runs, at least args and cwd; `hcn spec` prints a whole one
    `windows.layerFolders` is missing; list the read-only folders, top-most first, then the writable one: `ctr snapshot prepare --mounts KEY PARENT | hcn spec --snapshot -` does

    it is an array, not an object; write an object there

    it is null, not an object; write an object there

    line 1, column 0: EOF while parsing a value; correct it there

    `a` stands there twice, again in line 1, column 8; remove one of the two
    `b.c` stands there twice, again in line 1, column 25; remove one of the two
    `ociVersion` is missing; write the version that the spec follows, as in "1.1.0"
    `process` is missing; write what runs, at least args and cwd; `hcn spec` prints a whole one
    `root.path` is missing; name the folder of the root file system
    "#);
}

#[test]
fn large_deep_and_cut_documents_are_refused_in_one_sentence() {
    let deep = "[".repeat(1 << 20);
    insta::assert_snapshot!([shown(&deep, Os::Linux), shown(&format!("{deep}{}", "]".repeat(1 << 20)), Os::Linux)].join("\n"), @"
    line 1, column 1048576: EOF while parsing a list; correct it there
    it is nested more than 64 levels deep; no runtime spec is: name another file
    ");
    for example in EXAMPLES {
        for end in (1..example.trim_end().len()).filter(|end| example.is_char_boundary(*end)) {
            let found = check(&example[..end], Os::HOST);
            assert_eq!(found.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [Kind::Syntax], "{end}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.json");
    std::fs::write(&file, " ".repeat(10 << 20)).unwrap();
    let found: Vec<_> = check_file(&file, Os::Linux).iter().map(ToString::to_string).collect();
    assert_eq!(found, ["it is longer than 8 MiB; no such document is that long: name another file"]);
}

#[test]
fn a_hundred_problems_are_enough() {
    let elements = vec!["1"; 5000].join(",");
    assert_eq!(check(&format!(r#"{{"process":{{"env":[{elements}]}}}}"#), Os::Linux).len(), MOST);
}

/// JSON of anything: members nobody knows, odd numbers, escapes.
fn anything() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("1e400".to_owned()),
        Just("-0.10E+07".to_owned()),
        Just(r#""\ud800 \/ \u00e4\\\"""#.to_owned()),
        "[1-9][0-9]{0,40}",
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|list| format!("[ {} ]", list.join(" , "))),
            prop::collection::vec(inner, 0..3).prop_map(|list| {
                let members: Vec<_> =
                    list.iter().enumerate().map(|(at, v)| format!("\"\\u006b{at}\" :{v}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// The text with another member in front of everything, which nobody knows.
fn with_unknown(text: &str, member: &str) -> String {
    text.replacen('{', &format!("{{\"zz\\u002f\" : {member} ,"), 1)
}

proptest! {
    #[test]
    fn members_nobody_knows_are_nobody_s_business_and_keep_their_bytes(member in anything(), which in 0usize..2) {
        let text = with_unknown(EXAMPLES[which], &member);
        prop_assert_eq!(shown(&text, Os::HOST), "");
        let os = system_of(&text, Os::HOST);
        let mut document = Document::parse(text.clone()).unwrap();
        let mount = Mount { destination: "/x".into(), source: Some("/y".into()), ..Mount::default() };
        let change = Change { mounts: vec![mount], env: vec!["ZZ=1".into()], cwd: Some("/w".into()), ..Change::default() };
        change.apply(&mut document, os).unwrap();
        let changed = document.into_text();
        let head = format!("\"zz\\u002f\" : {member} ,");
        prop_assert!(changed.contains(&head));
        // Setting the same again finds everything in its place.
        let mut again = Document::parse(changed.clone()).unwrap();
        change.apply(&mut again, os).unwrap();
        prop_assert_eq!(again.into_text(), changed);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\":,\\\\a0 \n]{0,60}", anything in anything()) {
        let _ = check(&text, Os::Linux);
        for key in ["process", "mounts", "root", "linux", "windows", "hooks", "annotations", "hostname"] {
            let _ = check(&format!("{{\"{key}\":{anything}}}"), Os::Windows);
            let _ = check(&format!("{{\"{key}\":{anything}}}"), Os::Linux);
        }
    }
}

#[test]
fn a_default_with_everything_set_is_whole() {
    let mut document = Document::parse(template(Os::Windows)).unwrap();
    let files = crate::spec::Files::Layers(vec![r"C:\b".into(), r"C:\s".into()]);
    Change { files: Some(files), ..Change::default() }.apply(&mut document, Os::Windows).unwrap();
    assert_eq!(shown(document.text(), Os::Linux), "");
}
