//! Our own standard output and error as raw bytes. Not std's: on a console it takes UTF-8 alone, and a container's
//! programs print in the console's code page.

use std::fs::File;
use std::io::{self, Write};
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Storage::FileSystem::WriteFile;
use windows_sys::Win32::System::Console::GetConsoleMode;

use super::security::checked;

/// Where bytes go as they are.
#[derive(Debug)]
pub(crate) enum Raw {
    /// This process was started without it.
    Nowhere,
    /// A console.
    Console(OwnedHandle),
    /// A file or a pipe, overlapped or not.
    File(File),
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

/// The console reads them in its output code page.
fn write_to_console(handle: &OwnedHandle, bytes: &[u8]) -> io::Result<usize> {
    // Old consoles take no more at once.
    let bytes = &bytes[..bytes.len().min(8 << 10)];
    let mut written = 0;
    // SAFETY: the handle is open and not overlapped, the bytes are readable, and `written` is writable.
    let done = unsafe {
        WriteFile(handle.as_raw_handle(), bytes.as_ptr(), bytes.len() as u32, &raw mut written, null_mut())
    };
    checked(done)?;
    Ok(written as usize)
}
