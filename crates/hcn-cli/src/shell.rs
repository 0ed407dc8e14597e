//! Words of commands that a user is given, for the shell of the host.

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

/// Text between quotes: PowerShell takes the typographic ones for plain ones, and two of a kind for one.
pub(crate) fn doubled(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    text.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 })).collect()
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
    }

    #[test]
    fn no_quote_that_powershell_knows_ends_a_word() {
        assert_eq!(
            quoted(Os::Windows, "D:\\Bob\u{2019}s 'new' cache"),
            "'D:\\Bob\u{2019}\u{2019}s ''new'' cache'"
        );
    }
}
