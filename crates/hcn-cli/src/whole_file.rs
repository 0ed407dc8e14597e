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
    let temporary = beside(&file)?;
    let replaced = write(&temporary, text.as_bytes()).and_then(|()| sys::put_in_place(&temporary, &file));
    if replaced.is_err() {
        // What it was made for has failed, and that is what is told.
        let _ = fs::remove_file(&temporary);
    }
    replaced
}

/// Put a file of ours there, new or over another, for nobody else to read or write whatever the mask of this process is;
/// a crash of the machine cannot cut it. It has one writer at a time, so that what one left that died is in the way of
/// the next, which removes it.
///
/// # Errors
/// What the system says.
pub(crate) fn put(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = with_suffix(file, "new")?;
    sys::absent_is_success(fs::remove_file(&temporary))?;
    finish(&temporary, file, write(&temporary, bytes))
}

/// Put a file there that others write to as well, new or over another, under a name of [`beside`] first.
///
/// # Errors
/// What the system says.
pub(crate) fn put_by(
    temporary: &Path,
    file: &Path,
    bytes: &[u8],
    then: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let written = File::create_new(temporary).and_then(|mut made| {
        made.write_all(bytes)?;
        then(&made)
    });
    finish(temporary, file, written)
}

fn finish(temporary: &Path, file: &Path, written: io::Result<()>) -> io::Result<()> {
    written.and_then(|()| sys::patiently(|| fs::rename(temporary, file))).inspect_err(|_| {
        // The first failure is the one to tell.
        let _ = fs::remove_file(temporary);
    })
}

/// In the same folder, so that it can be renamed, under a name that nobody else uses.
///
/// # Errors
/// The path has no name.
pub(crate) fn beside(file: &Path) -> io::Result<PathBuf> {
    with_suffix(file, &format!("{}.tmp", uuid::Uuid::new_v4().simple()))
}

fn with_suffix(file: &Path, suffix: &str) -> io::Result<PathBuf> {
    let mut name = OsString::from(".");
    name.push(file.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(".");
    name.push(suffix);
    Ok(file.with_file_name(name))
}

fn write(temporary: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut made: File = sys::create_private_file(temporary)?;
    made.write_all(bytes)?;
    made.sync_all()
}

#[cfg(test)]
mod tests {
    use hcn_test::names;

    use super::*;

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
    fn what_a_writer_left_that_died_goes_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".plan.json.new"), "half").unwrap();
        put(&folder.path().join("plan.json"), b"whole").unwrap();
        assert_eq!(names(folder.path()), ["plan.json"]);
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
