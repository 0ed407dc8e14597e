//! Members that a document does not know: kept in order, duplicates included, each value byte for byte. A name is kept
//! as the text that it means: one that came with escapes which JSON does not need, as `\u0061`, is written without them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::SerializeMap;

use crate::Raw;

/// The unknown members of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(Vec<(Box<str>, Raw)>);

impl Extra {
    /// None?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many members, duplicates counted.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The members in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Raw)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The first member of this name.
    pub fn find(&self, name: &str) -> Option<&Raw> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Adds a member behind the others, even if there is one of its name.
    pub fn push(&mut self, name: &str, value: Raw) {
        self.0.push((name.into(), value));
    }

    /// Writes the members into an open object.
    pub(crate) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        self.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))
    }
}

/// A member's name, borrowed from the text where it holds no escape.
pub(crate) struct Key<'de>(Cow<'de, str>);

impl Key<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl<'de> de::Visitor<'de> for Name {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }

            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(name)))
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Name)
    }
}
