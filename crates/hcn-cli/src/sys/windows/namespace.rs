//! The twins of Linux' namespace calls. On Windows a namespace is an object of HCN, not a file.

use std::io::{self, ErrorKind};
use std::path::Path;

/// Linux only.
pub(crate) fn make_network_namespace(_: &Path) -> io::Result<()> {
    Err(io::Error::new(ErrorKind::Unsupported, "on Windows a namespace is a GUID, not a path"))
}

/// A GUID is never another's.
pub(crate) fn namespace_mark(_: &Path) -> io::Result<Option<String>> {
    Ok(None)
}

/// Linux only: there is none to remove.
pub(crate) fn remove_network_namespace(_: &Path) -> io::Result<()> {
    Ok(())
}
