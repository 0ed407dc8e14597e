//! The `document!` macro: a struct of optional members with exact wire names, and everything else kept.

/// Declares a document. `: Base<Id>` puts the members that every object of the service has in front.
///
/// Wire names are written as given and, on input, matched without regard to ASCII case.
/// INFERRED: a client that writes `IPConfigurations` for `IpConfigurations` has its creates accepted, so the
/// service seems to ignore the case of names; reading the endpoint back on a real Windows would settle it.
macro_rules! document {
    ($(#[$meta:meta])* pub struct $name:ident : Base<$id:ty> { $($members:tt)* }) => {
        document! {
            $(#[$meta])*
            pub struct $name {
                /// The id. Absent on create: the argument of the call, else the service, chooses.
                id: $id = "ID",
                /// Who made it: free text.
                owner: String = "Owner",
                /// The name: free text.
                name: String = "Name",
                /// The service's version, `major << 32 | minor`. Read only.
                version: u64 = "Version",
                /// Parameters that belong to one sort of object, as they came.
                additional_params: $crate::Raw = "AdditionalParams",
                /// How the object is. Read only.
                health: $crate::Health = "Health",
                /// The schema that the document follows; absent or 0.0 makes the service read it as a V1 document.
                schema_version: $crate::SchemaVersion = "SchemaVersion",
                /// Measurements. Read only, rare.
                telemetry: $crate::Telemetry = "Telemetry",
                /// The object's state as a number: 1 is normal, 4 degraded. Read only.
                state: u16 = "State",
                $($members)*
            }
        }
    };
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* $field:ident : $ty:ty = $wire:literal),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: Option<$ty>,)*
            /// Members that hcn does not know, as they came; written after the others.
            pub extra: $crate::Extra,
        }

        impl $name {
            /// The wire names of the members that hcn knows, in the order in which they are written.
            pub const MEMBERS: &'static [&'static str] = &[$($wire),*];

            /// Reads a document.
            ///
            /// # Errors
            /// A text that is not JSON, or a member of the wrong type: the error names the member's path.
            pub fn from_json(text: &str) -> Result<Self, $crate::InvalidDocument> {
                $crate::InvalidDocument::check(text)
            }

            /// The document as compact JSON.
            pub fn to_json(&self) -> String {
                serde_json::to_string(self).expect("a document has text keys, and its parts cannot fail to be written")
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($wire, value)?;
                })*
                self.extra.write(&mut map)?;
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Members;

                impl<'de> serde::de::Visitor<'de> for Members {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        let mut read = $name::default();
                        while let Some(key) = map.next_key::<$crate::document::extra::Key<'de>>()? {
                            let key = key.as_str();
                            $(if key.eq_ignore_ascii_case($wire) {
                                if read.$field.is_some() {
                                    return Err(serde::de::Error::duplicate_field($wire));
                                }
                                read.$field = map.next_value()?;
                                continue;
                            })*
                            read.extra.push(key, map.next_value()?);
                        }
                        Ok(read)
                    }
                }

                deserializer.deserialize_map(Members)
            }
        }
    };
}

/// Declares an enum that takes names and ordinals, and keeps what it does not know behind `Unknown`.
///
/// The first variant is the service's default, which it leaves out of what it writes.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$doc:meta])* $variant:ident = $ordinal:literal $wire:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A name or number that hcn does not know, kept as it came.
            Unknown($crate::Unknown),
        }

        impl $name {
            /// The known values: name on the wire, ordinal, value.
            pub const KNOWN: &'static [(&'static str, u32, Self)] = &[$(($wire, $ordinal, Self::$variant)),*];

            /// The name on the wire; of an unknown ordinal its digits.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$variant => $wire,)*
                    Self::Unknown(unknown) => unknown.as_str(),
                }
            }

            /// The ordinal, where one is known.
            pub fn ordinal(&self) -> Option<u64> {
                match self {
                    $(Self::$variant => Some($ordinal),)*
                    Self::Unknown(unknown) => unknown.ordinal(),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::KNOWN[0].2.clone()
            }
        }

        impl From<$crate::Unknown> for $name {
            fn from(value: $crate::Unknown) -> Self {
                let known = Self::KNOWN.iter().find(|(name, ordinal, _)| value.is(name, *ordinal));
                known.map_or(Self::Unknown(value), |(_, _, known)| known.clone())
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            /// By name, in any case.
            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Ok($crate::Unknown::from(name).into())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    Self::Unknown(unknown) => unknown.serialize(serializer),
                    known => serializer.serialize_str(known.name()),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$crate::Unknown as serde::Deserialize>::deserialize(deserializer).map(Into::into)
            }
        }
    };
}
