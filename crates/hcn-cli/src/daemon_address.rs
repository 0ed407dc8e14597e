//! How the address of a daemon is written: one address in one way, for runs on the same daemon are told by it. That two
//! paths lead to one socket by a link is not looked for.

use crate::os::Os;

/// The address in the way that all of it are compared in: without a scheme, on Linux without idle slashes and dots, on
/// Windows, where pipes' names have no case, with backslashes and small letters. What can be none stays as it is, to be
/// quoted.
pub(crate) fn in_one_spelling(address: &str, os: Os) -> String {
    match os {
        Os::Linux => socket(address),
        Os::Windows => pipe(address),
    }
    .unwrap_or_else(|| address.to_owned())
}

/// A socket's path that begins where the command was typed, and would mean another one elsewhere.
pub(crate) fn relative_socket(address: &str, os: Os) -> Option<&str> {
    let path = address.strip_prefix("unix://").unwrap_or(address);
    let is_path = !path.is_empty() && !path.starts_with(['/', '\\']) && !path.contains("://");
    (os == Os::Linux && is_path).then_some(path)
}

fn socket(address: &str) -> Option<String> {
    let path = address.strip_prefix("unix://").unwrap_or(address).strip_prefix('/')?;
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    Some(parts.map(|part| format!("/{part}")).collect()).filter(|path: &String| !path.is_empty())
}

fn pipe(address: &str) -> Option<String> {
    let name = address.strip_prefix("npipe://").unwrap_or(address).replace('/', r"\").to_ascii_lowercase();
    name.starts_with(r"\\.\pipe\").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_one_however_it_is_written() {
        for text in ["/run/c/c.sock", "unix:///run/c/c.sock", "/run//c/./c.sock", "unix:////run/c/c.sock"] {
            assert_eq!(in_one_spelling(text, Os::Linux), "/run/c/c.sock", "{text}");
        }
    }

    #[test]
    fn a_pipe_is_one_however_it_is_written() {
        for text in [
            r"\\.\pipe\c-c",
            r"npipe://\\.\pipe\c-c",
            "npipe:////./pipe/c-c",
            "//./pipe/c-c",
            r"\\.\PIPE\C-c",
        ] {
            assert_eq!(in_one_spelling(text, Os::Windows), r"\\.\pipe\c-c", "{text}");
        }
    }

    #[test]
    fn what_can_be_no_address_stays_as_it_was_written() {
        for text in ["", "unix://", "/", "tcp://127.0.0.1:1", "c.sock", r"\\.\pipe\c"] {
            assert_eq!(in_one_spelling(text, Os::Linux), text);
        }
        for text in ["", "npipe://", "/run/c.sock", "tcp://127.0.0.1:1", r"\\Server\pipe\c", "C"] {
            assert_eq!(in_one_spelling(text, Os::Windows), text);
        }
    }

    #[test]
    fn a_socket_without_a_folder_of_its_own_is_known_as_such() {
        for (text, path) in [("c.sock", "c.sock"), ("unix://c.sock", "c.sock"), ("./a/c.sock", "./a/c.sock")]
        {
            assert_eq!(
                (relative_socket(text, Os::Linux), relative_socket(text, Os::Windows)),
                (Some(path), None)
            );
        }
        for text in ["", "unix://", "/c.sock", "unix:///c.sock", "tcp://c", r"\\.\pipe\c"] {
            assert_eq!(relative_socket(text, Os::Linux), None, "{text}");
        }
    }
}
