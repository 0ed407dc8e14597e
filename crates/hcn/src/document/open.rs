//! What an open enum does not know: a name or an ordinal, kept as it came.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A name or ordinal that hcn does not know. Opaque, so that a later hcn may come to know it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown {
    text: Box<str>,
    ordinal: Option<u64>,
}

impl Unknown {
    /// The name; of an ordinal its digits.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ordinal, when it came as a number.
    pub fn ordinal(&self) -> Option<u64> {
        self.ordinal
    }

    /// Is it this name (in any case) or this ordinal?
    pub(crate) fn is(&self, name: &str, ordinal: u32) -> bool {
        match self.ordinal {
            Some(number) => number == u64::from(ordinal),
            None => self.text.eq_ignore_ascii_case(name),
        }
    }
}

impl From<&str> for Unknown {
    fn from(name: &str) -> Self {
        Self { text: name.into(), ordinal: None }
    }
}

impl From<u64> for Unknown {
    fn from(ordinal: u64) -> Self {
        Self { text: ordinal.to_string().into(), ordinal: Some(ordinal) }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Unknown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.ordinal {
            Some(ordinal) => serializer.serialize_u64(ordinal),
            None => serializer.serialize_str(&self.text),
        }
    }
}

impl<'de> Deserialize<'de> for Unknown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrOrdinal;

        impl de::Visitor<'_> for NameOrOrdinal {
            type Value = Unknown;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or an ordinal")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Unknown, E> {
                Ok(name.into())
            }

            fn visit_u64<E: de::Error>(self, ordinal: u64) -> Result<Unknown, E> {
                Ok(ordinal.into())
            }
        }

        deserializer.deserialize_any(NameOrOrdinal)
    }
}
