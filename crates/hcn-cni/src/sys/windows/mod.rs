//! Windows: a plugin in a job of its own, and files that others may hold.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle, RawHandle};
use std::thread;
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_DIR_NOT_EMPTY, ERROR_SHARING_VIOLATION, HANDLE, INVALID_HANDLE_VALUE,
};
use windows_sys::core::BOOL;

mod attribute;
mod command_line;
mod environment;
mod family;
mod job;
mod process;

pub(crate) use family::Family;
#[cfg(test)]
pub(crate) use process::let_inherit;

/// What a plugin's file may be named beyond its type: `.exe` first, as libcni looks.
pub(crate) const PROGRAM_ENDINGS: &[&str] = &[".exe", ""];

/// Makes folders; who may read them is inherited from the folder above.
pub(crate) fn private_folder() -> DirBuilder {
    DirBuilder::new()
}

/// Makes files; who may read them is inherited from the folder.
pub(crate) fn private_file() -> OpenOptions {
    OpenOptions::new()
}

/// Removes or renames a file or folder that a virus scanner or an indexer may hold for a moment: tries for two seconds on
/// Windows, where whoever has a file open is in the way, and once elsewhere.
pub fn patiently<T>(act: impl Fn() -> io::Result<T>) -> io::Result<T> {
    let deadline = Instant::now() + Duration::from_secs(2);
    loop {
        match act() {
            Err(error) if is_held(&error) && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(20))
            }
            other => return other,
        }
    }
}

/// A file that is deleted while it is held is denied to others, and stays in its folder, until it is let go.
fn is_held(error: &io::Error) -> bool {
    let held = [ERROR_SHARING_VIOLATION, ERROR_ACCESS_DENIED, ERROR_DIR_NOT_EMPTY];
    error.raw_os_error().is_some_and(|code| held.contains(&code.cast_unsigned()))
}

/// Own a handle that a function has just made; null and -1 are failures.
fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle.is_null() || handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the caller got this handle from a function that hands it over, and passes it here alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle as RawHandle) })
}

fn checked(answer: BOOL) -> io::Result<()> {
    if answer == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_is_held_for_a_moment_is_tried_again() {
        let tries = Cell::new(0);
        let answer = patiently(|| {
            tries.set(tries.get() + 1);
            match tries.get() {
                1 => Err(io::Error::from_raw_os_error(ERROR_SHARING_VIOLATION.cast_signed())),
                _ => Ok("gone"),
            }
        });
        assert_eq!((answer.unwrap(), tries.get()), ("gone", 2));
    }

    #[test]
    fn what_nobody_holds_is_not_tried_again() {
        let tries = Cell::new(0);
        let answer = patiently(|| -> io::Result<()> {
            tries.set(tries.get() + 1);
            Err(io::ErrorKind::NotFound.into())
        });
        assert_eq!((answer.unwrap_err().kind(), tries.get()), (io::ErrorKind::NotFound, 1));
    }
}
