//! The real sources: thin, for what they tell is judged elsewhere.

pub(crate) mod answers;
pub(crate) mod cni;
pub(crate) mod containerd;
pub(crate) mod hns;
pub(crate) mod host;
mod job;
pub(crate) mod locks;
pub(crate) mod runs;
pub(crate) mod volume;

use std::io;

use super::facts::Absent;

/// Why a file or folder tells nothing.
fn absent(what: &str, error: &io::Error) -> Absent {
    let why = format!("{what}: {error}");
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::Unsupported => {
            Absent::NotHere(why)
        }
        io::ErrorKind::PermissionDenied => Absent::Denied(why),
        _ => Absent::Unreadable(why),
    }
}
