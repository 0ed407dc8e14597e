//! Where the workspace is, and who runs us.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's folder.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// The target folder; the tests' helpers must agree where it is.
pub(crate) fn target() -> PathBuf {
    hcn_test::tools::target()
}

/// Where a program of the workspace was built, in the profile of tests and trials.
pub(crate) fn built(name: &str) -> PathBuf {
    target().join("ci").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// cargo with these words, in the workspace; the cargo that started us.
pub(crate) fn cargo(words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split_whitespace()).current_dir(workspace());
    command
}

/// Whether we run as root on Linux: may install packages and make namespaces.
pub(crate) fn is_root() -> bool {
    #[cfg(target_os = "linux")]
    {
        rustix::process::geteuid().is_root()
    }
    #[cfg(not(target_os = "linux"))]
    false
}
