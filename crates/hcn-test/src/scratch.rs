//! Scratch folders: short paths (a Unix socket has room for 107 bytes), removed when dropped.

use std::path::{Path, PathBuf};

/// A folder of one test, gone when this is dropped. Lies in `HCN_TEST_SCRATCH` where that is set
/// (`cargo xtask` removes what a killed test left there), else in the system's temporary folder.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// A new, empty folder.
    ///
    /// # Panics
    /// Where no folder can be made.
    #[allow(clippy::new_without_default, reason = "making a folder is no default value")]
    pub fn new() -> Self {
        let base = std::env::var_os("HCN_TEST_SCRATCH").map_or_else(std::env::temp_dir, PathBuf::from);
        let made = tempfile::Builder::new().prefix("hcn-").rand_bytes(5).tempdir_in(&base);
        let folder = made.unwrap_or_else(|why| panic!("cannot make a folder in {}: {why}", base.display()));
        Scratch { folder }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path in it; nothing is made.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// A folder in it, made with its parents.
    ///
    /// # Panics
    /// Where it cannot be made.
    pub fn folder(&self, name: impl AsRef<Path>) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(&path).unwrap_or_else(|why| panic!("cannot make {}: {why}", path.display()));
        path
    }

    /// A file in it, parents made, with these contents.
    ///
    /// # Panics
    /// Where it cannot be written.
    pub fn file(&self, name: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        if let Some(parent) = path.parent() {
            self.folder(parent);
        }
        std::fs::write(&path, contents)
            .unwrap_or_else(|why| panic!("cannot write {}: {why}", path.display()));
        path
    }

    /// An executable file in it: a shell script that stands in for a plugin or a runtime.
    ///
    /// # Panics
    /// Where it cannot be written.
    #[cfg(unix)]
    pub fn script(&self, name: impl AsRef<Path>, body: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.file(name, format!("#!/bin/sh\n{body}\n"));
        let made = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755));
        made.unwrap_or_else(|why| panic!("cannot make {} executable: {why}", path.display()));
        path
    }
}

/// The names in a folder, in their order.
///
/// # Panics
/// Where it cannot be read.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder);
    let entries = entries.unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display()));
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap_or_else(|why| panic!("cannot read {}: {why}", folder.display())))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_gone_with_all_it_held_when_dropped() {
        let scratch = Scratch::new();
        let file = scratch.file("a/b/c", "text");
        assert_eq!(std::fs::read(&file).unwrap(), b"text");
        let path = scratch.path().to_path_buf();
        drop(scratch);
        assert!(!path.exists());
    }
}
