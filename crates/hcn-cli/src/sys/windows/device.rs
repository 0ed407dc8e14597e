//! Twins of what Linux has: Windows has no device nodes.

use std::io;
use std::path::Path;

use crate::spec::Node;

/// Windows' flags for devices name no file.
pub(crate) fn device_nodes(_: &Path) -> io::Result<Vec<Node>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Windows has no capabilities.
pub(crate) fn own_capabilities() -> io::Result<Vec<String>> {
    Err(io::ErrorKind::Unsupported.into())
}
