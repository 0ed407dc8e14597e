//! The machine that this runs on.

use std::fs;
use std::path::{Path, PathBuf};

use super::absent;
use crate::doctor::facts::Fact;
use crate::doctor::facts::host::{Host, Space};
use crate::sys;

/// This machine.
pub(crate) struct Machine;

impl Host for Machine {
    fn architecture(&self) -> &'static str {
        std::env::consts::ARCH
    }

    fn build(&self) -> Option<u32> {
        sys::windows_build()
    }

    fn text(&self, path: &str) -> Fact<String> {
        fs::read_to_string(path).map_err(|error| absent(path, &error))
    }

    fn is_there(&self, path: &str) -> bool {
        // What cannot be looked at may be there.
        Path::new(path).try_exists().unwrap_or(true)
    }

    fn space(&self, path: &Path) -> Fact<Space> {
        let (free, total) =
            sys::free_space(path).map_err(|error| absent(&path.display().to_string(), &error))?;
        Ok(Space { free, total })
    }

    fn program(&self, name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        folders.iter().map(|folder| folder.join(name)).find(|file| sys::is_executable(file))
    }
}
