//! Tables for people: columns as wide as their widest cell, a dash for nothing, and no control character.

use std::fmt;

/// Rows under a header.
#[derive(Debug)]
pub(in crate::command) struct Table {
    /// The columns' names.
    pub(in crate::command) header: Vec<&'static str>,
    /// The rows, each with a cell a column.
    pub(in crate::command) rows: Vec<Vec<String>>,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header.iter().map(ToString::to_string).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
        let all: Vec<&Vec<String>> = std::iter::once(&header).chain(&rows).collect();
        let widths: Vec<usize> = (0..self.header.len()).map(|column| width(&all, column)).collect();
        all.into_iter().try_for_each(|row| line(f, row, &widths))
    }
}

/// Two blanks between columns, none at the end.
fn line(f: &mut fmt::Formatter<'_>, row: &[String], widths: &[usize]) -> fmt::Result {
    let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
    writeln!(f, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())
}

fn width(rows: &[&Vec<String>], column: usize) -> usize {
    let cells = rows.iter().filter_map(|row| row.get(column));
    cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
}

fn cell(text: &str) -> String {
    match text {
        "" => "-".to_owned(),
        text => printable(text),
    }
}

/// The text with its control characters escaped: what others named must not move the cursor.
pub(super) fn printable(text: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// Several values in one cell.
pub(in crate::command) fn joined(values: impl IntoIterator<Item = impl ToString>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_nothing_is_a_dash() {
        let rows = [["a\u{1b}[2J\n", "", "x"], ["ä", "12345", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        insta::assert_snapshot!(Table { header: vec!["ONE", "TWO", "THREE"], rows }, @r"
        ONE           TWO    THREE
        a\u{1b}[2J\n  -      x
        ä             12345  -
        ");
    }
}
