//! Named pipes on Windows, Unix sockets elsewhere: listening as the daemon, dialling as the shim.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;
