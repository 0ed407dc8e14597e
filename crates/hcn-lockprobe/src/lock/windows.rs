//! Windows: LockFileEx over the whole file, through std; UnlockFile by ourselves, for std unlocks twice, which would hide
//! what became of the first time.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Storage::FileSystem::UnlockFile;

use super::{Kind, Mode, elsewhere, taken};

/// Those that are tried here.
pub(crate) const KINDS: &[Kind] = &[Kind::LockFileEx];

/// Takes a lock on the whole file, without waiting. Was it to be had?
pub(crate) fn try_take(file: &File, kind: Kind, mode: Mode) -> io::Result<bool> {
    match (kind, mode) {
        (Kind::LockFileEx, Mode::Shared) => taken(file.try_lock_shared()),
        (Kind::LockFileEx, Mode::Exclusive) => taken(file.try_lock()),
        (kind, _) => Err(elsewhere(kind)),
    }
}

/// Gives it back.
pub(crate) fn release(file: &File, kind: Kind) -> io::Result<()> {
    if kind != Kind::LockFileEx {
        return Err(elsewhere(kind));
    }
    // SAFETY: the handle is that of an open file, which `file` keeps open for the call; the range is the one that std
    // locks.
    let done = unsafe { UnlockFile(file.as_raw_handle(), 0, 0, u32::MAX, u32::MAX) };
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
