//! When a namespace was first seen unused: kept in the state folder from look to look, whole or not at all.
//!
//! Times are counted from the machine's start, so that no setting of the clock makes a look older than it is; a start in
//! between makes all looks new. A look that finds a namespace used forgets what was seen of it before.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn::NamespaceId;
use serde::{Deserialize, Serialize};

use crate::{sys, whole_file};

/// Where in the state folder they are kept.
const FILE: &str = "looks.json";

/// The looks so far, held against others that look at the same time.
#[derive(Debug)]
pub(super) struct Looks {
    path: PathBuf,
    now: Now,
    kept: Vec<Look>,
    _lock: File,
}

/// A moment between two starts of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Now {
    boot: String,
    uptime: i64,
}

impl Now {
    /// How long ago that look was.
    fn since(&self, look: &Look) -> Duration {
        Duration::from_secs(u64::try_from(self.uptime.saturating_sub(look.uptime)).unwrap_or_default())
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// What the file holds.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    boot: String,
    looks: Vec<Look>,
}

/// One namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Look {
    namespace: NamespaceId,
    /// When it was first seen unused, in seconds since the start of the machine.
    uptime: i64,
}

impl Looks {
    /// The looks that this state folder keeps. Others wait until this is dropped.
    ///
    /// # Errors
    /// Whatever the system says.
    pub(super) fn open(state: &Path) -> io::Result<Self> {
        sys::create_private_folder(state)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(state.join("looks.lock"))?;
        lock.lock()?;
        let now = Now { boot: sys::boot_id()?, uptime: seconds(sys::uptime()?) };
        let path = state.join(FILE);
        let kept = match fs::read(&path) {
            Ok(bytes) => usable(&bytes, &now),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { path, now, kept, _lock: lock })
    }

    /// Look: these are unused now. Answers for how long each is known to be.
    ///
    /// # Errors
    /// The looks cannot be written; then this one was none.
    pub(super) fn look(&mut self, unused: &[NamespaceId]) -> io::Result<Vec<Duration>> {
        let looks: Vec<Look> = unused.iter().map(|id| self.first(*id)).collect();
        let ages = looks.iter().map(|look| self.now.since(look)).collect();
        let kept = Kept { boot: self.now.boot.clone(), looks: looks.clone() };
        whole_file::put(&self.path, &serde_json::to_vec_pretty(&kept)?)?;
        self.kept = looks;
        Ok(ages)
    }

    fn first(&self, namespace: NamespaceId) -> Look {
        let now = Look { namespace, uptime: self.now.uptime };
        self.kept.iter().find(|look| look.namespace == namespace).copied().unwrap_or(now)
    }
}

/// The looks of this start of the machine that are not of a time to come. What cannot be read was never seen: that makes
/// a namespace wait longer, never shorter.
fn usable(bytes: &[u8], now: &Now) -> Vec<Look> {
    let kept: Result<Kept, _> = serde_json::from_slice(bytes);
    let kept = kept.ok().filter(|kept| kept.boot == now.boot).map(|kept| kept.looks).unwrap_or_default();
    kept.into_iter().filter(|look| look.uptime <= now.uptime).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> NamespaceId {
        hcn::Guid::from_u128(number).into()
    }

    fn ages(all: &[u64]) -> Vec<Duration> {
        all.iter().copied().map(Duration::from_secs).collect()
    }

    /// A look at this time of this start of the machine.
    fn look(state: &Path, boot: &str, uptime: i64, unused: &[NamespaceId]) -> Vec<Duration> {
        let mut looks = Looks::open(state).unwrap();
        looks.now = Now { boot: boot.into(), uptime };
        looks.kept = fs::read(state.join(FILE)).map(|bytes| usable(&bytes, &looks.now)).unwrap_or_default();
        looks.look(unused).unwrap()
    }

    #[test]
    fn the_first_look_counts_until_one_finds_it_used() {
        let state = hcn_test::Scratch::new();
        assert_eq!(look(state.path(), "a", 100, &[id(1)]), ages(&[0]));
        assert_eq!(look(state.path(), "a", 160, &[id(2), id(1)]), ages(&[0, 60]));
        assert_eq!(look(state.path(), "a", 170, &[id(2)]), ages(&[10]));
        assert_eq!(look(state.path(), "a", 180, &[id(1), id(2)]), ages(&[0, 20]));
    }

    #[test]
    fn a_start_of_the_machine_and_a_time_to_come_make_looks_new() {
        let state = hcn_test::Scratch::new();
        look(state.path(), "a", 1000, &[id(1)]);
        assert_eq!(look(state.path(), "b", 2000, &[id(1)]), ages(&[0]));
        assert_eq!(look(state.path(), "b", 5, &[id(1)]), ages(&[0]));
    }

    #[test]
    fn looks_that_cannot_be_read_were_none() {
        let state = hcn_test::Scratch::new();
        for text in
            ["", "[]", "{\"boot\":1}", "{\"boot\":\"a\",\"looks\":[{\"namespace\":\"x\",\"uptime\":0}]}"]
        {
            state.file(FILE, text);
            assert_eq!(look(state.path(), "a", 1000, &[id(1)]), ages(&[0]), "{text}");
        }
    }

    #[test]
    fn this_machine_s_time_goes_on() {
        let first = sys::uptime().unwrap();
        assert!(sys::uptime().unwrap() >= first && first > Duration::ZERO);
    }
}
