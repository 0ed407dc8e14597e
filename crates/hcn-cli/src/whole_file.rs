//! A file that is replaced whole or not at all: written beside it, synced, and put in its place with its owner and
//! permissions. Whatever fails, the old one stays as it was.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::sys;

/// Replace a file that is there. A link to it stays a link.
///
/// # Errors
/// What the system says, with what was attempted in front.
pub(crate) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    let temporary = beside(&file);
    let replaced = write(&temporary, text).and_then(|()| sys::put_in_place(&temporary, &file));
    if replaced.is_err() {
        // What it was made for has failed, and that is what is told.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// Put a file there, new or over another, that a crash of the machine cannot cut. What is written first stands beside
/// it, under a name that no other process writes to and that nobody else's file is likely to have; what one of ours that
/// died left there goes.
///
/// # Errors
/// What the system says.
pub(crate) fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    put_and(file, bytes, |path| File::create_new(path), File::sync_all)
}

/// The same, for nobody else to read or write, whatever the mask of this process is.
///
/// # Errors
/// What the system says.
pub(crate) fn put_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    put_and(file, bytes, sys::create_private_file, File::sync_all)
}

/// The same, of use to nobody after a crash of the machine: nothing is waited for.
///
/// # Errors
/// What the system says.
pub(crate) fn put_for_readers(file: &Path, bytes: &[u8]) -> io::Result<()> {
    put_and(file, bytes, |path| File::create_new(path), |_| Ok(()))
}

fn put_and(
    file: &Path,
    bytes: &[u8],
    make: impl FnOnce(&Path) -> io::Result<File>,
    then: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let mut name = OsString::from(".");
    name.push(file.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(format!(".{}", std::process::id()));
    let temporary = file.with_file_name(name);
    // It may be something that was put in the way: it is not written through.
    sys::absent_is_success(fs::remove_file(&temporary))?;
    let written = make(&temporary).and_then(|mut made| {
        made.write_all(bytes)?;
        then(&made)
    });
    written.and_then(|()| sys::patiently(|| fs::rename(&temporary, file))).inspect_err(|_| {
        // The first failure is the one to tell.
        let _ = fs::remove_file(&temporary);
    })
}

/// In the same folder, so that it can be renamed, under a name that nobody else uses.
fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.tmp", uuid::Uuid::new_v4().simple()))
}

fn write(temporary: &Path, text: &str) -> io::Result<()> {
    let mut made: File = sys::create_private_file(temporary)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        fs::write(&file, "old").unwrap();
        replace(&file, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(names(folder.path()), ["config.json"]);
    }

    #[test]
    fn what_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let error = replace(&folder.path().join("config.json"), "new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn mode_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("config.json"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("config.json", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("config.json"));
    }

    #[test]
    fn a_folder_in_its_place_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.json");
        fs::create_dir(&file).unwrap();
        replace(&file, "new").unwrap_err();
        assert_eq!(names(folder.path()), ["config.json"]);
        assert!(file.is_dir());
    }
}
