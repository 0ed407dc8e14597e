//! Where the systems differ: a plugin together with its children, as something that can be killed whole.
//!
//! Each system has the same functions: [`Family`] is made around a command before its start and around the process
//! after it; [`waiter`] blocks until the process ended, without taking its status; [`code_and_signal`] reads that.
//! Then: what a plugin's file may end in, files that only their owner reads, and a retry for files that others hold.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::patiently;
#[cfg(target_os = "linux")]
pub(crate) use unix::pid;
#[cfg(unix)]
pub(crate) use unix::{Family, PROGRAM_ENDINGS, code_and_signal, private_file, private_folder, waiter};

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows;
#[cfg(windows)]
pub use windows::patiently;
#[cfg(windows)]
pub(crate) use windows::{Family, PROGRAM_ENDINGS, code_and_signal, private_file, private_folder, waiter};
