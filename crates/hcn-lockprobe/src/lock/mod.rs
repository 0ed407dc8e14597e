//! Kinds of locks, taken without waiting and given back: what both systems have in common.

#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(not(windows), path = "linux.rs")]
mod system;

use std::fs::TryLockError;
use std::str::FromStr;
use std::{fmt, io};

use serde::{Deserialize, Serialize};

pub(crate) use system::{KINDS, release, try_take};

/// A kind of lock on a whole file. Each is a world of its own: one kind says nothing about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Kind {
    /// Windows' own: it belongs to the handle, and keeps others from reading and writing.
    LockFileEx,
    /// `flock(2)`: it belongs to the open file.
    #[serde(rename = "flock")]
    Flock,
    /// `F_OFD_SETLK` of `fcntl(2)`: it belongs to the open file too.
    #[serde(rename = "ofd")]
    Ofd,
    /// `F_SETLK` of `fcntl(2)`: it belongs to the process.
    #[serde(rename = "posix")]
    Posix,
}

impl Kind {
    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::LockFileEx => "LockFileEx",
            Self::Flock => "flock",
            Self::Ofd => "ofd",
            Self::Posix => "posix",
        }
    }

    /// All of them, on whichever system.
    pub(crate) const ALL: &[Self] = &[Self::LockFileEx, Self::Flock, Self::Ofd, Self::Posix];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or(())
    }
}

/// What a lock keeps others from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Others may share it.
    Shared,
    /// It is for one alone.
    Exclusive,
}

impl Mode {
    pub(crate) const ALL: [Self; 2] = [Self::Shared, Self::Exclusive];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Exclusive => "exclusive",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Was it taken? That somebody else holds it is no error.
fn taken(answer: Result<(), TryLockError>) -> io::Result<bool> {
    match answer {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// For a kind of the other system.
fn elsewhere(kind: Kind) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, format!("this system has no {kind} locks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_this_system_goes_from_hand_to_hand() {
        let folder = tempfile::tempdir().unwrap();
        // Locks of a process do not keep its own other handles out.
        for &kind in KINDS.iter().filter(|kind| **kind != Kind::Posix) {
            let open = || {
                let path = folder.path().join(kind.name());
                std::fs::File::options()
                    .create(true)
                    .truncate(false)
                    .read(true)
                    .write(true)
                    .open(path)
                    .unwrap()
            };
            let (one, other) = (open(), open());
            assert!(try_take(&one, kind, Mode::Exclusive).unwrap(), "{kind}");
            assert!(!try_take(&other, kind, Mode::Shared).unwrap(), "{kind}");
            release(&one, kind).unwrap();
            assert!(try_take(&other, kind, Mode::Shared).unwrap(), "{kind}");
            assert!(try_take(&one, kind, Mode::Shared).unwrap(), "{kind}");
        }
    }

    #[test]
    fn a_kind_goes_by_its_name_in_json_too() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(kind.name().parse(), Ok(*kind));
        }
    }
}
