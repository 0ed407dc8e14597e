//! What the machine is like: the kernel's files, room on volumes, which programs are there.

use std::path::{Path, PathBuf};

use super::Fact;

/// The machine.
pub(crate) trait Host {
    /// Its processor, as Rust names it: `x86_64`, `aarch64`.
    fn architecture(&self) -> &'static str;

    /// The build of Windows; none elsewhere.
    fn build(&self) -> Option<u32>;

    /// The text of one of the kernel's files.
    fn text(&self, path: &str) -> Fact<String>;

    /// Is there something at this path?
    fn is_there(&self, path: &str) -> bool;

    /// The room on the volume that holds a path.
    fn space(&self, path: &Path) -> Fact<Space>;

    /// The first program of this name in the folders.
    fn program(&self, name: &str, folders: &[PathBuf]) -> Option<PathBuf>;
}

/// Room on a volume, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Space {
    /// What this user may still write.
    pub(crate) free: u64,
    /// All of it.
    pub(crate) total: u64,
}
