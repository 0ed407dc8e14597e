//! Where the report goes: nowhere, or into a file that is there whole at every moment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Takes the report as it is now.
pub trait Sink: Send + Sync {
    /// Keeps it; `text` renders it.
    ///
    /// # Errors
    /// Where it cannot be kept; nothing more is asked of the service then.
    fn write(&self, text: &dyn Fn() -> String) -> io::Result<()>;
}

/// Keeps nothing: for a caller that looks at the report in the end.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Sink for Nowhere {
    fn write(&self, _: &dyn Fn() -> String) -> io::Result<()> {
        Ok(())
    }
}

/// A file, replaced as a whole at each writing.
#[derive(Clone, Debug)]
pub struct ReportFile {
    path: PathBuf,
}

/// A virus scanner or an editor may hold the old file for a moment.
const PATIENCE: Duration = Duration::from_secs(2);

impl ReportFile {
    /// The file at `path`; its folder has to be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl Sink for ReportFile {
    fn write(&self, text: &dyn Fn() -> String) -> io::Result<()> {
        write(&self.path, &text())
    }
}

/// Writes the file beside its place and moves it there. Not flushed to the disk: it has to outlive this process, and
/// what the service keeps does not outlive the host's power either.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    fs::write(&beside, text)?;
    replace(&beside, path)
}

/// Windows refuses to replace a file that somebody has open.
fn replace(from: &Path, to: &Path) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error)
                if cfg!(windows)
                    && error.kind() == io::ErrorKind::PermissionDenied
                    && start.elapsed() < PATIENCE =>
            {
                std::thread::sleep(Duration::from_millis(50));
            }
            done => return done,
        }
    }
}
