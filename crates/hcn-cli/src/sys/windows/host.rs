//! What doctor asks Windows about a path: the room on its volume.

use std::io;
use std::os::windows::ffi::OsStrExt;
use std::path::Path;

use windows_sys::Win32::Storage::FileSystem::GetDiskFreeSpaceExW;

use super::super::at;

/// The bytes that this user may still write on the volume of a path, and all that it has.
pub(crate) fn free_space(path: &Path) -> io::Result<(u64, u64)> {
    let wide: Vec<u16> = path.as_os_str().encode_wide().chain([0]).collect();
    let (mut free, mut total) = (0, 0);
    // SAFETY: `wide` ends with a zero, the two numbers are writable, and the last pointer may be null.
    let answer =
        unsafe { GetDiskFreeSpaceExW(wide.as_ptr(), &raw mut free, &raw mut total, std::ptr::null_mut()) };
    match answer {
        0 => Err(at("GetDiskFreeSpaceEx")(io::Error::last_os_error())),
        _ => Ok((free, total)),
    }
}

/// A pipe's list of rights is not asked for: opening it tells as much.
pub(crate) fn rights(_: &Path) -> io::Result<String> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "a pipe's rights are not told here"))
}

/// Windows has no such bits.
pub(crate) fn mode(_: &Path) -> io::Result<u32> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "files have lists of rights here"))
}

/// Windows has another firewall, which HCN's own policies pass.
pub(crate) fn chains() -> io::Result<Vec<crate::sys::Chain>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "there is no nftables here"))
}

/// Every containerd for Windows that tells of itself tells this too.
pub(crate) fn listener(_: &Path) -> io::Result<u64> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "who listens on a pipe is not told here"))
}

/// Every file may be, by what it holds.
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}
