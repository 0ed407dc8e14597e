//! The page of what nobody has seen on a real Windows: every `INFERRED:` of the sources, in docs/inferred.md. The
//! sources decide, the page follows: `cargo xtask tidy --write` makes it anew.

use std::fs;

use anyhow::{Context, Result};

use super::File;
use crate::home;

const PAGE: &str = "docs/inferred.md";

const FRONT: &str = "\
# What is inferred

Behaviours of Windows' Host Network Service, and of what belongs to it, that no source documents and nobody has seen:
each is decided at the one place named here, where it is easy to change, with what would settle it. `hcn-verify` asks a
real Windows about many of them. This page is made from the sources by `cargo xtask tidy --write`.
";

/// What the page lacks.
pub(super) fn breaches(files: &[File]) -> Vec<String> {
    let there = files.iter().find(|file| file.path == PAGE).map_or("", |file| &file.text);
    match there == page(files) {
        true => Vec::new(),
        false => vec![format!(
            "{PAGE}: does not say what the sources say; `cargo xtask tidy --write` makes it anew"
        )],
    }
}

/// Writes the page.
pub(super) fn write(files: &[File]) -> Result<()> {
    let path = home::workspace().join(PAGE);
    fs::write(&path, page(files)).with_context(|| format!("cannot write {}", path.display()))
}

fn page(files: &[File]) -> String {
    let mut page = FRONT.to_owned();
    let sources = files.iter().filter(|file| file.path.starts_with("crates/") && file.path.ends_with(".rs"));
    for file in sources {
        let guesses = guesses(&file.text);
        if !guesses.is_empty() {
            page.push_str(&format!("\n## {}\n\n", file.path));
            guesses.iter().for_each(|guess| page.push_str(&format!("- {guess}\n")));
        }
    }
    page
}

/// Each guess of a file on one line: from its mark to the next mark, or to the end of its paragraph.
fn guesses(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let comment =
            line.trim_start().strip_prefix("//").map(|rest| rest.trim_start_matches(['/', '!']).trim());
        open &= comment.is_some_and(|words| !words.is_empty());
        for (nth, words) in comment.unwrap_or_default().split("INFERRED:").enumerate() {
            match found.last_mut() {
                _ if nth > 0 => found.push(words.trim().to_owned()),
                Some(last) if open => *last = format!("{last} {}", words.trim()).trim().to_owned(),
                _ => {}
            }
            open |= nth > 0;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_ends_with_its_paragraph_or_where_the_next_begins() {
        let mark = "INFERRED:";
        let text = format!(
            "/// Known. {mark} one thing;\n/// asking settles it. {mark} another.\n///\n/// Known too.\nfn f() {{\n    // {mark} a third.\n}}"
        );
        assert_eq!(guesses(&text), ["one thing; asking settles it.", "another.", "a third."]);
    }

    #[test]
    fn the_page_names_the_file_of_each_guess() {
        let file = File { path: "crates/x/src/y.rs".into(), text: format!("// {} it is so.\n", "INFERRED:") };
        assert!(page(&[file]).ends_with("\n## crates/x/src/y.rs\n\n- it is so.\n"));
    }
}
