//! Words of the commands that doctor offers, for the shell of the host.

use std::path::Path;

use super::check::Fix;
use super::facts::Facts;
use crate::os::Os;
use crate::shell::doubled;
pub(crate) use crate::shell::quoted;

/// A path, so that the shell reads it as one word.
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
    fn a_file_is_removed_whatever_its_name_is() {
        assert_eq!(remove(Os::Linux, "/a b".as_ref()), "rm -- '/a b'");
        assert_eq!(remove(Os::Windows, r"C:\x".as_ref()), r"Remove-Item -LiteralPath C:\x");
    }
}
