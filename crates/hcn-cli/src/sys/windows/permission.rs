//! What this process may do, and what it lets its children have.

use std::fs::File;
use std::io::{self, ErrorKind};

use super::security::is_administrator;

/// What to do when the system says no.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run it from an elevated prompt";

/// May this process make HCN namespaces? Said before anything is made.
pub(crate) fn check_permission() -> io::Result<()> {
    match is_administrator()? {
        true => Ok(()),
        false => Err(io::Error::new(
            ErrorKind::PermissionDenied,
            "this process does not have an administrator's rights",
        )),
    }
}

/// A job object does on Windows what an inherited lock does on Linux.
pub(crate) fn let_children_inherit(_: &File) -> io::Result<()> {
    Ok(())
}
