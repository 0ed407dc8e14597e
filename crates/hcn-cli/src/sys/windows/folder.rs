//! Folders that hold what only SYSTEM and Administrators may see and write.

use std::io::{self, ErrorKind};
use std::os::windows::ffi::OsStrExt;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::CreateDirectoryW;

use super::security::{Descriptor, caller, checked, owner};
use crate::sys::sddl;

/// Makes a folder, and those above it that are missing. One that is there must belong to somebody trusted: what a
/// stranger made, a stranger can write to.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return check_owner(path);
    }
    match path.parent() {
        Some(parent) if !parent.is_dir() => create_private_folder(parent)?,
        _ => {}
    }
    match create_new_private_folder(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => check_owner(path),
        made => made,
    }
}

/// Makes one folder that must not be there yet.
pub(crate) fn create_new_private_folder(path: &Path) -> io::Result<()> {
    let descriptor = Descriptor::parse(sddl::OF_FOLDER)?;
    let attributes = descriptor.attributes();
    let name: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: the name ends in a NUL; the attributes and the descriptor that they point to outlive the call.
    checked(unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) })
}

/// Refuses what a stranger could have written: its contents will be carried out.
pub(crate) fn check_trusted(path: &Path) -> io::Result<()> {
    check_owner(path)
}

fn check_owner(path: &Path) -> io::Result<()> {
    let owner = owner(path)?;
    if sddl::trusts(&owner, &caller()?) {
        return Ok(());
    }
    let why = format!(
        "`{}` belongs to {owner}, neither to SYSTEM nor to Administrators nor to you; remove it, or name another \
         folder with --state",
        path.display()
    );
    Err(io::Error::other(why))
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Foundation::ERROR_ALREADY_EXISTS;

    use super::*;

    #[test]
    fn folders_are_made_down_to_the_last_and_may_be_there() {
        let scratch = tempfile::tempdir().unwrap();
        let deep = scratch.path().join("hcn/runs");
        create_private_folder(&deep).unwrap();
        create_private_folder(&deep).unwrap();
        assert!(deep.is_dir());
        let again = create_new_private_folder(&deep).unwrap_err();
        assert_eq!(again.raw_os_error(), Some(ERROR_ALREADY_EXISTS.cast_signed()));
    }
}
