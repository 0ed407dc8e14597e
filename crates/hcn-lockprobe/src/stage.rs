//! The steps: ids that never change, what each tries, what its failure means, and what others have found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A step of the probe, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stage {
    /// A new file is created.
    Create,
    /// It is written to, and read back.
    Write,
    /// It is opened for one alone: without sharing on Windows, created with `O_EXCL` on Linux.
    OpenExclusive,
    /// A second process cannot do that meanwhile.
    SecondOpenRefused,
    /// A shared lock is taken.
    LockShared,
    /// An exclusive lock is taken.
    LockExclusive,
    /// A second process is refused what a lock forbids, and gets what it allows.
    SecondRefused,
    /// The lock is given back, and the second process gets it.
    Unlock,
    /// A process ends without unlocking, and another gets its lock.
    ReleasedAtExit,
    /// A process is killed, and another gets its lock.
    ReleasedAtKill,
    /// A file is renamed over another.
    Rename,
    /// It is deleted, and its name is free again.
    Delete,
    /// Opens by relative paths from many threads at once, against absolute ones.
    RelativeOpens,
}

/// What is known about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Which step.
    pub stage: Stage,
    /// Its id, as in JSON: lower case with hyphens. It never changes.
    pub id: &'static str,
    /// What is tried.
    pub title: &'static str,
    /// What goes wrong for programs where it fails.
    pub means: &'static str,
    /// What others have found; empty where nothing is known.
    pub known: &'static str,
}

/// Of taking locks.
const LOCKS: &str = "Linux: 37 (ENOLCK) is mostly NFS without its lock daemon, 95 (EOPNOTSUPP) or 38 (ENOSYS) a file system \
                     without such locks; another kind of lock may work there. Windows: 1 or 50 is a file system or a filter \
                     that knows no locks";

/// Of locks of processes that have ended.
const RELEASED: &str = "Server 2019 fails here on mapped volumes: the lock of an ended process is not released, while the \
                        same works on the host (microsoft/Windows-Containers#37, moby/moby#39088)";

/// All steps, in the order in which they are tried.
pub const STAGES: &[About] = &[
    About {
        stage: Stage::Create,
        id: "create",
        title: "create a new file",
        means: "nobody can make a lock file here: the mount is read-only, its access list keeps this user out, or its \
                file system does not take part in mounts of containers",
        known: "Linux: 30 (EROFS) is a read-only mount, 13 (EACCES) a folder of another user, 122 (EDQUOT) a quota. \
                Windows: 5 is mostly an access list without the container's user; on Dev Drives bind mounts fail where \
                the filters bindFlt and wcifs are allowed and not attached (docker/for-win#13719); ReFS was not \
                supported by the containers' filter drivers for long (microsoft/Windows-Containers#416)",
    },
    About {
        stage: Stage::Write,
        id: "write",
        title: "write to it, flush, read it back by another handle",
        means: "lock files that hold a process id or a host name stay empty, and their readers take them for stale",
        known: "Linux: 28 (ENOSPC) is a full volume, and 22 (EINVAL) one that is not for files, such as hugetlbfs. \
                Windows: 112 is a full volume",
    },
    About {
        stage: Stage::OpenExclusive,
        id: "open-exclusive",
        title: "open it for one alone: Windows without sharing, Linux with `O_EXCL`; a second open in the same process is \
                refused",
        means: "whoever locks by the existence of a file, or by opening it without sharing, has it twice",
        known: "plain opens without sharing work on mapped volumes of Server 2019 (microsoft/Windows-Containers#37)",
    },
    About {
        stage: Stage::SecondOpenRefused,
        id: "second-open-refused",
        title: "a second process is refused the same open",
        means: "two programs both think that a lock file is theirs",
        known: "Windows: 32 is the refusal that is expected. Files of Hyper-V-isolated containers may be held by the host's \
                vmwp.exe without an open handle to be seen (moby/moby#42803)",
    },
    About {
        stage: Stage::LockShared,
        id: "lock-shared",
        title: "take a shared lock and give it back",
        means: "programs that lock for reading fail: SQLite, package managers, build caches",
        known: LOCKS,
    },
    About {
        stage: Stage::LockExclusive,
        id: "lock-exclusive",
        title: "take an exclusive lock",
        means: "no program can lock here",
        known: LOCKS,
    },
    About {
        stage: Stage::SecondRefused,
        id: "second-refused",
        title: "a second process is refused what the lock forbids, and shares what it allows",
        means: "locks are taken and do nothing: two programs write to one file at once",
        known: "network and user-mode file systems may keep locks to the machine that took them, or to the one open",
    },
    About {
        stage: Stage::Unlock,
        id: "unlock",
        title: "unlock; then the second process gets the lock",
        means: "once locked, a file stays so until its program ends, or for longer",
        known: "Windows: 1 (ERROR_INVALID_FUNCTION) from UnlockFile through a mapped folder leaves the volume locked until it \
                goes offline (moby/moby#38112)",
    },
    About {
        stage: Stage::ReleasedAtExit,
        id: "released-at-exit",
        title: "a process ends without unlocking; then another gets its lock",
        means: "what a program did not unlock stays locked for all that come after it, mostly until the container is gone",
        known: RELEASED,
    },
    About {
        stage: Stage::ReleasedAtKill,
        id: "released-at-kill",
        title: "a process is killed; then another gets its lock",
        means: "after a crash, what a program had locked stays so",
        known: RELEASED,
    },
    About {
        stage: Stage::Rename,
        id: "rename",
        title: "rename a file over another",
        means: "files cannot be replaced as a whole, which is how lock files and caches are written",
        known: "Linux: 1 (EPERM) is a folder that is append-only, or a file system without renames; 18 (EXDEV) a path that \
                leads into another mount. Windows: 5 where somebody holds the older file open, a virus scanner among them",
    },
    About {
        stage: Stage::Delete,
        id: "delete",
        title: "delete it; then its name is free",
        means: "lock files stay, and the next program takes them for somebody's",
        known: "some files on mapped folders of Windows cannot be deleted (docker/for-win#13063); HostProcess containers are \
                denied access by the bind filter (moby/buildkit#6590)",
    },
    About {
        stage: Stage::RelativeOpens,
        id: "relative-opens",
        title: "open a file by its relative and by its absolute path, from many threads at once",
        means: "builds fail now and then, at another file each time: absolute paths help",
        known: "Server 2022 and 2025 fail here now and then with 87 (ERROR_INVALID_PARAMETER), where the current folder is a \
                mapped one; absolute paths never fail (microsoft/Windows-Containers#635)",
    },
];

impl Stage {
    /// What is known about it.
    pub fn about(self) -> &'static About {
        // The table has a row for each, in this order: a test holds it.
        &STAGES[self as usize]
    }

    /// Its id.
    pub fn id(self) -> &'static str {
        self.about().id
    }

    /// Is it tried once for each kind of lock?
    pub fn is_per_lock(self) -> bool {
        (Self::LockShared..=Self::ReleasedAtKill).contains(&self)
    }

    /// The step without which this one says nothing.
    pub(crate) fn needs(self) -> Option<Self> {
        match self {
            Self::Create => None,
            Self::SecondOpenRefused => Some(Self::OpenExclusive),
            Self::SecondRefused | Self::Unlock | Self::ReleasedAtExit | Self::ReleasedAtKill => {
                Some(Self::LockExclusive)
            }
            _ => Some(Self::Create),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Stage {
    type Err = ();

    fn from_str(id: &str) -> Result<Self, ()> {
        STAGES.iter().find(|about| about.id == id).map(|about| about.stage).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_each_stage_in_order_and_json_has_the_ids() {
        for (place, about) in STAGES.iter().enumerate() {
            assert_eq!(about.stage as usize, place);
            assert_eq!(about.stage.about(), about);
            assert_eq!(serde_json::to_value(about.stage).unwrap(), about.id);
            assert_eq!(about.id.parse(), Ok(about.stage));
        }
        assert_eq!(Stage::RelativeOpens as usize + 1, STAGES.len());
    }

    #[test]
    fn ids_are_as_they_always_were() {
        let ids: Vec<_> = STAGES.iter().map(|about| about.id).collect();
        insta::assert_snapshot!(ids.join(" "), @"create write open-exclusive second-open-refused lock-shared lock-exclusive second-refused unlock released-at-exit released-at-kill rename delete relative-opens");
    }

    #[test]
    fn a_stage_needs_one_that_comes_before_it() {
        assert!(STAGES.iter().all(|about| about.stage.needs().is_none_or(|needed| needed < about.stage)));
    }
}
