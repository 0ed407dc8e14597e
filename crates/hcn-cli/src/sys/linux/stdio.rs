//! FIFOs for a container's standard streams.
//!
//! The order keeps anyone from hanging: we open our reading ends before Tasks/Create, in which the shim opens the
//! writing ends and waits for readers; stdin is opened for writing afterwards, when the shim reads it. A read before
//! the shim has opened its end would look like end of file, so none may happen before Tasks/Create has answered.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{CWD, Mode, mkfifoat};
use rustix::io::Errno;
use tokio::net::unix::pipe;
use tokio::time::sleep;

use crate::run::plan::Stdio;
use crate::sys::{absent_is_success, at};

/// How often a FIFO that nobody reads yet is tried again: the system tells of no change.
const OPEN_AGAIN: Duration = Duration::from_millis(2);

/// How many bytes are read while nobody takes our output: a few times what a pipe holds.
pub(crate) const READ_AHEAD: usize = 256 << 10;

/// What the container writes, to be read.
pub(crate) type Output = pipe::Receiver;
/// What the container reads, to be written.
pub(crate) type Input = pipe::Sender;

/// Our ends of the standard streams.
#[derive(Debug)]
pub(crate) struct Ends {
    /// Standard output.
    pub(crate) stdout: Output,
    /// Standard error; absent with a terminal.
    pub(crate) stderr: Option<Output>,
    /// Standard input; absent when it is not passed on.
    pub(crate) stdin: Option<ClosedInput>,
}

/// Standard input, to be opened once Tasks/Create has answered.
#[derive(Debug)]
pub(crate) struct ClosedInput(PathBuf);

impl ClosedInput {
    /// Opens it, as soon as somebody reads: the shim opens its end in the background, some time after it has answered.
    pub(crate) async fn open(self) -> io::Result<Input> {
        loop {
            match pipe::OpenOptions::new().open_sender(&self.0) {
                Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
                    sleep(OPEN_AGAIN).await;
                }
                opened => return opened.map_err(at("opening stdin")),
            }
        }
    }
}

/// Makes the FIFOs, in a folder that only we may enter, and opens what must be open before the task is created.
pub(crate) fn make_stdio(stdio: &Stdio) -> io::Result<Ends> {
    if let Some(folder) = &stdio.folder {
        make_private_folder(folder)?;
    }
    for path in paths(stdio) {
        mkfifoat(CWD, path, Mode::RUSR | Mode::WUSR).map_err(at("mkfifo"))?;
    }
    let open = |path: &PathBuf| pipe::OpenOptions::new().open_receiver(path).map_err(at("opening a FIFO"));
    Ok(Ends {
        stdout: open(&stdio.stdout)?,
        stderr: stdio.stderr.as_ref().map(open).transpose()?,
        stdin: stdio.stdin.clone().map(ClosedInput),
    })
}

/// Removes the FIFOs and their folder.
pub(crate) fn remove_stdio(stdio: &Stdio) -> io::Result<()> {
    for path in paths(stdio) {
        absent_is_success(fs::remove_file(path)).map_err(at("unlink"))?;
    }
    stdio
        .folder
        .as_ref()
        .map_or(Ok(()), |folder| absent_is_success(fs::remove_dir(folder)).map_err(at("rmdir")))
}

fn paths(stdio: &Stdio) -> impl Iterator<Item = &Path> {
    let optional = stdio.stdin.iter().chain(&stdio.stderr);
    std::iter::once(&stdio.stdout).chain(optional).map(PathBuf::as_path)
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(at("making the folder"))?;
    }
    DirBuilder::new().mode(0o700).create(folder).map_err(at("making the folder"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn stdio(folder: &Path) -> Stdio {
        Stdio {
            folder: Some(folder.to_owned()),
            stdin: Some(folder.join("stdin")),
            stdout: folder.join("stdout"),
            stderr: Some(folder.join("stderr")),
        }
    }

    #[tokio::test]
    async fn fifos_are_private_and_removing_them_twice_is_success() {
        let scratch = tempfile::tempdir().unwrap();
        let stdio = stdio(&scratch.path().join("deep/stdio"));
        let _ends = make_stdio(&stdio).unwrap();
        assert_eq!(fs::metadata(scratch.path().join("deep/stdio")).unwrap().mode() & 0o777, 0o700);
        assert!(paths(&stdio).all(|path| fs::metadata(path).unwrap().file_type().is_fifo()));
        remove_stdio(&stdio).unwrap();
        remove_stdio(&stdio).unwrap();
        assert!(!scratch.path().join("deep/stdio").exists());
    }

    #[tokio::test]
    async fn input_is_opened_as_soon_as_somebody_reads() {
        let scratch = tempfile::tempdir().unwrap();
        let stdio = stdio(&scratch.path().join("stdio"));
        let ends = make_stdio(&stdio).unwrap();
        let path = stdio.stdin.unwrap();
        let shim = async {
            tokio::task::yield_now().await;
            pipe::OpenOptions::new().open_receiver(&path).unwrap()
        };
        let (input, mut shim) = tokio::join!(ends.stdin.unwrap().open(), shim);
        input.unwrap().write_all(b"hello").await.unwrap();
        let mut text = String::new();
        shim.read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "hello");
    }
}
