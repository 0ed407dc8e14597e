//! The runtime-spec's own examples, whole files and those between its paragraphs: not a byte of them changes but where
//! something is set, and no key of theirs may stand twice.

use std::path::Path;

use hcn_test::{require, tools};

use super::*;
use crate::spec::Step;

/// An example, and where it stands.
struct Example {
    from: String,
    text: String,
}

/// Its whole files, the one for z/OS included.
fn files() -> Vec<Example> {
    let folder = tools::runtime_spec().join("schema/test/config/good");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Example { from: shown_path(file), text: read(file) }).collect()
}

/// The blocks of its pages. Most show one member: in braces it is a document.
fn blocks() -> Vec<Example> {
    let pages = ["config.md", "config-linux.md", "config-windows.md", "config-solaris.md", "config-vm.md"];
    pages.iter().flat_map(|page| blocks_of(&tools::runtime_spec().join(page))).collect()
}

fn blocks_of(page: &Path) -> Vec<Example> {
    let (text, from) = (read(page), shown_path(page));
    let blocks =
        text.split("```json\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned()));
    let braced = blocks.map(|block| if block.starts_with('{') { block } else { format!("{{{block}}}") });
    braced.enumerate().map(|(at, text)| Example { from: format!("{from}, block {at}"), text }).collect()
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn shown_path(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

/// Those that are JSON; a page or two shows a comma too many.
fn examples() -> Vec<Example> {
    let is_json = |example: &Example| serde_json::from_str::<Value>(&example.text).is_ok();
    let (good, bad): (Vec<_>, Vec<_>) = files().into_iter().chain(blocks()).partition(is_json);
    assert!(good.len() >= 40 && bad.len() < 5, "{} are JSON, {} are not", good.len(), bad.len());
    for example in bad {
        Document::parse(example.text).map(drop).unwrap_err();
    }
    good
}

fn step(key: &Value) -> Step<'_> {
    match key {
        Value::String(key) => Step::Member(key),
        key => Step::Element(usize::try_from(key.as_u64().unwrap()).unwrap()),
    }
}

#[test]
fn the_runtime_spec_s_examples_keep_every_byte_around_what_is_set_and_set_back() {
    require!(RuntimeSpec);
    for Example { from, text } in examples() {
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut document = Document::parse(text.clone()).unwrap();
        for place in places(&value).iter().chain([&Vec::new()]) {
            let (mut read, path) = (value.clone(), place.iter().map(step).collect::<Vec<_>>());
            let there = at(&mut read, place);
            if there.is_object() {
                let inside = [&path[..], &[Step::Member("zz")]].concat();
                document.set(&inside, &json!([1])).unwrap();
                assert!(document.remove(&path, "zz").unwrap(), "{from}: {place:?}");
            } else if !there.is_array() {
                document.set(&path, &json!("another")).unwrap();
                assert_ne!(document.text(), text, "{from}: {place:?}");
                document.set(&path, there).unwrap();
            }
            assert_eq!(document.text(), text, "{from}: {place:?}");
        }
    }
}

#[test]
fn every_key_of_the_runtime_spec_s_examples_is_refused_where_it_stands_twice() {
    require!(RuntimeSpec);
    let mut keys = 0;
    for Example { from, text } in examples() {
        for document in with_each_key_twice(&text) {
            let found = check(&document, Os::Linux);
            let duplicates = found.iter().filter(|problem| problem.why.starts_with("stands there twice"));
            assert_eq!(duplicates.count(), 1, "{from}: {document}");
            Document::parse(document).unwrap_err();
            keys += 1;
        }
    }
    assert!(keys > 400, "{keys} keys");
}

#[test]
fn no_member_of_the_runtime_spec_s_whole_files_is_taken_for_one_of_a_wrong_kind() {
    require!(RuntimeSpec);
    for Example { from, text } in files() {
        let found = check(&text, Os::Linux);
        let of_shape = found.iter().filter(|problem| problem.kind == Kind::Shape).map(ToString::to_string);
        let told: Vec<_> = of_shape.filter(|told| !told.contains("a system that is not supported")).collect();
        assert_eq!(told, Vec::<String>::new(), "{from}");
    }
}
