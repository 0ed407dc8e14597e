//! JSON one level at a time, with every value's own text at hand: order, duplicates and spelling are kept.

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// What kind of value a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Object,
    List,
    Text,
    Number,
    Bool,
    Null,
}

/// The form of a value, by its first byte: the text was already found to be JSON.
pub(super) fn form(value: &RawValue) -> Form {
    match value.get().as_bytes().first() {
        Some(b'{') => Form::Object,
        Some(b'[') => Form::List,
        Some(b'"') => Form::Text,
        Some(b't' | b'f') => Form::Bool,
        Some(b'n') => Form::Null,
        _ => Form::Number,
    }
}

/// An object's members in order, duplicates included.
pub(super) fn members(object: &RawValue) -> serde_json::Result<Vec<(String, &RawValue)>> {
    serde_json::Deserializer::from_str(object.get()).deserialize_map(Members)
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

/// The text of one member of a document, whatever the case of its name.
pub(crate) fn member_of<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let members = members(serde_json::from_str(document).ok()?).ok()?;
    members.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.get())
}

/// A value without the blanks between its tokens; everything else keeps its bytes.
pub(super) fn compact(value: &RawValue) -> String {
    let mut inside_text = false;
    let mut escaped = false;
    let keep = |c: &char| {
        let blank = !inside_text && matches!(c, ' ' | '\t' | '\n' | '\r');
        if *c == '"' && !escaped {
            inside_text = !inside_text;
        }
        escaped = inside_text && *c == '\\' && !escaped;
        !blank
    };
    value.get().chars().filter(keep).collect()
}
