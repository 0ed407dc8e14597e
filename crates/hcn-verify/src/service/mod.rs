//! Which host network service: the system's on Windows, the emulator elsewhere, unless somebody says otherwise.

#[cfg(not(windows))]
mod elsewhere;
#[cfg(not(windows))]
pub(crate) use elsewhere::{Choice, select};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::{Choice, select};

use hcn::Hcn;

/// The service to judge.
pub(crate) struct Service {
    pub(crate) hcn: Hcn,
    /// As the report calls it.
    pub(crate) name: &'static str,
    /// What the user has to know, since nobody chose.
    pub(crate) notice: Option<String>,
}
