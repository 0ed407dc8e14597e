//! The exit codes: one table, shared by the program, its help and its tests.

/// How the program ends when it is not a container that decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Success,
    /// Anything without a code of its own.
    Failure,
    /// The command line is wrong.
    Usage,
    /// What was named is not there.
    NotFound,
    /// What was to be made is there already.
    AlreadyExists,
    /// Not allowed.
    AccessDenied,
    /// The service does not answer.
    Unavailable,
    /// `hcn run` itself failed, usage included.
    Run,
    /// `hcn run`: the command cannot be invoked.
    CannotInvoke,
    /// `hcn run`: there is no such command.
    CommandNotFound,
}

/// Every code: the way out, its number, what it says.
pub const TABLE: &[(Exit, u32, &str)] = &[
    (Exit::Success, 0, "success"),
    (Exit::Failure, 1, "failure"),
    (Exit::Usage, 2, "wrong usage"),
    (Exit::NotFound, 3, "not found"),
    (Exit::AlreadyExists, 4, "already exists"),
    (Exit::AccessDenied, 5, "access denied"),
    (Exit::Unavailable, 6, "service unavailable"),
    (Exit::Run, 125, "`hcn run` itself failed, usage included"),
    (Exit::CannotInvoke, 126, "`hcn run`: the command cannot be invoked"),
    (Exit::CommandNotFound, 127, "`hcn run`: command not found"),
];

impl Exit {
    /// Its number.
    pub fn code(self) -> u32 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::AlreadyExists => 4,
            Self::AccessDenied => 5,
            Self::Unavailable => 6,
            Self::Run => 125,
            Self::CannotInvoke => 126,
            Self::CommandNotFound => 127,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_table_tells_the_numbers_of_the_program() {
        assert!(TABLE.iter().all(|(exit, code, _)| exit.code() == *code));
    }
}
