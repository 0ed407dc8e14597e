//! The keeper of a utility VM: what it registered, and its pipe.

use std::io::{self, ErrorKind};
use std::thread;
use std::time::{Duration, Instant};

use super::exchange::exchange;
use super::pipe::Pipe;
use super::{PATIENCE, registry};
use crate::NamespaceId;

/// Where keepers register, a key a namespace.
const REGISTERED: &str = r"SOFTWARE\Microsoft\runhcs\cni";

/// ERROR_PIPE_BUSY: the keeper is about to listen again.
const BUSY: i32 = 231;

/// How long it may be about to.
const BUSY_FOR: Duration = Duration::from_secs(2);
const BETWEEN: Duration = Duration::from_millis(10);

/// What was registered for the namespace; absent where nobody did.
pub(super) fn registered(namespace: NamespaceId) -> io::Result<Option<Vec<u8>>> {
    match registry::bytes(&format!(r"{REGISTERED}\{namespace}"), "cfg") {
        Ok(value) => Ok(Some(value)),
        absent => absent_is_none(absent.map(drop)),
    }
}

/// The answer to a request; absent where nobody listens.
pub(super) fn ask(pipe: &str, request: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let begun = Instant::now();
    match open(pipe, begun + BUSY_FOR) {
        Ok(mut stream) => exchange(&mut stream, request, begun + PATIENCE).map(Some),
        absent => absent_is_none(absent.map(drop)),
    }
}

fn open(pipe: &str, until: Instant) -> io::Result<Pipe> {
    loop {
        match Pipe::open(pipe) {
            Err(error) if error.raw_os_error() == Some(BUSY) && Instant::now() < until => {
                thread::sleep(BETWEEN);
            }
            opened => return opened,
        }
    }
}

fn absent_is_none(opened: io::Result<()>) -> io::Result<Option<Vec<u8>>> {
    match opened {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}
