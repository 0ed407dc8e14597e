//! A file put in another's place, with that one's access list and attributes.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::ReplaceFileW;

use super::security::checked;
use crate::sys::patiently;

/// Makes a file that must not be there yet; who may read it is inherited from the folder.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Puts one file in the place of another on the same volume; a virus scanner may hold either for a moment.
pub(crate) fn put_in_place(new: &Path, old: &Path) -> io::Result<()> {
    let wide = |path: &Path| path.as_os_str().encode_wide().chain([0]).collect::<Vec<u16>>();
    let (new, old) = (wide(new), wide(old));
    let none = std::ptr::null();
    patiently(|| {
        // SAFETY: both names end in a NUL and outlive the call; no backup is named, and the reserved pointers are null.
        checked(unsafe { ReplaceFileW(old.as_ptr(), new.as_ptr(), none, 0, none.cast(), none.cast()) })
    })
}
