//! The twins of Linux' namespace calls. On Windows a namespace is an object of HCN, not a file.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// What to do when the system says no.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run it from an elevated prompt";

/// Linux only.
pub(crate) fn make_network_namespace(_: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "on Windows a namespace is a GUID, not a path"))
}

/// Linux only: there is none to remove.
pub(crate) fn remove_network_namespace(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The service itself refuses who may not, in its first answer, before anything is made.
pub(crate) fn check_permission() -> io::Result<()> {
    Ok(())
}

/// A job object does on Windows what an inherited lock does on Linux.
pub(crate) fn let_children_inherit(_: &File) -> io::Result<()> {
    Ok(())
}
