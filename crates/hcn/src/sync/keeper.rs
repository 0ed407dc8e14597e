//! The keeper of a utility VM: what it registered, and its pipe.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read, Write};

use super::registry;
use crate::NamespaceId;

/// ERROR_PIPE_NOT_CONNECTED.
const NOT_CONNECTED: i32 = 233;

/// Where keepers register, a key a namespace.
const REGISTERED: &str = r"SOFTWARE\Microsoft\runhcs\cni";

/// What was registered for the namespace; absent where nobody did.
pub(super) fn registered(namespace: NamespaceId) -> io::Result<Option<Vec<u8>>> {
    match registry::bytes(&format!(r"{REGISTERED}\{namespace}"), "cfg") {
        Ok(value) => Ok(Some(value)),
        absent => absent_is_none(absent.map(drop)),
    }
}

/// The answer to a request, read to its end; absent where nobody listens.
pub(super) fn ask(pipe: &str, request: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let mut stream = match OpenOptions::new().read(true).write(true).open(pipe) {
        Ok(stream) => stream,
        absent => return absent_is_none(absent.map(drop)),
    };
    stream.write_all(request)?;
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        // A keeper that disconnects, where others close: the end all the same.
        Err(error) if error.raw_os_error() != Some(NOT_CONNECTED) => Err(error),
        _ => Ok(Some(answer)),
    }
}

fn absent_is_none(opened: io::Result<()>) -> io::Result<Option<Vec<u8>>> {
    match opened {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}
