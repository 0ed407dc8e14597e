//! Rules about packages: licences that may be shipped, a line in ARCHITECTURE.md for each direct dependency;
//! versions that are there twice are reported.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

use super::File;
use crate::{home, process, say};

/// Licences that ask for no more than their text. An expression is fine when one of its alternatives is.
const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
];

/// What is wrong, one line each.
pub(super) fn breaches(files: &[File]) -> Result<Vec<String>> {
    let metadata = process::capture(&mut home::cargo("metadata --format-version 1 --locked"))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cannot read cargo's metadata")?;
    let packages: Vec<&Value> = metadata["packages"].as_array().into_iter().flatten().collect();
    let table = files.iter().find(|file| file.path == "ARCHITECTURE.md").map_or("", |file| &file.text);
    report_duplicates(&packages);
    let mut breaches = licence_breaches(&packages);
    breaches.extend(unexplained(&direct_dependencies(&packages), table));
    Ok(breaches)
}

fn text<'a>(package: &'a Value, member: &str) -> &'a str {
    package[member].as_str().unwrap_or_default()
}

fn licence_breaches(packages: &[&Value]) -> Vec<String> {
    let bad = packages.iter().filter(|package| !is_free(text(package, "license")));
    bad.map(|package| format!("{}: licence `{}`", text(package, "name"), text(package, "license"))).collect()
}

/// Alternatives by `OR` or `/`, parts by `AND`.
fn is_free(expression: &str) -> bool {
    let part_is_free = |part: &str| {
        let part = part.trim().trim_matches(['(', ')']);
        part.split(" OR ").any(|licence| LICENCES.contains(&licence.trim().trim_matches(['(', ')'])))
    };
    expression.replace('/', " OR ").split(" AND ").all(part_is_free)
}

/// Names of what the workspace's own packages name in their manifests.
fn direct_dependencies(packages: &[&Value]) -> BTreeSet<String> {
    let ours = packages.iter().filter(|package| package["source"].is_null());
    let dependencies = ours.flat_map(|package| package["dependencies"].as_array().into_iter().flatten());
    let foreign = dependencies.filter(|dependency| !dependency["source"].is_null());
    foreign.map(|dependency| text(dependency, "name").to_owned()).collect()
}

/// Those that no row of a table names.
fn unexplained(dependencies: &BTreeSet<String>, architecture: &str) -> Vec<String> {
    let rows: Vec<&str> = architecture.lines().filter(|line| line.starts_with('|')).collect();
    let joins = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let named = |name: &&String| rows.iter().any(|row| row.split(|c| !joins(c)).any(|word| word == *name));
    let missing = dependencies.iter().filter(|name| !named(name));
    missing.map(|name| format!("ARCHITECTURE.md: no row of the dependency table names {name}")).collect()
}

/// A report, no breach: another package's choice may leave no way out.
fn report_duplicates(packages: &[&Value]) {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(text(package, "name")).or_default().insert(text(package, "version"));
    }
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let versions: Vec<&str> = versions.iter().copied().collect();
        say::note(&format!("{name} is there in versions {}", versions.join(" and ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_free_alternative_is_enough_but_every_part_must_have_one() {
        assert!(is_free("MIT OR GPL-3.0") && is_free("MIT/Apache-2.0"));
        assert!(is_free("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_free("GPL-3.0") && !is_free("MIT AND GPL-3.0") && !is_free(""));
    }

    #[test]
    fn a_dependency_is_explained_by_a_row_that_names_it_whole() {
        let dependencies = BTreeSet::from(["serde".to_owned(), "tokio".to_owned()]);
        let missing = unexplained(&dependencies, "serde and tokio\n| serde_json | `tokio` |\n");
        assert_eq!(missing, ["ARCHITECTURE.md: no row of the dependency table names serde"]);
    }
}
