//! What this process may do, and what it lets its children have.

use std::fs::File;
use std::io;

use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::thread::CapabilitySet;

use crate::sys::at;

/// What to do when the system says no.
pub(crate) const HOW_TO_BE_ALLOWED: &str = "run it as root";

/// May this process make network namespaces and mount them? Said before anything is made.
pub(crate) fn check_permission() -> io::Result<()> {
    let needed = [("CAP_SYS_ADMIN", CapabilitySet::SYS_ADMIN), ("CAP_NET_ADMIN", CapabilitySet::NET_ADMIN)];
    let held = rustix::thread::capabilities(None).map_err(at("capget"))?.effective;
    match needed.iter().find(|(_, capability)| !held.contains(*capability)) {
        None => Ok(()),
        Some((name, _)) => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("this process does not have {name}")))
        }
    }
}

/// Lets every process started from now on have `file` too, and with it the lock on it.
pub(crate) fn let_children_inherit(file: &File) -> io::Result<()> {
    let flags = fcntl_getfd(file)?;
    Ok(fcntl_setfd(file, flags.difference(FdFlags::CLOEXEC))?)
}

/// Makes an exclusive lock one that children may have too.
pub(crate) fn share_lock(file: &File) -> io::Result<()> {
    file.lock_shared()
}
