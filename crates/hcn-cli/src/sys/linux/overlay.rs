//! How an overlay says that something of a lower folder is gone.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::io::Errno;

/// No file that is read whole is larger: a hostile image must not fill our memory.
const LARGEST: u64 = 16 << 20;

/// A character device 0:0 stands for what was removed.
pub(crate) fn is_whiteout(file: &Path) -> io::Result<bool> {
    let facts = file.symlink_metadata()?;
    Ok(facts.file_type().is_char_device() && facts.rdev() == 0)
}

/// Is this a folder whose lower ones are not seen through it, or no folder at all where lower ones may have one?
pub(crate) fn hides_what_is_below(path: &Path) -> io::Result<bool> {
    let facts = match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(false);
        }
        facts => facts?,
    };
    Ok(!facts.is_dir()
        || is_opaque(path, "trusted.overlay.opaque")?
        || is_opaque(path, "user.overlay.opaque")?)
}

fn is_opaque(folder: &Path, attribute: &str) -> io::Result<bool> {
    let mut value = [0; 8];
    match rustix::fs::lgetxattr(folder, attribute, &mut value) {
        Ok(length) => Ok(value[..length] == *b"y"),
        Err(Errno::NODATA | Errno::NOTSUP | Errno::RANGE | Errno::PERM) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// A regular file, whole. Anything else is refused, so that no device and no FIFO is waited for.
pub(crate) fn read_regular(file: &Path) -> io::Result<Vec<u8>> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits() as i32).open(file)?;
    let facts = opened.metadata()?;
    if !facts.is_file() || facts.len() > LARGEST {
        return Err(io::Error::other("it is no regular file of a sensible size"));
    }
    let mut bytes = Vec::new();
    opened.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
