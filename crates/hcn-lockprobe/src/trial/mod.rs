//! The steps themselves: each tries one thing and says what it found.

mod file;
mod lock;
mod system;

use std::path::PathBuf;

pub(crate) use system::{as_refused, open, open_for_one, opening};

use crate::fault::Verdict;
use crate::files::{Role, Token};
use crate::lock::Kind;
use crate::peer::Peers;
use crate::stage::Stage;

/// Where the steps are tried.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// The folder, absolute.
    pub(crate) folder: PathBuf,
    /// What tells its files from others.
    pub(crate) token: Token,
    /// The second processes.
    pub(crate) peers: Peers,
}

impl Ground {
    fn path(&self, role: Role) -> PathBuf {
        self.token.path(&self.folder, role)
    }
}

/// Tries a step, with a kind of lock where it is about one.
pub(crate) fn attempt(ground: &Ground, stage: Stage, kind: Kind) -> Verdict {
    match stage {
        Stage::Create => file::create(ground),
        Stage::Write => file::write(ground),
        Stage::OpenExclusive => system::open_exclusive(ground),
        Stage::SecondOpenRefused => file::second_open_refused(ground, kind),
        Stage::LockShared => lock::shared(ground, kind),
        Stage::LockExclusive => lock::exclusive(ground, kind),
        Stage::SecondRefused => lock::second_refused(ground, kind),
        Stage::Unlock => lock::unlock(ground, kind),
        Stage::ReleasedAtExit => lock::released_at_exit(ground, kind),
        Stage::ReleasedAtKill => lock::released_at_kill(ground, kind),
        Stage::Rename => file::rename(ground),
        Stage::Delete => file::delete(ground),
        Stage::RelativeOpens => file::relative_opens(ground),
    }
}
