//! Where the daemon listens: a Unix socket, or a named pipe on Windows.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::{Error, ErrorKind, sys};

/// The address of a daemon. The default is the system's: `/run/containerd/containerd.sock`, or
/// `\\.\pipe\containerd-containerd`.
///
/// It is parsed from a socket's path, with or without `unix://`; on Windows from a local pipe's name, with either sort of
/// slashes, with or without `npipe://`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// The socket's path or the pipe's name.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl Default for Address {
    fn default() -> Self {
        Self(sys::DEFAULT_ADDRESS.to_owned())
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = if cfg!(windows) { pipe(text) } else { socket(text) };
        let attempted = || format!("cannot use `{text}` as containerd's address");
        parsed.map(Self).map_err(|why| Error::new(ErrorKind::InvalidArgument, attempted(), why))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The longest path of a socket on Linux, in bytes, without the zero at its end.
const LONGEST_SOCKET: usize = 107;

fn socket(text: &str) -> Result<String, &'static str> {
    let path = text.strip_prefix("unix://").unwrap_or(text);
    match path {
        "" => Err("it is empty; give a socket's path, such as /run/containerd/containerd.sock"),
        path if path.contains("://") => Err("only Unix sockets work here; give a socket's path"),
        path if path.starts_with(r"\\") => Err("named pipes are Windows'; give a socket's path"),
        path if path.contains('\0') => Err("it contains a zero byte; give a socket's path"),
        path if path.len() > LONGEST_SOCKET => {
            Err("a socket's path has 107 bytes at most; give a shorter one")
        }
        path => Ok(path.to_owned()),
    }
}

fn pipe(text: &str) -> Result<String, &'static str> {
    const WANTED: &str =
        r"only local named pipes work here; give one, such as \\.\pipe\containerd-containerd";
    const PREFIX: &str = r"\\.\pipe\";
    let path = text.strip_prefix("npipe://").unwrap_or(text).replace('/', r"\");
    let (prefix, name) = path.split_at_checked(PREFIX.len()).ok_or(WANTED)?;
    match prefix.eq_ignore_ascii_case(PREFIX) && !name.is_empty() && !name.contains(['\\', '\0']) {
        true => Ok(format!("{PREFIX}{name}")),
        false => Err(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_socket_is_a_path_with_or_without_a_scheme() {
        assert_eq!(socket("/run/c.sock"), Ok("/run/c.sock".into()));
        assert_eq!(socket("unix:///run/c.sock"), Ok("/run/c.sock".into()));
        assert_eq!(socket("c.sock"), Ok("c.sock".into()));
    }

    #[test]
    fn what_is_no_socket_is_refused() {
        for text in ["", "unix://", "tcp://127.0.0.1:1", r"\\.\pipe\x", "a\0b", &"x".repeat(108)] {
            assert!(socket(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_pipe_may_be_spelled_in_any_usual_way() {
        for text in [
            r"\\.\pipe\c-c",
            "//./pipe/c-c",
            "npipe:////./pipe/c-c",
            r"npipe://\\.\pipe\c-c",
            r"\\.\PIPE\c-c",
        ] {
            assert_eq!(pipe(text), Ok(r"\\.\pipe\c-c".into()), "{text}");
        }
    }

    #[test]
    fn what_is_no_local_pipe_is_refused() {
        for text in [
            "",
            r"\\.\pipe\",
            r"\\server\pipe\c",
            r"\\.\pipe\a\b",
            "unix:///run/c.sock",
            "c-c",
            "ä".repeat(9).as_str(),
        ] {
            assert!(pipe(text).is_err(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_refused_address_is_named_with_what_to_give() {
        let error = "tcp://127.0.0.1:1".parse::<Address>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        insta::assert_snapshot!(error, @"cannot use `tcp://127.0.0.1:1` as containerd's address: only Unix sockets work here; give a socket's path");
    }

    proptest! {
        #[test]
        fn parsing_an_address_never_fails_otherwise(text in ".{0,40}") {
            for parsed in [socket(&text), pipe(&text)].into_iter().flatten() {
                prop_assert!(!parsed.is_empty());
            }
        }
    }
}
