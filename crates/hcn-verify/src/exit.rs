//! The exit codes: one table, shared by the program, its help and its tests.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// No failure; findings are none.
    Success,
    /// A failure, something left behind included.
    Failures,
    /// The command line is wrong, or an earlier report is in the way. clap ends with it too.
    Usage,
    /// Nothing was called, for `--yes` was not given.
    NotAsked,
    /// It did not come to its end.
    Stuck,
}

impl Exit {
    /// Its number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failures => 1,
            Self::Usage => 2,
            Self::NotAsked => 3,
            Self::Stuck => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
