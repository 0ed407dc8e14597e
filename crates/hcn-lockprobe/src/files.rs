//! The probe's own files: their names, which nobody else has, and their removal.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What each file is for: the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Created, written, opened for one alone.
    File,
    /// What Linux creates for one alone.
    Exclusive,
    /// What is locked; one for each kind, for kinds may get into each other's way.
    Lock(crate::Kind),
    /// What is renamed.
    New,
    /// Over what.
    Old,
}

impl Role {
    fn all() -> impl Iterator<Item = Self> {
        let locks = crate::Kind::ALL.iter().map(|kind| Self::Lock(*kind));
        [Self::File, Self::Exclusive, Self::New, Self::Old].into_iter().chain(locks)
    }

    fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Exclusive => "exclusive",
            Self::New => "new",
            Self::Old => "old",
            Self::Lock(kind) => kind.name(),
        }
    }
}

/// What tells the files of one probe from all others: 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// One that nobody has had.
    pub fn random() -> Self {
        // Its keys are random, which is all that is asked of it.
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u32(std::process::id());
        Self(format!("{:016x}", hasher.finish()))
    }

    /// The path of a file in a folder.
    pub(crate) fn path(&self, folder: &Path, role: Role) -> PathBuf {
        folder.join(self.name(role))
    }

    /// Its name.
    pub(crate) fn name(&self, role: Role) -> String {
        format!(".hcn-lockprobe-{}-{}", self.0, role.name())
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_one = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_one.then(|| Self(text.to_owned())).ok_or_else(|| format!("`{text}` is not 16 hexadecimal digits"))
    }
}

/// A file of the probe's that could not be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Where it is.
    pub path: PathBuf,
    /// What the system said.
    pub why: String,
}

/// Removes the files of a probe, whichever are there, and nothing else; answers which could not be.
pub fn remove(folder: &Path, token: &Token) -> Vec<Left> {
    Role::all().filter_map(|role| remove_one(token.path(folder, role))).collect()
}

fn remove_one(path: PathBuf) -> Option<Left> {
    match patiently(|| fs::remove_file(&path)) {
        Ok(()) => None,
        // A read-only mount refuses before it looks whether there is anything.
        Err(error) if is_absent(&error) || !is_there(&path) => None,
        Err(error) => Some(Left { path, why: error.to_string() }),
    }
}

/// What cannot be looked at may be there.
fn is_there(path: &Path) -> bool {
    !fs::symlink_metadata(path).is_err_and(|error| is_absent(&error))
}

/// Where the folder went too, its files are gone.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// On Windows a file whose last handle is just being closed, or that a virus scanner looks at, cannot be removed for a
/// moment.
fn patiently(mut remove: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let tries = if cfg!(windows) { 20 } else { 1 };
    for _ in 1..tries {
        match remove() {
            Err(error) if !is_absent(&error) => thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
    remove()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_read_as_they_are_written() {
        let (one, other) = (Token::random(), Token::random());
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse(), Ok(one));
        for bad in ["", "0123", "0123456789ABCDEF", "../../etc/passwd", "0123456789abcdef0"] {
            assert!(bad.parse::<Token>().is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_but_its_own_files_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (Token::random(), Token::random());
        for token in [&own, &other] {
            Role::all().for_each(|role| fs::write(token.path(folder.path(), role), "x").unwrap());
        }
        fs::write(folder.path().join("precious"), "x").unwrap();
        let all = Role::all().count();
        assert_eq!(remove(folder.path(), &own), []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), all + 1);
        assert_eq!(remove(&folder.path().join("nowhere"), &other), []);
    }

    #[test]
    fn what_cannot_be_removed_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let token = Token::random();
        let path = token.path(folder.path(), Role::New);
        fs::create_dir(&path).unwrap();
        let left = remove(folder.path(), &token);
        assert_eq!(left.iter().map(|left| &left.path).collect::<Vec<_>>(), [&path]);
    }
}
