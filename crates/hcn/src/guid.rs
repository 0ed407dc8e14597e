//! GUIDs: one parser (any case, with or without braces), one spelling (lower case, no braces),
//! and a newtype per kind of object, so that an endpoint's id cannot stand for a network's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A GUID as the service writes it: lower case, no braces.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Guid(u128);

impl Guid {
    /// All zero: "no id" to the service.
    pub const ZERO: Self = Self(0);

    /// A random (version 4) GUID.
    pub fn random() -> Self {
        Self(uuid::Uuid::new_v4().as_u128())
    }

    /// From the number whose most significant byte is printed first.
    pub const fn from_u128(value: u128) -> Self {
        Self(value)
    }

    /// The number whose most significant byte is printed first.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// Is it all zero?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", uuid::Uuid::from_u128(self.0).hyphenated())
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guid({self})")
    }
}

/// The text is not a GUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidGuid(String);

impl fmt::Display for InvalidGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a GUID: 36 characters such as 6b29fc40-ca47-1067-b31d-00dd010662da, with or without braces",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for InvalidGuid {}

impl FromStr for Guid {
    type Err = InvalidGuid;

    fn from_str(text: &str) -> Result<Self, InvalidGuid> {
        let invalid = || InvalidGuid(text.chars().take(64).collect());
        let bare = match text.strip_prefix('{') {
            Some(open) => open.strip_suffix('}').ok_or_else(invalid)?,
            None => text,
        };
        if bare.len() != 36 {
            return Err(invalid());
        }
        uuid::Uuid::try_parse(bare).map(|id| Self(id.as_u128())).map_err(|_| invalid())
    }
}

impl Serialize for Guid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Guid);

        impl $name {
            /// A random id.
            pub fn random() -> Self {
                Self(Guid::random())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidGuid;

            fn from_str(text: &str) -> Result<Self, InvalidGuid> {
                text.parse().map(Self)
            }
        }

        impl From<Guid> for $name {
            fn from(guid: Guid) -> Self {
                Self(guid)
            }
        }

        impl From<$name> for Guid {
            fn from(id: $name) -> Guid {
                id.0
            }
        }
    )*};
}

ids! {
    /// The id of a network.
    NetworkId,
    /// The id of an endpoint.
    EndpointId,
    /// The id of a namespace: what `windows.network.networkNamespace` holds.
    NamespaceId,
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOWER: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";

    #[test]
    fn every_spelling_reads_as_the_lower_case_one_without_braces() {
        for text in
            [LOWER, &LOWER.to_uppercase(), &format!("{{{LOWER}}}"), &format!("{{{}}}", LOWER.to_uppercase())]
        {
            assert_eq!(text.parse::<Guid>().unwrap().to_string(), LOWER);
        }
    }

    #[test]
    fn other_texts_are_refused_by_name() {
        let simple = LOWER.replace('-', "");
        for text in ["", "nat", &LOWER[1..], &simple, &format!("{{{LOWER}"), &format!("{LOWER}}}"), "{}"] {
            let refused = text.parse::<Guid>().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("`{text}` is not a GUID")), "{refused}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_guid_reads_back_from_every_spelling(value in proptest::num::u128::ANY) {
            let guid = Guid::from_u128(value);
            let (lower, upper) = (guid.to_string(), guid.to_string().to_uppercase());
            for text in [format!("{{{lower}}}"), format!("{{{upper}}}"), lower, upper] {
                proptest::prop_assert_eq!(text.parse(), Ok(guid));
            }
        }

        #[test]
        fn any_text_is_a_guid_of_that_spelling_or_refused_by_name(text in "[-{}0-9a-fA-Fé]{0,40}|\\PC{0,80}") {
            match text.parse::<Guid>() {
                Ok(guid) => proptest::prop_assert!(text.to_lowercase().contains(&guid.to_string())),
                Err(refused) => proptest::prop_assert!(refused.to_string().contains("is not a GUID")),
            }
        }
    }

    #[test]
    fn random_ids_differ() {
        assert_ne!(NamespaceId::random(), NamespaceId::random());
    }
}
