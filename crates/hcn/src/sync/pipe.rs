//! Our end of a keeper's pipe, which never waits: two calls, the third unsafe file of this crate.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED};
use windows_sys::Win32::System::Pipes::{
    PIPE_NOWAIT, PIPE_READMODE_BYTE, PeekNamedPipe, SetNamedPipeHandleState,
};

/// SECURITY_ANONYMOUS: whoever listens may not act as the one who asks.
const ANONYMOUS: u32 = 0;

/// The open pipe. Where it would have to wait, reading and writing are `WouldBlock`.
#[derive(Debug)]
pub(super) struct Pipe(File);

impl Pipe {
    pub(super) fn open(name: &str) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).security_qos_flags(ANONYMOUS);
        let file = options.open(name)?;
        wait_no_more(&file)?;
        Ok(Self(file))
    }
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // std takes the error of an empty pipe for its end.
        match waiting(&self.0) {
            Ok(0) => Err(ErrorKind::WouldBlock.into()),
            Ok(_) => self.0.read(into),
            Err(error) if is_end(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }
}

impl Write for Pipe {
    /// Nothing is taken as long as it does not fit.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes)? {
            0 => Err(ErrorKind::WouldBlock.into()),
            taken => Ok(taken),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The keeper closed its end, or, as some do, disconnected ours.
fn is_end(error: &io::Error) -> bool {
    let number = error.raw_os_error().map(i32::cast_unsigned);
    matches!(number, Some(ERROR_BROKEN_PIPE | ERROR_PIPE_NOT_CONNECTED))
}

fn wait_no_more(pipe: &File) -> io::Result<()> {
    let mode = PIPE_READMODE_BYTE | PIPE_NOWAIT;
    // SAFETY: the handle is open for the length of the call, and `mode` readable; the other two may be null.
    let done = unsafe { SetNamedPipeHandleState(pipe.as_raw_handle(), &mode, null(), null()) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// How many bytes wait to be read.
fn waiting(pipe: &File) -> io::Result<u32> {
    let mut bytes = 0;
    // SAFETY: the handle is open for the length of the call, and `bytes` writable; a buffer of no bytes and the others
    // may be null.
    let done =
        unsafe { PeekNamedPipe(pipe.as_raw_handle(), null_mut(), 0, null_mut(), &mut bytes, null_mut()) };
    if done == 0 { Err(io::Error::last_os_error()) } else { Ok(bytes) }
}
