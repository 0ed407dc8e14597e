//! What differs between the systems: how a file is opened for one alone.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use super::Ground;
use crate::fault::{Fault, Verdict, refused};
use crate::files::Role;

/// How a file of the probe's is opened by its name: whoever owns the folder may have put a link there, which is not
/// followed.
#[cfg(not(windows))]
pub(crate) fn opening() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.custom_flags(nix::libc::O_NOFOLLOW);
    options
}

/// How a file of the probe's is opened by its name. To make links needs a privilege there.
#[cfg(windows)]
pub(crate) fn opening() -> OpenOptions {
    OpenOptions::new()
}

/// Opens a file of the probe's for reading and writing; one that is not there is made.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    opening().read(true).write(true).create(true).truncate(false).open(path)
}

/// Opens a file so that nobody else can do the same.
#[cfg(windows)]
pub(crate) fn open_for_one(path: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).share_mode(0).open(path)
}

/// Makes a file that nobody else can make.
#[cfg(not(windows))]
pub(crate) fn open_for_one(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

/// ERROR_SHARING_VIOLATION on Windows, EEXIST on Linux: that somebody else has it is no failure.
pub(crate) fn as_refused(error: io::Error) -> io::Result<bool> {
    let expected = if cfg!(windows) { 32 } else { 17 };
    match error.raw_os_error() {
        Some(code) if code == expected => Ok(false),
        _ => Err(error),
    }
}

pub(super) fn open_exclusive(ground: &Ground) -> Verdict {
    let path = ground.path(Role::Exclusive);
    let held = open_for_one(&path).map_err(refused("open a file for one alone"))?;
    let again = open_for_one(&path).map(|_| true).or_else(as_refused);
    match again.map_err(refused("be refused a second open as it should be"))? {
        true => Err(Fault::wrong("a second open was allowed while the first was for one alone")),
        false => {
            drop(held);
            Ok("a second open was refused".to_owned())
        }
    }
}
