//! Pages of docs/ that a test makes: what the program knows decides, the page follows.

use std::path::Path;

/// Compares a page of docs/ with what it should say; with `HCN_BLESS=1` writes it.
///
/// # Panics
/// Where they differ.
#[track_caller]
pub fn page(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("HCN_BLESS").is_some() {
        std::fs::write(&path, text)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "docs/{name} is not what its test makes; `HCN_BLESS=1` with this test makes it anew"
    );
}
