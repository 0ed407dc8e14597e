//! Linux: flock(2) through std, the two kinds of fcntl(2) through nix.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use super::{Kind, Mode, elsewhere, taken};

/// Those that are tried here.
pub(crate) const KINDS: &[Kind] = &[Kind::Flock, Kind::Ofd, Kind::Posix];

/// Takes a lock on the whole file, without waiting. Was it to be had?
pub(crate) fn try_take(file: &File, kind: Kind, mode: Mode) -> io::Result<bool> {
    let wanted = match mode {
        Mode::Shared => libc::F_RDLCK,
        Mode::Exclusive => libc::F_WRLCK,
    };
    match (kind, mode) {
        (Kind::Flock, Mode::Shared) => taken(file.try_lock_shared()),
        (Kind::Flock, Mode::Exclusive) => taken(file.try_lock()),
        (kind, _) => match set(file, kind, wanted) {
            // fcntl(2) may say either.
            Err(error) if refuses(&error) => Ok(false),
            done => done.map(|()| true),
        },
    }
}

/// Gives it back.
pub(crate) fn release(file: &File, kind: Kind) -> io::Result<()> {
    match kind {
        Kind::Flock => file.unlock(),
        kind => set(file, kind, libc::F_UNLCK),
    }
}

fn refuses(error: &io::Error) -> bool {
    [Errno::EAGAIN, Errno::EACCES].iter().any(|code| error.raw_os_error() == Some(*code as i32))
}

fn set(file: &File, kind: Kind, wanted: libc::c_int) -> io::Result<()> {
    let lock = whole(wanted);
    let request = match kind {
        Kind::Ofd => FcntlArg::F_OFD_SETLK(&lock),
        Kind::Posix => FcntlArg::F_SETLK(&lock),
        Kind::Flock | Kind::LockFileEx => return Err(elsewhere(kind)),
    };
    fcntl(file.as_fd(), request).map(drop).map_err(io::Error::from)
}

/// From the first byte to wherever the end will be.
fn whole(wanted: libc::c_int) -> libc::flock {
    // The constants are small; their types differ from libc to libc.
    let (l_type, l_whence) = (wanted as libc::c_short, libc::SEEK_SET as libc::c_short);
    libc::flock { l_type, l_whence, l_start: 0, l_len: 0, l_pid: 0 }
}
