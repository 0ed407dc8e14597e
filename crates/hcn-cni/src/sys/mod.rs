//! Where the systems differ: a plugin together with its children, as something that can be killed whole.
//!
//! Each system has the same functions: [`Family`] starts a plugin, kills it or lets its children go, and waits for its
//! end. Then: what a plugin's file may end in, files that only their owner reads, and a retry for files that others hold.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::patiently;
#[cfg(unix)]
pub(crate) use unix::{Family, PROGRAM_ENDINGS, private_file, private_folder};

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows;
#[cfg(all(test, windows))]
pub(crate) use windows::let_inherit;
#[cfg(windows)]
pub use windows::patiently;
#[cfg(windows)]
pub(crate) use windows::{Family, PROGRAM_ENDINGS, private_file, private_folder};
