//! A file put in another's place, with that one's owner and mode.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use crate::sys::at;

/// Makes a file that nobody else can look into, and that must not be there yet.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Puts one file in the place of another on the same file system. Access lists and extended attributes are not carried
/// over. The folder is synced, so that the new file is found after a power failure.
pub(crate) fn put_in_place(new: &Path, old: &Path) -> io::Result<()> {
    let there = fs::metadata(old)?;
    let made = File::open(new)?;
    match fchown(&made, Some(there.uid()), Some(there.gid())) {
        // Only root may give files away; whoever edits somebody's file then owns the new one.
        Err(error) if error.kind() != io::ErrorKind::PermissionDenied => return Err(error),
        Ok(()) | Err(_) => {}
    }
    made.set_permissions(there.permissions())?;
    fs::rename(new, old).map_err(at("rename"))?;
    File::open(old.parent().unwrap_or(Path::new("/")))?.sync_all().map_err(at("syncing the folder"))
}
