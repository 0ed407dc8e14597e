//! Documents as answers: in the dialect that the query chose.
//!
//! The store keeps V2 documents; what follows from other rows (an endpoint's namespace, a namespace's resources)
//! is added here. V1 documents are made from the same facts, with sorted members as the service's samples have.

pub(crate) mod older;
mod v1;
mod v2;

use hcn::SchemaVersion;
use serde_json::Value;

use crate::refusal::Ruling;
use crate::shape::member_of;
use crate::store::{Object, Tx};

/// The form of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The older HNS form.
    #[default]
    V1,
    /// The documents of computenetwork.dll.
    V2,
}

impl Dialect {
    /// Absent and 0.x mean V1, and so does 1.x.
    pub(crate) fn of(version: Option<SchemaVersion>) -> Self {
        if version.unwrap_or_default().major >= 2 { Self::V2 } else { Self::V1 }
    }

    /// The dialect that a document to create is written in. A text that is no document is refused later.
    pub(crate) fn of_document(text: &str) -> Self {
        let version = member_of(text, "SchemaVersion");
        Self::of(version.and_then(|version| serde_json::from_str(version).ok()))
    }
}

/// The object's document.
pub(crate) fn render(tx: &Tx<'_>, object: &Object, dialect: Dialect) -> Ruling<String> {
    match dialect {
        Dialect::V1 => Ok(v1::render(tx, object)?.to_string()),
        Dialect::V2 => v2::render(tx, object),
    }
}

/// What a filter looks at: the V1 document, whatever dialect the query asks for.
pub(crate) fn canonical(tx: &Tx<'_>, object: &Object) -> Ruling<Value> {
    v1::render(tx, object)
}
