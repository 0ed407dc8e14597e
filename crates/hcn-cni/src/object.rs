//! A JSON object whose members keep their order and their bytes.
//!
//! Configuration and results pass through a runtime to programs it does not know; what it does not understand has to
//! arrive unchanged. A map of parsed values would sort keys, round large integers and merge duplicates.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// The members of a JSON object, in the order they came, each value with its bytes.
///
/// Where a key occurs more than once, [`get`](Object::get) answers the last value, as libcni does.
#[derive(Clone, Debug, Default)]
pub struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// No members.
    pub fn new() -> Object {
        Object::default()
    }

    /// Read an object from its text. The error is serde_json's, with line and column.
    pub fn parse(text: &str) -> Result<Object, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value of a member; the last one, should the key be there twice.
    pub fn get(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| &**value)
    }

    /// Put a member at the end, in place of every one of that name.
    ///
    /// At the end, because plugins written in Go take the last of the keys that differ only in case.
    pub fn set(&mut self, key: impl Into<String>, value: Box<RawValue>) {
        let key = key.into();
        self.remove(&key);
        self.0.push((key, value));
    }

    /// Put a text member at the end, in place of every one of that name.
    pub fn set_text(&mut self, key: impl Into<String>, value: &str) {
        self.set(key, raw(value));
    }

    /// Add a member without looking whether its key is there.
    pub(crate) fn push(&mut self, key: String, value: Box<RawValue>) {
        self.0.push((key, value));
    }

    /// Take every member of that name out.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    /// Is there no member?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every member, in order, duplicates included.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), &**value))
    }

    /// The text of a member: `None` when it is absent, an error that names it when it is no string.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, String> {
        let Some(value) = self.get(key) else { return Ok(None) };
        match serde_json::from_str(value.get()) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(format!("`{key}` must be a string, not {}", shown(value))),
        }
    }

    /// A boolean member, which may be written as a string in any case; `false` when absent.
    pub(crate) fn boolean(&self, key: &str) -> Result<bool, String> {
        let Some(value) = self.get(key) else { return Ok(false) };
        let text = value.get().trim_matches('"').to_ascii_lowercase();
        text.parse().map_err(|_| format!("`{key}` must be true or false, not {}", shown(value)))
    }

    /// The object as one JSON value.
    pub fn to_raw(&self) -> Box<RawValue> {
        raw(self)
    }
}

/// Two objects are equal when they have the same keys with the same bytes in the same order.
impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        self.iter().map(|(k, v)| (k, v.get())).eq(other.iter().map(|(k, v)| (k, v.get())))
    }
}

impl Eq for Object {}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut object = Object::new();
        while let Some((key, value)) = map.next_entry()? {
            object.push(key, value);
        }
        Ok(object)
    }
}

/// A value of ours as JSON.
pub(crate) fn raw<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    // Only maps with keys that are no strings and failing Serialize implementations make this fail; ours are neither.
    to_raw_value(value).expect("strings, numbers, lists and objects with text keys always serialise")
}

/// The start of a value, for a message.
pub(crate) fn shown(value: &RawValue) -> String {
    let mut text: String = value.get().chars().take(60).collect();
    if text.len() < value.get().len() {
        text.push('…');
    }
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_duplicates_and_odd_numbers_survive() {
        let text = r#"{"z":1e400,"a":123456789012345678901234567890,"z":[1, 2],"s":"\u00e9"}"#;
        let object = Object::parse(text).unwrap();
        assert_eq!(object.to_raw().get(), text);
        assert_eq!(object.get("z").unwrap().get(), "[1, 2]");
    }

    #[test]
    fn setting_replaces_every_member_of_that_name_and_moves_to_the_end() {
        let mut object = Object::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        object.set_text("a", "x");
        assert_eq!(object.to_raw().get(), r#"{"b":2,"a":"x"}"#);
    }

    #[test]
    fn booleans_may_be_strings_in_any_case() {
        let object = Object::parse(r#"{"a":true,"b":"FALSE","c":"True","d":1,"e":null}"#).unwrap();
        assert_eq!(object.boolean("a"), Ok(true));
        assert_eq!(object.boolean("b"), Ok(false));
        assert_eq!(object.boolean("c"), Ok(true));
        assert_eq!(object.boolean("absent"), Ok(false));
        assert_eq!(object.boolean("d"), Err("`d` must be true or false, not `1`".into()));
        assert_eq!(object.boolean("e"), Err("`e` must be true or false, not `null`".into()));
    }
}
