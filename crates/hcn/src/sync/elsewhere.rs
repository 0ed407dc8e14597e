//! Only Windows has keepers.

use std::io;

use crate::NamespaceId;

#[allow(clippy::unnecessary_wraps, reason = "as on Windows")]
pub(super) fn registered(_: NamespaceId) -> io::Result<Option<Vec<u8>>> {
    Ok(None)
}

#[allow(clippy::unnecessary_wraps, reason = "as on Windows")]
pub(super) fn ask(_: &str, _: &[u8]) -> io::Result<Option<Vec<u8>>> {
    Ok(None)
}
