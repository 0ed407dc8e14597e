//! What differs between the systems, behind one set of names: what the daemon listens on, how to open it, and
//! some words.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;
