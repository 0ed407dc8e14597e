//! What an enumerate or a query may ask.

use hcn::{Code, SchemaVersion};
use serde::Deserialize;

use super::{Is, Names, SCHEMA_VERSION, Shape, Since, canonical, member, names};
use crate::dialect::Dialect;
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};

static FLAGS: Names = names(&[("None", Since::ALWAYS), ("Detailed", Since::ALWAYS)]);
static QUERY: Shape = Shape(&[
    member("SchemaVersion", Is::Object(&SCHEMA_VERSION)),
    member("Flags", Is::Name(&FLAGS)),
    member("Filter", Is::Text),
]);

/// A query, understood.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// The form of the documents in the answer.
    pub(crate) dialect: Dialect,
    /// The filter's text, itself a document.
    pub(crate) filter: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    schema_version: Option<SchemaVersion>,
    filter: Option<String>,
}

/// Understand a query. NULL asks for what `{}` asks for.
///
/// INFERRED: so does an empty text, which a client passes; an enumerate with one on a real Windows would settle it.
pub(crate) fn query(profile: &Profile, text: Option<&str>) -> Ruling<Query> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(Query::default()) };
    let text = canonical(profile, &QUERY, text)?;
    let asked: Asked = serde_json::from_str(&text).map_err(|_| Refusal::from(Code::INVALID_JSON))?;
    let dialect = Dialect::of(asked.schema_version);
    Ok(Query { dialect, filter: asked.filter.filter(|filter| !filter.is_empty()) })
}
