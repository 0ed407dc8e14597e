//! Words of the commands that doctor offers, for the shell of the host.

use std::path::Path;

use crate::os::Os;

/// A word, so that sh or PowerShell reads it as it is.
pub(crate) fn quoted(os: Os, text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/\\._-:=".contains(c);
    match os {
        _ if !text.is_empty() && text.chars().all(is_plain) => text.to_owned(),
        Os::Linux => format!("'{}'", text.replace('\'', r"'\''")),
        Os::Windows => format!("'{}'", text.replace('\'', "''")),
    }
}

/// A path, likewise.
pub(crate) fn path(os: Os, path: &Path) -> String {
    quoted(os, &path.to_string_lossy())
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
}
