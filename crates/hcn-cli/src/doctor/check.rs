//! What a check is: something with a stable id that looks at facts and answers with findings.

use serde::Serialize;

use super::facts::locks::Probed;
use super::facts::{Absent, Facts};
use crate::os::Os;

/// A check.
pub(crate) trait Check: Sync {
    /// What it is, whatever the host is like.
    fn about(&self) -> About;

    /// What it finds: at least one finding, one for each thing that it looked at.
    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding>;
}

/// What a check is: its row in the docs, in `--list` and in `--explain`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    /// `SOURCE.NAME`, lower case; it never changes.
    pub(crate) id: &'static str,
    /// What is looked at, as a noun phrase.
    pub(crate) title: &'static str,
    /// What goes wrong where it fails.
    pub(crate) why: &'static str,
    /// What its fix does.
    pub(crate) fix: &'static str,
    /// Where it can be asked.
    pub(crate) systems: Systems,
}

impl About {
    /// Its page in the docs.
    pub(crate) fn page(&self) -> String {
        format!("docs/doctor.md#{}", self.id.replace('.', ""))
    }
}

/// The systems that a check is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Systems {
    /// Windows and Linux.
    Both,
    /// Windows.
    Windows,
    /// Linux.
    Linux,
}

impl Systems {
    /// Is this one of them?
    pub(crate) fn include(self, os: Os) -> bool {
        match self {
            Self::Both => true,
            Self::Windows => os == Os::Windows,
            Self::Linux => os == Os::Linux,
        }
    }

    /// Why it is not asked here.
    pub(crate) fn elsewhere(self) -> &'static str {
        match self {
            Self::Both => "",
            Self::Windows => "only Windows has it",
            Self::Linux => "only Linux has it",
        }
    }

    /// As the docs say it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Both => "Windows, Linux",
            Self::Windows => "Windows",
            Self::Linux => "Linux",
        }
    }
}

/// How it stands with what was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    /// As it should be.
    Ok,
    /// This host has no such thing, or no way to ask.
    NotAvailable,
    /// Not asked; the finding says why.
    Skipped,
    /// It works, and will or may not for long.
    Warning,
    /// It does not work.
    Failure,
}

impl Status {
    /// As people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotAvailable => "not available",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// What was seen, how that is judged, and what helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    /// How it stands.
    pub(crate) status: Status,
    /// What was seen: the thing by name, and what about it.
    pub(crate) seen: String,
    /// What to do; absent where nothing is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix: Option<Fix>,
    /// What the lock probe found; absent where it did not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) probe: Option<Box<Probed>>,
}

/// What helps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub(crate) enum Fix {
    /// A command, or several lines of them, to paste into a shell of this host (PowerShell on Windows, sh on Linux).
    Command(String),
    /// What no command can do.
    Advice(String),
    /// Nobody knows one.
    Unknown,
}

impl Finding {
    /// A finding without a fix.
    pub(crate) fn new(status: Status, seen: impl Into<String>) -> Self {
        Self { status, seen: seen.into(), fix: None, probe: None }
    }

    /// As it should be.
    pub(crate) fn ok(seen: impl Into<String>) -> Self {
        Self::new(Status::Ok, seen)
    }

    /// It does not work; this helps.
    pub(crate) fn failure(seen: impl Into<String>, fix: Fix) -> Self {
        Self { fix: Some(fix), ..Self::new(Status::Failure, seen) }
    }

    /// It works, and will or may not for long; this helps.
    pub(crate) fn warning(seen: impl Into<String>, fix: Fix) -> Self {
        Self { fix: Some(fix), ..Self::new(Status::Warning, seen) }
    }

    /// There was nothing to look at, and that is no fault: what was to be looked at was not named, or another check
    /// tells why it cannot be reached.
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self::new(Status::Skipped, why)
    }
}

impl From<Absent> for Finding {
    fn from(absent: Absent) -> Self {
        match absent {
            Absent::NotHere(why) => Self::new(Status::NotAvailable, why),
            Absent::Denied(why) | Absent::Unreadable(why) | Absent::Silent(why) => Self::skipped(why),
        }
    }
}

impl Fix {
    /// A command to paste.
    pub(crate) fn command(text: impl Into<String>) -> Self {
        Self::Command(text.into())
    }

    /// What to do where no command can.
    pub(crate) fn advice(text: impl Into<String>) -> Self {
        Self::Advice(text.into())
    }
}
