//! Rules about one file: its front paragraph, paths of somebody's machine, unfinished business, `unsafe` only
//! where the architecture allows it.

use super::File;

/// Where `unsafe` may stand: files, and folders with a slash at the end.
const UNSAFE: &[&str] = &[
    "crates/hcn/src/dll.rs",
    "crates/hcn/src/dll/",
    "crates/hcn-dll/",
    "crates/hcn-cni/src/sys/",
    "crates/hcn/src/sync/pipe.rs",
    "crates/hcn/src/sync/registry.rs",
    "crates/hcn-cli/src/sys/",
    "crates/hcn-lockprobe/src/lock/windows.rs",
    "crates/hcn-test/src/namespaces.rs",
];

/// Folders of the machines that the project was made on. In pieces, or this file would break its own rule.
const MACHINES: &[[&str; 2]] = &[["/wo", "rk/"], ["/tm", "p/w/"], ["/tm", "p/t/"], ["/ro", "ot/.cargo"]];

/// Words of unfinished business.
const UNFINISHED: &[[&str; 2]] = &[["TO", "DO"], ["FIX", "ME"], ["XX", "X:"]];

/// What is wrong with a file, one line each.
pub(super) fn breaches(file: &File) -> Vec<String> {
    let mut breaches = Vec::new();
    let is_rust = file.path.ends_with(".rs");
    if is_rust && !is_generated(file) && !has_front_paragraph(&file.text) {
        breaches.push(format!("{}: no `//!` paragraph at its front", file.path));
    }
    for (number, line) in file.text.lines().enumerate() {
        let place = || format!("{}:{}", file.path, number + 1);
        if let Some(path) = first_in(line, MACHINES) {
            breaches.push(format!("{}: a path of somebody's machine: {path}", place()));
        }
        if let Some(word) = first_in(line, UNFINISHED).filter(|word| is_a_word(line, word)) {
            breaches.push(format!("{}: {word} (do it, or say nothing)", place()));
        }
        if is_rust && says_unsafe(line) && !may_be_unsafe(&file.path) {
            breaches.push(format!("{}: `unsafe` outside the files that may", place()));
        }
    }
    breaches
}

/// How many guesses the files mark.
pub(super) fn guesses(files: &[File]) -> usize {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.map(|file| file.text.matches(concat!("INFER", "RED:")).count()).sum()
}

/// Attributes may come first (`#![forbid(unsafe_code)]`), code may not.
fn has_front_paragraph(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("#!"));
    lines.next().is_some_and(|line| line.starts_with("//!") || line.starts_with("/*!"))
}

/// protox's and prost's output.
fn is_generated(file: &File) -> bool {
    file.path.contains("/src/pb/") || file.text.starts_with(concat!("// @gene", "rated"))
}

fn first_in(line: &str, words: &[[&str; 2]]) -> Option<String> {
    words.iter().map(|halves| halves.concat()).find(|word| line.contains(word))
}

/// Not a part of a longer word.
fn is_a_word(line: &str, word: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

/// As code: what stands in comments and strings is text about it.
fn says_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let outside_strings: String = code.split('"').step_by(2).collect();
    is_a_word(&outside_strings, "unsafe")
}

fn may_be_unsafe(path: &str) -> bool {
    UNSAFE.iter().any(|allowed| path == *allowed || allowed.ends_with('/') && path.starts_with(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches_of(path: &str, text: &str) -> Vec<String> {
        breaches(&File { path: path.into(), text: text.into() })
    }

    #[test]
    fn a_tidy_file_has_no_breach() {
        let text = "#![forbid(unsafe_code)]\n//! What it is.\n// unsafe is a word here\nfn f() {}\n";
        assert_eq!(breaches_of("crates/hcn/src/lib.rs", text), [""; 0]);
    }

    #[test]
    fn each_breach_is_named_with_its_line() {
        let text = ["fn f() {}", "// TO\u{44}O", "unsafe fn g() {}", "// see /wo\u{72}k/x"].join("\n");
        let found = breaches_of("crates/hcn/src/x.rs", &text);
        let places: Vec<_> = found.iter().filter_map(|breach| breach.split(' ').next()).collect();
        let file = "crates/hcn/src/x.rs";
        let expected = [format!("{file}:"), format!("{file}:2:"), format!("{file}:3:"), format!("{file}:4:")];
        assert_eq!(places, expected);
    }

    #[test]
    fn unsafe_stands_where_the_architecture_allows_it() {
        assert!(may_be_unsafe("crates/hcn-dll/src/network.rs") && may_be_unsafe("crates/hcn/src/dll.rs"));
        assert!(!may_be_unsafe("crates/hcn/src/dll.rs2") && !may_be_unsafe("crates/hcn-cli/src/system.rs"));
        assert!(!says_unsafe("#![deny(unsafe_code)] // unsafe") && says_unsafe("    unsafe { f() }"));
    }
}
