//! Which host network service: the system's on Windows, the emulator elsewhere, unless `HCN_HNS` says otherwise.

#[cfg(not(windows))]
mod elsewhere;
#[cfg(not(windows))]
pub(crate) use elsewhere::select;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::select;
