//! Our own standard streams as raw bytes. Not std's: on a console it takes and gives UTF-8 alone, and a container's
//! programs print and read in the console's code pages.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::{ERROR_OPERATION_ABORTED, ERROR_SUCCESS, GetLastError, SetLastError};
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::Console::GetConsoleMode;

use super::security::checked;

/// What a console takes or gives at once: old ones have no room for more.
const CONSOLE_ROOM: usize = 8 << 10;

/// What Ctrl-Z puts at the front of a line to end the input.
const END_OF_INPUT: u8 = 0x1a;

/// Where bytes go, or come from, as they are.
#[derive(Debug)]
pub(crate) enum Raw {
    /// This process was started without it.
    Nowhere,
    /// A console.
    Console(OwnedHandle),
    /// A file or a pipe, overlapped or not.
    File(File),
}

/// Standard input.
pub(crate) fn stdin() -> io::Result<Raw> {
    Raw::of(&io::stdin())
}

/// Standard output.
pub(crate) fn stdout() -> io::Result<Raw> {
    Raw::of(&io::stdout())
}

/// Standard error.
pub(crate) fn stderr() -> io::Result<Raw> {
    Raw::of(&io::stderr())
}

impl Raw {
    fn of(stream: &impl AsHandle) -> io::Result<Self> {
        let handle = stream.as_handle().try_clone_to_owned()?;
        Ok(match handle {
            handle if handle.as_raw_handle().is_null() => Self::Nowhere,
            handle if is_console(&handle) => Self::Console(handle),
            handle => Self::File(handle.into()),
        })
    }
}

fn is_console(handle: &OwnedHandle) -> bool {
    let mut mode = 0;
    // SAFETY: the handle is open, and `mode` is writable.
    let known = unsafe { GetConsoleMode(handle.as_raw_handle(), &raw mut mode) };
    known != 0
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Nowhere => Ok(bytes.len()),
            Self::Console(handle) => write_to_console(handle, bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Nowhere => Ok(0),
            Self::Console(handle) => read_from_console(handle, buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

/// The console reads them in its output code page.
fn write_to_console(handle: &OwnedHandle, bytes: &[u8]) -> io::Result<usize> {
    let bytes = &bytes[..bytes.len().min(CONSOLE_ROOM)];
    let (from, length, mut written) = (bytes.as_ptr(), bytes.len() as u32, 0);
    // SAFETY: the handle is open and not overlapped, `length` bytes are readable, and `written` is writable.
    checked(unsafe { WriteFile(handle.as_raw_handle(), from, length, &raw mut written, null_mut()) })?;
    Ok(written as usize)
}

/// The console gives them in its input code page, a line at a time.
fn read_from_console(handle: &OwnedHandle, buffer: &mut [u8]) -> io::Result<usize> {
    let room = buffer.len().min(CONSOLE_ROOM);
    let (to, room, mut length) = (buffer.as_mut_ptr(), room as u32, 0);
    // SAFETY: takes a number only.
    unsafe { SetLastError(ERROR_SUCCESS) };
    // SAFETY: the handle is open and not overlapped, `room` bytes are writable, and so is `length`.
    checked(unsafe { ReadFile(handle.as_raw_handle(), to, room, &raw mut length, null_mut()) })?;
    // SAFETY: takes nothing.
    let code = unsafe { GetLastError() };
    meaning_of(&buffer[..length as usize], code)
}

/// A Ctrl-C ends a read with nothing read, which is not the end of the input; Ctrl-Z at the front of a line is.
fn meaning_of(read: &[u8], code: u32) -> io::Result<usize> {
    match read {
        [] if code == ERROR_OPERATION_ABORTED => Err(ErrorKind::Interrupted.into()),
        [END_OF_INPUT, ..] => Ok(0),
        read => Ok(read.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_go_to_a_file_and_come_back_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut written = Raw::of(&File::create(&path).unwrap()).unwrap();
        written.write_all(b"\x81\xff\0\r\n").unwrap();
        let mut read = Vec::new();
        Raw::of(&File::open(&path).unwrap()).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, b"\x81\xff\0\r\n");
    }

    #[test]
    fn a_ctrl_c_does_not_end_the_input_and_a_ctrl_z_does() {
        let interrupted = meaning_of(b"", ERROR_OPERATION_ABORTED).unwrap_err();
        assert_eq!(interrupted.kind(), ErrorKind::Interrupted);
        assert_eq!(meaning_of(b"\x1a\r\n", ERROR_SUCCESS).unwrap(), 0);
        assert_eq!(meaning_of(b"", ERROR_SUCCESS).unwrap(), 0);
        assert_eq!(meaning_of(b"a\x1a\r\n", ERROR_SUCCESS).unwrap(), 4);
    }
}
