//! Twins of what Linux has: Windows has no overlays.

use std::io;
use std::path::Path;

/// Nothing is one.
pub(crate) fn is_whiteout(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Nothing is hidden.
pub(crate) fn hides_what_is_below(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// A file, whole.
pub(crate) fn read_regular(file: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(file)
}
