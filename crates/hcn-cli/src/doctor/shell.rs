//! Words of the commands that doctor offers, for the shell of the host.

use std::path::Path;

use super::check::Fix;
use super::facts::Facts;
use crate::os::Os;

/// A word, so that sh or PowerShell reads it as it is.
pub(crate) fn quoted(os: Os, text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/\\._-:=".contains(c);
    match os {
        _ if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Os::Linux => format!("'{}'", text.replace('\'', r"'\''")),
        Os::Windows => format!("'{}'", doubled(text)),
    }
}

/// PowerShell takes the typographic quotes for plain ones; two of a kind are one.
fn doubled(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    text.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 })).collect()
}

/// A path, likewise.
pub(crate) fn path(os: Os, path: &Path) -> String {
    quoted(os, &path.to_string_lossy())
}

/// Another command of hcn, that means the same daemon and the same runs.
pub(crate) fn hcn(facts: &Facts<'_>, command: &str) -> String {
    format!("hcn {command}{}", facts.flags)
}

/// The same as root, by whatever this host has for that. Whoever may use the daemon may do anything on the host: so no
/// fix gives its socket away.
pub(crate) fn as_root(facts: &Facts<'_>, command: &str) -> Fix {
    // By its path: sudo looks for programs in folders of its own.
    let words = format!("{} {command}{}", path(facts.os, &facts.host.own_program()), facts.flags);
    let has = |name| facts.host.program(name, &facts.host.path()).is_some();
    match () {
        () if facts.os == Os::Windows => Fix::advice("open the shell as administrator, or run hcn as one"),
        () if has("sudo") => Fix::command(format!("sudo -E {words}")),
        () if has("doas") => Fix::command(format!("doas {words}")),
        () if has("su") => Fix::command(format!("su -m -c {}", quoted(facts.os, &words))),
        () => Fix::advice(format!("log in as root, and run {words}")),
    }
}

/// Write a file with PowerShell, as UTF-8: its own commands put a byte order mark in front, which CNI's runtimes do not take.
pub(crate) fn written(file: &Path, text: &str) -> String {
    let file = doubled(&file.display().to_string());
    format!("[IO.File]::WriteAllText('{file}', @'\n{}\n'@)", text.trim_end())
}

/// Remove a file.
pub(crate) fn remove(os: Os, file: &Path) -> String {
    match os {
        Os::Linux => format!("rm -- {}", path(os, file)),
        Os::Windows => format!("Remove-Item -LiteralPath {}", path(os, file)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn root_is_become_by_what_there_is() {
        let with = |programs: &[&'static str]| {
            let host = Recorded { programs: programs.to_vec(), ..Recorded::healthy() };
            format!("{:?}", as_root(&Facts { flags: " --address '/a b'", ..host.facts() }, "gc"))
        };
        insta::assert_snapshot!([with(&["su", "sudo"]), with(&["doas"]), with(&["su"]), with(&[])].join("\n"), @r#"
        Command("sudo -E /usr/bin/hcn gc --address '/a b'")
        Command("doas /usr/bin/hcn gc --address '/a b'")
        Command("su -m -c '/usr/bin/hcn gc --address '\\''/a b'\\'''")
        Advice("log in as root, and run /usr/bin/hcn gc --address '/a b'")
        "#);
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted_in_its_way() {
        assert_eq!(quoted(Os::Linux, "/var/lib/cni"), "/var/lib/cni");
        assert_eq!(quoted(Os::Linux, "it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(Os::Windows, r"C:\Program Files"), r"'C:\Program Files'");
        assert_eq!(quoted(Os::Windows, "it's"), "'it''s'");
        assert_eq!(quoted(Os::Linux, ""), "''");
        assert_eq!(remove(Os::Linux, "/a b".as_ref()), "rm -- '/a b'");
        assert_eq!(remove(Os::Windows, r"C:\x".as_ref()), r"Remove-Item -LiteralPath C:\x");
    }

    #[test]
    fn no_quote_that_powershell_knows_ends_a_word() {
        assert_eq!(
            quoted(Os::Windows, "D:\\Bob\u{2019}s 'new' cache"),
            "'D:\\Bob\u{2019}\u{2019}s ''new'' cache'"
        );
    }
}
