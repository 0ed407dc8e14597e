//! What doctor asks Linux about a path: the room on its volume, who may use it, whether it may be run.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::super::at;

/// The bytes that this user may still write on the volume of a path, and all that it has.
pub(crate) fn free_space(path: &Path) -> io::Result<(u64, u64)> {
    let facts = rustix::fs::statvfs(path).map_err(at("statvfs"))?;
    Ok((facts.f_bavail.saturating_mul(facts.f_frsize), facts.f_blocks.saturating_mul(facts.f_frsize)))
}

/// Who may use what is at a path: its owner, its group and its mode.
pub(crate) fn rights(path: &Path) -> io::Result<String> {
    let facts: Metadata = std::fs::metadata(path)?;
    Ok(format!("user {}, group {}, mode {:04o}", facts.uid(), facts.gid(), facts.mode() & 0o7777))
}

/// Who may do what with a file: the lower twelve bits of its mode.
pub(crate) fn mode(path: &Path) -> io::Result<u32> {
    Ok(std::fs::metadata(path)?.mode() & 0o7777)
}

/// The process that listens on a socket.
pub(crate) fn listener(socket: &Path) -> io::Result<u64> {
    let connected = std::os::unix::net::UnixStream::connect(socket)?;
    let peer = rustix::net::sockopt::socket_peercred(&connected)?;
    Ok(u64::from(peer.pid.as_raw_nonzero().get().unsigned_abs()))
}

/// May this user run the file?
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volume_has_no_more_room_than_it_is_large() {
        let (free, total) = free_space(Path::new("/")).unwrap();
        assert!(total > 0 && free <= total, "{free} of {total}");
        assert!(free_space(Path::new("/nowhere")).is_err());
    }

    #[test]
    fn a_folder_is_not_to_be_run_and_a_script_is() {
        let scratch = hcn_test::Scratch::new();
        assert!(is_executable(&scratch.script("x", "true")));
        assert!(!is_executable(scratch.path()) && !is_executable(&scratch.file("y", "")));
        assert!(
            rights(&scratch.join("y")).unwrap().ends_with("mode 0644"),
            "{:?}",
            rights(&scratch.join("y"))
        );
    }
}
