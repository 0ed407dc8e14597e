//! What a document may contain: one table per kind, one pass over the text.
//!
//! The pass refuses as the service does (`{{Field,UnknownField}}`, `{{Field,ExpectedObject}}`) and writes the
//! document anew in its canonical spelling: the tables' member names, names for ordinals, no nulls, no blanks.
//! What a table calls [`Is::Any`] keeps its bytes but for blanks. Only then is it parsed into a typed document.

mod check;
mod json;
pub(crate) mod modify;
pub(crate) mod namespace;
pub(crate) mod query;

pub(crate) use check::canonical;
pub(crate) use json::member_of;

use hcn::Code;

/// An object's members.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) &'static [Member]);

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) is: Is,
    /// The minor number of schema 2 that brought it; older services call it unknown.
    pub(crate) since: u32,
}

/// A member that schema 2.0 has.
pub(crate) const fn member(name: &'static str, is: Is) -> Member {
    Member { name, is, since: 0 }
}

/// A member that a later schema brought.
pub(crate) const fn newer(name: &'static str, is: Is, since: u32) -> Member {
    Member { name, is, since }
}

/// What a value has to be.
#[derive(Debug)]
pub(crate) enum Is {
    /// Anything; its bytes stay.
    Any,
    /// An object of any content; its bytes stay.
    AnyObject,
    Text,
    Guid,
    Bool,
    /// A whole number from 0 to this.
    Number(u64),
    /// One of these names, or its ordinal.
    Name(&'static Names),
    Object(&'static Shape),
    List(&'static Is),
}

/// The names of an enum, by ordinal.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) known: &'static [(&'static str, u32)],
    /// The code that refuses other names.
    pub(crate) otherwise: Code,
}

/// An enum whose other names make the document unusable.
pub(crate) const fn names(known: &'static [(&'static str, u32)]) -> Names {
    Names { known, otherwise: Code::INVALID_JSON }
}

/// `SchemaVersion`.
pub(crate) static SCHEMA_VERSION: Shape =
    Shape(&[member("Major", Is::Number(u32::MAX as u64)), member("Minor", Is::Number(u32::MAX as u64))]);

/// `Health`, which Go sends empty with every network.
static HEALTH: Shape = Shape(&[member("Data", Is::Any), member("Extra", Is::AnyObject)]);

/// The members that every top-level object has.
macro_rules! base_and {
    ($($member:expr),* $(,)?) => {
        $crate::shape::Shape(&[
            $crate::shape::member("ID", $crate::shape::Is::Guid),
            $crate::shape::member("Owner", $crate::shape::Is::Text),
            $crate::shape::member("Name", $crate::shape::Is::Text),
            $crate::shape::member("Version", $crate::shape::Is::Number(u64::MAX)),
            $crate::shape::member("AdditionalParams", $crate::shape::Is::AnyObject),
            $crate::shape::member("Health", $crate::shape::Is::Object(&$crate::shape::HEALTH)),
            $crate::shape::member("SchemaVersion", $crate::shape::Is::Object(&$crate::shape::SCHEMA_VERSION)),
            $crate::shape::member("Telemetry", $crate::shape::Is::AnyObject),
            $crate::shape::member("State", $crate::shape::Is::Number(u16::MAX as u64)),
            $($member),*
        ])
    };
}
pub(crate) use base_and;

#[cfg(test)]
mod tests;
