//! What a document may contain: one table per kind, one pass over the text.
//!
//! The pass refuses as the service does (`{{Field,UnknownField}}`, `{{Field,ExpectedObject}}`) and writes the
//! document anew in its canonical spelling: the tables' member names, names for ordinals, no nulls, no blanks.
//! What a table calls [`Is::Any`] keeps its bytes but for blanks. Only then is it parsed into a typed document.

mod check;
pub(crate) mod endpoint;
mod json;
pub(crate) mod modify;
pub(crate) mod namespace;
pub(crate) mod network;
mod policy;
pub(crate) mod query;

pub(crate) use check::canonical;
pub(crate) use json::member_of;

use hcn::Code;

use crate::profile::Since;

/// An object's members.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) &'static [Member]);

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    name: &'static str,
    is: Is,
    /// Older releases call it unknown.
    since: Since,
}

/// A member that every release has.
pub(crate) const fn member(name: &'static str, is: Is) -> Member {
    Member { name, is, since: Since::ALWAYS }
}

/// A member that a later release brought.
pub(crate) const fn newer(name: &'static str, is: Is, since: Since) -> Member {
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
    /// An object of a type of these by ordinal, and the type's settings, whose bytes stay.
    Policy(&'static [policy::PolicyShape]),
    List(&'static Is),
}

/// The names of an enum, by ordinal.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) known: &'static [(&'static str, Since)],
    /// The code that refuses other names.
    pub(crate) otherwise: Code,
}

/// An enum whose other names make the document unusable.
pub(crate) const fn names(known: &'static [(&'static str, Since)]) -> Names {
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
