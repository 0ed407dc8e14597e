//! What is known of one flag of `hcn run`: how it is written, which ctr has it, and what becomes of it on each system.

use crate::os::Os;

/// A flag: one row of [`TABLE`](super::TABLE), which the parser, the rewriting of single dashes and docs/flags.md are
/// made from.
#[derive(Debug, Clone, Copy)]
pub struct Flag {
    /// Its name, without dashes.
    pub name: &'static str,
    /// Its short form.
    pub short: Option<char>,
    /// What it takes.
    pub value: Value,
    /// Since which release `ctr run` has it on Linux; absent where it has not.
    pub ctr_linux: Option<&'static str>,
    /// The same on Windows.
    pub ctr_windows: Option<&'static str>,
    /// What becomes of it on Linux.
    pub linux: Answer,
    /// What becomes of it on Windows.
    pub windows: Answer,
    /// May it stand beside `--config`? What only says how an image's container is to be may not.
    pub with_config: bool,
    /// Is it left out of the short help?
    pub rare: bool,
    /// What it does, as the help says it.
    pub help: &'static str,
}

/// What a flag takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    None,
    /// A text, called so in the help.
    Text(&'static str),
    /// A path of the host, which need not be UTF-8.
    Path(&'static str),
}

impl Value {
    /// What the help calls it.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Text(name) | Self::Path(name) => Some(name),
        }
    }
}

/// What becomes of a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It does what it says.
    Supported,
    /// It ends the command, with this reason.
    Refused(&'static str),
    /// It does nothing, and this is said.
    Ignored(&'static str),
}

impl Flag {
    /// What becomes of it on a system.
    pub fn answer(&self, os: Os) -> Answer {
        match os {
            Os::Linux => self.linux,
            Os::Windows => self.windows,
        }
    }

    /// Is it supported on any system?
    pub fn is_supported(&self) -> bool {
        [self.linux, self.windows].contains(&Answer::Supported)
    }

    const fn new(name: &'static str, value: Value, help: &'static str) -> Self {
        Self {
            name,
            short: None,
            value,
            ctr_linux: None,
            ctr_windows: None,
            linux: Answer::Supported,
            windows: Answer::Supported,
            with_config: true,
            rare: false,
            help,
        }
    }

    /// With a short form.
    pub(super) const fn short(self, letter: char) -> Self {
        Self { short: Some(letter), ..self }
    }

    /// ctr has it on both systems since this release.
    pub(super) const fn ctr(self, since: &'static str) -> Self {
        Self { ctr_linux: Some(since), ctr_windows: Some(since), ..self }
    }

    /// ctr has it on Linux since this release.
    pub(super) const fn ctr_linux(self, since: &'static str) -> Self {
        Self { ctr_linux: Some(since), ..self }
    }

    /// ctr has it on Windows since this release.
    pub(super) const fn ctr_windows(self, since: &'static str) -> Self {
        Self { ctr_windows: Some(since), ..self }
    }

    /// Supported on Linux; refused on Windows with this reason.
    pub(super) const fn on_linux(self, why: &'static str) -> Self {
        Self { windows: Answer::Refused(why), ..self }
    }

    /// Supported on Windows; refused on Linux with this reason.
    pub(super) const fn on_windows(self, why: &'static str) -> Self {
        Self { linux: Answer::Refused(why), ..self }
    }

    /// Refused everywhere.
    pub(super) const fn refused(self, why: &'static str) -> Self {
        Self { linux: Answer::Refused(why), windows: Answer::Refused(why), ..self }
    }

    /// Without effect on Windows, with this note.
    pub(super) const fn ignored_on_windows(self, note: &'static str) -> Self {
        Self { windows: Answer::Ignored(note), ..self }
    }

    /// Not with `--config`.
    pub(super) const fn of_image(self) -> Self {
        Self { with_config: false, ..self }
    }

    /// Only in the long help.
    pub(super) const fn rare(self) -> Self {
        Self { rare: true, ..self }
    }
}

/// A flag that takes nothing.
pub(super) const fn switch(name: &'static str, help: &'static str) -> Flag {
    Flag::new(name, Value::None, help)
}

/// A flag that takes a text.
pub(super) const fn text(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag::new(name, Value::Text(value), help)
}

/// A flag that takes a path of the host.
pub(super) const fn path(name: &'static str, value: &'static str, help: &'static str) -> Flag {
    Flag::new(name, Value::Path(value), help)
}
