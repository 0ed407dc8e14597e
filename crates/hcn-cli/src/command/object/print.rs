//! Objects on stdout: a table, the service's documents, names, or ids.

use hcn::Object;
use serde::Serialize;

use super::table::printable;
use super::{Format, Shape};
use crate::Failure;

/// An object that can be shown in full to people.
pub(in crate::command) trait Described: Object {
    /// What there is to say, a name and a value each; what is empty is left out.
    fn details(&self) -> Vec<(&'static str, String)>;
}

/// The objects in the shape that was asked for. `documents` are what JSON shows of them.
pub(in crate::command) fn print<T: Object, D: Serialize>(
    shape: Shape,
    objects: &[T],
    documents: &[D],
    table: impl FnOnce() -> String,
) -> Result<String, Failure> {
    match shape {
        Shape { quiet: true, .. } => Ok(objects.iter().map(|object| id(object) + "\n").collect()),
        Shape { output: Format::Name, .. } => Ok(objects.iter().map(|object| name(object) + "\n").collect()),
        Shape { output: Format::Json, .. } => json(documents),
        Shape { output: Format::Table, .. } => Ok(table()),
    }
}

fn json<D: Serialize>(documents: &[D]) -> Result<String, Failure> {
    let failed = |why| Failure::new(crate::exit::Exit::Failure, format!("cannot print JSON: {why}"));
    serde_json::to_string_pretty(documents).map(|text| text + "\n").map_err(failed)
}

pub(super) fn id<T: Object>(object: &T) -> String {
    object.id().map(|id| id.to_string()).unwrap_or_default()
}

fn name<T: Object>(object: &T) -> String {
    match object.name().filter(|name| !name.is_empty()) {
        Some(name) => printable(name),
        None => id(object),
    }
}

/// All of each object, a line a value and an empty line between two.
pub(super) fn details<T: Described>(objects: &[T]) -> String {
    objects.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one<T: Described>(object: &T) -> String {
    let mut all = vec![("id", id(object)), ("name", object.name().unwrap_or_default().to_owned())];
    all.extend(object.details());
    all.retain(|(_, value)| !value.is_empty());
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    all.iter().map(|(name, value)| format!("{name:width$}  {}\n", printable(value))).collect()
}
