//! What the shipping programs import, held by a reviewed list: nothing newer than Server 2019 and no DLL of mingw's
//! may slip in, for a program with one missing import does not start at all.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// DLL, function and release, one a line, separated by tabs; `#` starts a remark.
const REVIEWED: &str = include_str!("imports/reviewed.tsv");

/// Windows releases up to Server 2019.
const RELEASES: &[&str] = &["XP", "Vista", "7", "8", "10"];

/// Refuses a program that imports what nobody has reviewed.
pub(crate) fn check(program: &Path) -> Result<()> {
    let dump = process::capture(Command::new("x86_64-w64-mingw32-objdump").arg("-p").arg(program))?;
    let imports = imports(&dump);
    if imports.is_empty() {
        bail!("{}: objdump shows no import at all; has its output changed?", program.display());
    }
    let strange: Vec<String> =
        imports.iter().filter(|(dll, function)| !is_reviewed(dll, function)).map(described).collect();
    if !strange.is_empty() {
        bail!(
            "{} imports what xtask/src/imports/reviewed.tsv does not list: {}; look up which Windows release brought \
             each, and add a line if Server 2019 has it",
            program.display(),
            strange.join(", ")
        );
    }
    Ok(())
}

fn described((dll, function): &(String, String)) -> String {
    format!("{dll}!{function}")
}

fn is_reviewed(dll: &str, function: &str) -> bool {
    rows().any(|row| row[..2] == [dll, function] && RELEASES.contains(&row[2]))
}

fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    let lines = REVIEWED.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

/// DLL (lower case) and function of each import in what `objdump -p` prints.
fn imports(dump: &str) -> Vec<(String, String)> {
    let mut dll = String::new();
    let mut found = Vec::new();
    for line in dump.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["DLL", "Name:", name] => dll = name.to_ascii_lowercase(),
            [] => dll.clear(),
            [address, hint, function] if !dll.is_empty() && is_hex(address) && is_number(hint) => {
                found.push((dll.clone(), function.to_owned()));
            }
            _ => {}
        }
    }
    found
}

fn is_hex(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_hexdigit())
}

fn is_number(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = "\tDLL Name: KERNEL32.dll\n\tvma:  Hint/Ord Member-Name Bound-To\n\t12bd632\t   20  CloseHandle\n\n\
        \tDLL Name: combase.dll\n\tvma:  Hint/Ord Member-Name Bound-To\n\t12bd633\t    1  CoTaskMemFree\n\n\
        \tnot\t  20  AnImport\n";

    #[test]
    fn imports_are_read_from_what_objdump_prints() {
        let read = imports(DUMP);
        let expected = [("kernel32.dll", "CloseHandle"), ("combase.dll", "CoTaskMemFree")];
        assert_eq!(read, expected.map(|(dll, function)| (dll.to_owned(), function.to_owned())));
    }

    #[test]
    fn each_reviewed_line_names_a_release_before_server_2019_once() {
        let lines = REVIEWED.lines().filter(|line| !line.starts_with('#')).count();
        let mut names: Vec<_> = rows().map(|[dll, function, _]| (dll, function)).collect();
        assert_eq!(names.len(), lines, "three words a line");
        assert!(rows().all(|[.., release]| RELEASES.contains(&release)));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), lines, "no line twice");
    }

    #[test]
    fn what_is_newer_or_of_mingw_is_not_reviewed() {
        assert!(is_reviewed("kernel32.dll", "CloseHandle"));
        assert!(!is_reviewed("kernel32.dll", "SetThreadDescriptionOfTomorrow"));
        assert!(!is_reviewed("libgcc_s_seh-1.dll", "_Unwind_Resume"));
    }
}
