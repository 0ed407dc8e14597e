//! Editing a JSON text in place: only the value that changes is replaced, every other byte stays, odd numbers,
//! escapes and blanks included.

use std::fmt;
use std::ops::Range;

use super::tree::{self, Content, Malformed, Member, Node};

/// One step of a path into a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// A member of an object.
    Member(&'a str),
    /// An element of an array.
    Element(usize),
}

/// A path into a document.
pub type Path<'a> = &'a [Step<'a>];

/// Why a value cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// A value on the way, or the value itself, is of another kind than it must be.
    Kind {
        /// Where it stands.
        path: String,
        /// What it must be.
        must_be: &'static str,
    },
    /// A member that differs from a known one in case only. Go reads it as that one, so it must not be ignored.
    Case {
        /// As it stands there.
        found: String,
        /// As it must be spelled.
        known: String,
    },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { path, must_be } => write!(f, "`{path}` is not {must_be}; correct it"),
            Self::Case { found, known } => {
                write!(
                    f,
                    "`{found}` is spelled in another case than containerd writes it; spell it `{known}`"
                )
            }
        }
    }
}

/// A JSON text and where everything in it is.
#[derive(Debug)]
pub struct Document {
    text: String,
    tree: Node,
}

impl Document {
    /// Read a text.
    ///
    /// # Errors
    /// It is not JSON, or a key stands twice in one object.
    pub fn parse(text: impl Into<String>) -> Result<Self, Malformed> {
        let text = text.into();
        let tree = tree::read(&text)?;
        Ok(Self { text, tree })
    }

    /// The text as it is now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text as it is now, as a value.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The text of a value; `null` reads as absent.
    ///
    /// # Errors
    /// [`Unfit`], for what stands on the way.
    pub fn get(&self, path: Path<'_>) -> Result<Option<&str>, Unfit> {
        Ok(self.find(path)?.map(|node| &self.text[node.span.clone()]).filter(|text| *text != "null"))
    }

    /// A text; absent and `null` are none.
    ///
    /// # Errors
    /// [`Unfit`]: it is no text, or for what stands on the way.
    pub fn text_at(&self, path: Path<'_>) -> Result<Option<String>, Unfit> {
        let unfit = || Unfit::Kind { path: spell(path), must_be: "a text" };
        self.get(path)?.map(|raw| serde_json::from_str(raw).map_err(|_| unfit())).transpose()
    }

    /// A boolean; absent and `null` are none.
    ///
    /// # Errors
    /// [`Unfit`]: it is no boolean, or for what stands on the way.
    pub fn bool_at(&self, path: Path<'_>) -> Result<Option<bool>, Unfit> {
        let unfit = || Unfit::Kind { path: spell(path), must_be: "true or false" };
        self.get(path)?.map(|raw| serde_json::from_str(raw).map_err(|_| unfit())).transpose()
    }

    /// How many elements an array has; absent is 0.
    ///
    /// # Errors
    /// [`Unfit`]: it is no array, or for what stands on the way.
    pub fn length(&self, path: Path<'_>) -> Result<usize, Unfit> {
        match self.find(path)?.map(|node| (&node.content, &self.text[node.span.clone()])) {
            None | Some((Content::Scalar, "null")) => Ok(0),
            Some((Content::Array(elements), _)) => Ok(elements.len()),
            Some(_) => Err(Unfit::Kind { path: spell(path), must_be: "an array" }),
        }
    }

    /// Put a value where the path leads; objects that are missing on the way are made, an element one beyond an
    /// array's end is appended.
    ///
    /// # Errors
    /// [`Unfit`], for what stands on the way.
    pub fn set(&mut self, path: Path<'_>, value: &serde_json::Value) -> Result<(), Unfit> {
        let known = self.known(path)?;
        let (way, missing) = path.split_at(known);
        match (self.find(way)?, missing) {
            (Some(node), []) => self.splice(node.span.clone(), &value.to_string()),
            (Some(node), [first, rest @ ..]) => {
                let (at, text) = self.insertion(node, *first, &nested(rest, value));
                self.splice(at, &text);
            }
            (None, _) => {} // `known` counts what is there
        }
        Ok(())
    }

    /// Take a member out of an object; true if it was there.
    ///
    /// # Errors
    /// [`Unfit`], for what stands on the way.
    pub fn remove(&mut self, object: Path<'_>, key: &str) -> Result<bool, Unfit> {
        let Some(members) = self.find(object)?.and_then(Node::members) else { return Ok(false) };
        let Some(at) = members.iter().position(|member| member.key == key) else { return Ok(false) };
        let items: Vec<_> = members.iter().map(|member| member.start..member.value.span.end).collect();
        self.splice(with_comma(&items, at), "");
        Ok(true)
    }

    /// Take an element out of an array; true if it was there.
    ///
    /// # Errors
    /// [`Unfit`], for what stands on the way.
    pub fn remove_element(&mut self, array: Path<'_>, at: usize) -> Result<bool, Unfit> {
        let Some(Content::Array(elements)) = self.find(array)?.map(|node| &node.content) else {
            return Ok(false);
        };
        let items: Vec<_> = elements.iter().map(|element| element.span.clone()).collect();
        if at >= items.len() {
            return Ok(false);
        }
        self.splice(with_comma(&items, at), "");
        Ok(true)
    }

    /// How many steps of the path are there. A `null` on the way counts as a place without members.
    fn known(&self, path: Path<'_>) -> Result<usize, Unfit> {
        for length in (0..=path.len()).rev() {
            if self.find(&path[..length])?.is_some() {
                return Ok(length);
            }
        }
        Ok(0)
    }

    fn find(&self, path: Path<'_>) -> Result<Option<&Node>, Unfit> {
        let mut node = &self.tree;
        for (depth, step) in path.iter().enumerate() {
            match self.child(node, &path[..=depth], *step)? {
                Some(child) => node = child,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    fn child<'a>(&self, node: &'a Node, path: Path<'_>, step: Step<'_>) -> Result<Option<&'a Node>, Unfit> {
        let parent = || spell(&path[..path.len() - 1]);
        match (&node.content, step) {
            (Content::Scalar, _) if &self.text[node.span.clone()] == "null" => Ok(None),
            (Content::Object(members), Step::Member(key)) => member(members, key, path),
            (Content::Array(elements), Step::Element(index)) => Ok(elements.get(index)),
            (_, Step::Member(_)) => Err(Unfit::Kind { path: parent(), must_be: "an object" }),
            (_, Step::Element(_)) => Err(Unfit::Kind { path: parent(), must_be: "an array" }),
        }
    }

    /// Where and what to write for a child that is not there.
    fn insertion(&self, node: &Node, step: Step<'_>, value: &str) -> (Range<usize>, String) {
        let item = child_text(step, value);
        let end = match &node.content {
            Content::Scalar => return (node.span.clone(), bracketed(step, &item)),
            Content::Object(members) => members.last().map(|member| member.value.span.end),
            Content::Array(elements) => elements.last().map(|element| element.span.end),
        };
        match end {
            Some(end) => (end..end, format!(",{item}")),
            None => (node.span.start + 1..node.span.start + 1, item),
        }
    }

    fn splice(&mut self, at: Range<usize>, text: &str) {
        self.text.replace_range(at, text);
        self.tree = tree::read(&self.text).expect("an edit of a valid document leaves a valid document");
    }
}

impl Node {
    fn members(&self) -> Option<&[Member]> {
        match &self.content {
            Content::Object(members) => Some(members),
            Content::Array(_) | Content::Scalar => None,
        }
    }
}

/// An item with one of the commas beside it.
fn with_comma(items: &[Range<usize>], at: usize) -> Range<usize> {
    match (at.checked_sub(1), items.get(at + 1)) {
        (_, Some(next)) => items[at].start..next.start,
        (Some(before), None) => items[before].end..items[at].end,
        (None, None) => items[at].clone(),
    }
}

/// A member by its exact name; one in another case is refused.
fn member<'a>(members: &'a [Member], key: &str, path: Path<'_>) -> Result<Option<&'a Node>, Unfit> {
    if let Some(other) = members.iter().find(|m| m.key != key && m.key.eq_ignore_ascii_case(key)) {
        return Err(Unfit::Case { found: spell_with(path, &other.key), known: spell(path) });
    }
    Ok(members.iter().find(|m| m.key == key).map(|m| &m.value))
}

/// The value inside objects and arrays made for the steps that lead to it.
fn nested(steps: &[Step<'_>], value: &serde_json::Value) -> String {
    let wrap = |text: String, step: &Step<'_>| bracketed(*step, &child_text(*step, &text));
    steps.iter().rev().fold(value.to_string(), wrap)
}

fn child_text(step: Step<'_>, value: &str) -> String {
    match step {
        Step::Member(key) => format!("{}:{value}", serde_json::Value::from(key)),
        Step::Element(_) => value.to_owned(),
    }
}

fn bracketed(step: Step<'_>, item: &str) -> String {
    match step {
        Step::Member(_) => format!("{{{item}}}"),
        Step::Element(_) => format!("[{item}]"),
    }
}

/// A path as a person writes it: `linux.namespaces[4].path`.
fn spell(path: Path<'_>) -> String {
    let text: String = path
        .iter()
        .map(|step| match step {
            Step::Member(key) => format!(".{key}"),
            Step::Element(index) => format!("[{index}]"),
        })
        .collect();
    match text.strip_prefix('.') {
        Some(text) => text.to_owned(),
        None if text.is_empty() => "the document".to_owned(),
        None => text,
    }
}

/// The same with another last member.
fn spell_with(path: Path<'_>, last: &str) -> String {
    let mut other = path.to_vec();
    other.pop();
    other.push(Step::Member(last));
    spell(&other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::Step::{Element, Member};
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse(text).unwrap()
    }

    #[test]
    fn a_value_is_replaced_and_its_siblings_keep_their_bytes() {
        let mut spec =
            document(r#"{ "a" : 1e400 , "w":{"x":"\u00e4","y" : "old" ,"z":18446744073709551616}}"#);
        spec.set(&[Member("w"), Member("y")], &json!("new")).unwrap();
        assert_eq!(
            spec.text(),
            r#"{ "a" : 1e400 , "w":{"x":"\u00e4","y" : "new" ,"z":18446744073709551616}}"#
        );
    }

    #[test]
    fn objects_on_the_way_are_made() {
        for (before, after) in [
            ("{}", r#"{"w":{"n":{"id":"x"}}}"#),
            ("{ \"a\": 1 }", r#"{ "a": 1,"w":{"n":{"id":"x"}} }"#),
            (r#"{"w":null}"#, r#"{"w":{"n":{"id":"x"}}}"#),
            (r#"{"w":{}}"#, r#"{"w":{"n":{"id":"x"}}}"#),
        ] {
            let mut spec = document(before);
            spec.set(&[Member("w"), Member("n"), Member("id")], &json!("x")).unwrap();
            assert_eq!(spec.text(), after);
        }
    }

    #[test]
    fn an_element_beyond_the_end_is_appended() {
        let mut spec = document(r#"{"l":[ {"type":"pid"} ]}"#);
        spec.set(&[Member("l"), Element(1)], &json!({"type": "network"})).unwrap();
        assert_eq!(spec.text(), r#"{"l":[ {"type":"pid"},{"type":"network"} ]}"#);
    }

    #[test]
    fn a_member_is_removed_with_one_comma() {
        for (before, after) in [
            (r#"{"m":{"type":"bind","x":1}}"#, r#"{"m":{"x":1}}"#),
            (r#"{"m":{"x":1, "type":"bind"}}"#, r#"{"m":{"x":1}}"#),
            (r#"{"m":{ "type":"bind" }}"#, r#"{"m":{  }}"#),
        ] {
            let mut spec = document(before);
            assert!(spec.remove(&[Member("m")], "type").unwrap());
            assert_eq!(spec.text(), after);
            assert!(!spec.remove(&[Member("m")], "type").unwrap(), "it is gone");
        }
    }

    #[test]
    fn an_element_is_removed_with_one_comma() {
        for (before, at, after) in [
            (r#"{"l":[1, 2]}"#, 0, r#"{"l":[2]}"#),
            (r#"{"l":[1, 2 ]}"#, 1, r#"{"l":[1 ]}"#),
            (r#"{"l":[ 1 ]}"#, 0, r#"{"l":[  ]}"#),
        ] {
            let mut spec = document(before);
            assert!(spec.remove_element(&[Member("l")], at).unwrap());
            assert_eq!(spec.text(), after);
            assert!(!spec.remove_element(&[Member("l")], 7).unwrap(), "there are fewer");
        }
    }

    #[test]
    fn a_duplicate_key_is_refused_however_it_is_spelled() {
        let text = "{\"windows\":{\"network\":[{}, {\"a\":1,\n  \"\\u0061\":2}]}}";
        let refused = Document::parse(text).unwrap_err();
        assert_eq!(refused, Malformed::Duplicate { path: "windows.network[1].a".into(), line: 2, column: 3 });
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let refused = Document::parse("{\n \"a\": nope}").unwrap_err();
        assert_eq!(refused, Malformed::Syntax { line: 2, column: 8, why: "expected ident".into() });
        assert_eq!(Document::parse("[".repeat(100) + &"]".repeat(100)).unwrap_err(), Malformed::TooDeep);
    }

    #[test]
    fn a_member_in_another_case_is_refused_because_go_reads_it() {
        let spec = document(r#"{"windows":{"Network":{}}}"#);
        let refused = spec.get(&[Member("windows"), Member("network")]).unwrap_err();
        assert_eq!(refused, Unfit::Case { found: "windows.Network".into(), known: "windows.network".into() });
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        let spec = document(r#"{"linux":{"namespaces":{}}}"#);
        let refused = spec.length(&[Member("linux"), Member("namespaces")]).unwrap_err();
        assert_eq!(refused.to_string(), "`linux.namespaces` is not an array; correct it");
    }

    /// JSON texts with odd numbers, escapes and blanks.
    fn json_text() -> impl Strategy<Value = String> {
        let blank = "[ \t\n]{0,2}";
        let scalar = prop_oneof![
            Just("null".to_owned()),
            Just("1e400".to_owned()),
            Just("-0.10e+07".to_owned()),
            Just(r#""\ud800 \/ ä\\\"""#.to_owned()),
            "[0-9]{1,30}".prop_map(|digits| format!("1{digits}")),
        ];
        scalar.prop_recursive(4, 24, 4, move |inner| {
            let item = (blank, inner, blank).prop_map(|(before, value, after)| before + &value + &after);
            let members = prop::collection::vec(item.clone(), 0..4).prop_map(|values| {
                let members: Vec<_> =
                    values.iter().enumerate().map(|(i, v)| format!(" \"k{i}\" :{v}")).collect();
                format!("{{{}}}", members.join(","))
            });
            let elements =
                prop::collection::vec(item, 0..4).prop_map(|values| format!("[{}]", values.join(",")));
            prop_oneof![members, elements]
        })
    }

    proptest! {
        #[test]
        fn an_edit_leaves_every_other_byte(before in json_text(), old in json_text(), after in json_text()) {
            let around = |value: &str| format!("{{\"before\":{before}, \"w\" : {{ \"id\":{value}}},\"after\":{after} }}");
            let mut spec = document(&around(&old));
            spec.set(&[Member("w"), Member("id")], &json!("new")).unwrap();
            prop_assert_eq!(spec.text(), around("\"new\""));
            prop_assert_eq!(spec.text_at(&[Member("w"), Member("id")]), Ok(Some("new".to_owned())));
        }

        #[test]
        fn an_insertion_leaves_every_other_byte(value in json_text()) {
            let mut spec = document(&format!("{{\"a\":{value}}}"));
            spec.set(&[Member("w"), Member("id")], &json!(1)).unwrap();
            prop_assert_eq!(spec.text(), format!("{{\"a\":{value},\"w\":{{\"id\":1}}}}"));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "[\\[\\]{}\":,\\\\a0 \n]{0,40}") {
            prop_assert_eq!(Document::parse(text.clone()).is_ok(),
                serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok() && !has_duplicate(&text));
        }
    }

    /// The walk's own answer: only a duplicate may make valid JSON fail.
    fn has_duplicate(text: &str) -> bool {
        matches!(Document::parse(text), Err(Malformed::Duplicate { .. }))
    }
}
