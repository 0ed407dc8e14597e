//! The keeper of a utility VM: what it registered, and its pipe.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::thread;
use std::time::{Duration, Instant};

use super::{DONE, registry};
use crate::NamespaceId;

/// Where keepers register, a key a namespace.
const REGISTERED: &str = r"SOFTWARE\Microsoft\runhcs\cni";

/// ERROR_PIPE_NOT_CONNECTED: a keeper that disconnects, where others close. Closing is ERROR_BROKEN_PIPE, which std
/// reads as the end.
const NOT_CONNECTED: i32 = 233;

/// ERROR_PIPE_BUSY: the keeper is about to listen again.
const BUSY: i32 = 231;

/// How long it may be about to.
const BUSY_FOR: Duration = Duration::from_secs(2);
const BETWEEN: Duration = Duration::from_millis(10);

/// SECURITY_ANONYMOUS: whoever listens may not act as the one who asks.
const ANONYMOUS: u32 = 0;

/// What was registered for the namespace; absent where nobody did.
pub(super) fn registered(namespace: NamespaceId) -> io::Result<Option<Vec<u8>>> {
    match registry::bytes(&format!(r"{REGISTERED}\{namespace}"), "cfg") {
        Ok(value) => Ok(Some(value)),
        absent => absent_is_none(absent.map(drop)),
    }
}

/// The answer to a request; absent where nobody listens.
pub(super) fn ask(pipe: &str, request: &[u8]) -> io::Result<Option<Vec<u8>>> {
    match open(pipe, Instant::now() + BUSY_FOR) {
        Ok(mut stream) => {
            stream.write_all(request)?;
            whole_answer(&mut stream).map(Some)
        }
        absent => absent_is_none(absent.map(drop)),
    }
}

fn open(pipe: &str, until: Instant) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).security_qos_flags(ANONYMOUS);
    loop {
        match options.open(pipe) {
            Err(error) if error.raw_os_error() == Some(BUSY) && Instant::now() < until => {
                thread::sleep(BETWEEN);
            }
            opened => return opened,
        }
    }
}

/// Up to [`DONE`], behind which nothing follows, or up to the keeper's end of the pipe.
fn whole_answer(stream: &mut File) -> io::Result<Vec<u8>> {
    let (mut answer, mut part) = (Vec::new(), [0; 512]);
    while answer != DONE {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&part[..length]),
            Err(error) if error.raw_os_error() == Some(NOT_CONNECTED) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

fn absent_is_none(opened: io::Result<()>) -> io::Result<Option<Vec<u8>>> {
    match opened {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(None),
    }
}
