//! Reading the journal.

use std::path::Path;

use serde_json::Value;

/// Every line so far.
pub(crate) fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The calls of these names, in order.
pub(crate) fn calls<'a>(lines: &'a [Value], names: &[&str]) -> Vec<&'a Value> {
    let wanted = |line: &&Value| line["call"].as_str().is_some_and(|call| names.contains(&call));
    lines.iter().filter(wanted).collect()
}

/// The rules that a client broke.
pub(crate) fn violations(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["violation"].as_str()).collect()
}
