//! What was found: a row for each step, the first failure, and what could not be removed.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::files::Left;
use crate::lock::Kind;
use crate::stage::Stage;

/// The version of the JSON: raised when a field changes its meaning or goes.
pub const VERSION: u32 = 1;

/// What a probe found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// The folder, as the probe saw it: in a container its path there.
    pub folder: PathBuf,
    /// The system that the probe was built for, as Rust names it: `linux`, `windows`.
    pub system: String,
    /// All steps, in the order in which they were tried.
    pub stages: Vec<Row>,
    /// Files of the probe's that could not be removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
}

/// What one step found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which step.
    pub stage: Stage,
    /// With which kind of lock, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Kind>,
    /// How it went.
    pub outcome: Outcome,
    /// What was seen: the system's words included.
    pub seen: String,
    /// The system's code, errno or GetLastError; absent where the system did what it should not, without an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As it should.
    Passed,
    /// It failed.
    Failed,
    /// It did not end within its time.
    Hung,
    /// It was not tried, since one that it needs did not pass.
    Skipped,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Hung => "hung",
            Self::Skipped => "skipped",
        }
    }
}

impl Row {
    /// The step's id, with the kind of lock: `unlock (flock)`.
    pub fn name(&self) -> String {
        self.lock.map_or_else(|| self.stage.to_string(), |lock| format!("{} ({lock})", self.stage))
    }

    fn is_fault(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::Hung)
    }
}

impl Report {
    /// The first step that failed or hung.
    pub fn first_failure(&self) -> Option<&Row> {
        self.stages.iter().find(|row| row.is_fault())
    }

    /// Nothing failed, and nothing is left.
    pub fn is_well(&self) -> bool {
        self.first_failure().is_none() && self.left.is_empty()
    }

    /// For people: a line for each step, and what to make of it.
    pub fn text(&self) -> String {
        let mut text: String = self.stages.iter().map(line).collect();
        // A String takes everything.
        let _ = match self.first_failure() {
            None => writeln!(text, "{}: every stage passed", self.folder.display()),
            Some(row) => {
                let (means, known) = (row.stage.about().means, row.stage.about().known);
                writeln!(
                    text,
                    "{}: the first stage that failed is {}: {}",
                    self.folder.display(),
                    row.name(),
                    row.seen
                )
                .and_then(|()| writeln!(text, "it means: {means}\nit is known: {known}"))
            }
        };
        for Left { path, why } in &self.left {
            let _ = writeln!(text, "left behind: {}: {why}; delete it", path.display());
        }
        text
    }
}

fn line(row: &Row) -> String {
    match row.outcome {
        Outcome::Passed => format!("{:<8} {}\n", row.outcome.word(), row.name()),
        _ => format!("{:<8} {}: {}\n", row.outcome.word(), row.name(), row.seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stage: Stage, outcome: Outcome, code: Option<i32>) -> Row {
        let seen = if outcome == Outcome::Passed { "as it should" } else { "cannot unlock: no (os error 1)" };
        let lock = stage.is_per_lock().then_some(Kind::Flock);
        Row { stage, lock, outcome, seen: seen.into(), code }
    }

    fn report(stages: Vec<Row>) -> Report {
        Report { version: VERSION, folder: "/data".into(), system: "linux".into(), stages, left: Vec::new() }
    }

    #[test]
    fn the_first_failure_is_told_with_what_is_known_of_it() {
        let failed = row(Stage::Unlock, Outcome::Failed, Some(1));
        let found = report(vec![
            row(Stage::Create, Outcome::Passed, None),
            failed,
            row(Stage::Rename, Outcome::Failed, None),
        ]);
        assert_eq!(found.first_failure().map(Row::name).as_deref(), Some("unlock (flock)"));
        insta::assert_snapshot!(found.text(), @r"
        passed   create
        failed   unlock (flock): cannot unlock: no (os error 1)
        failed   rename: cannot unlock: no (os error 1)
        /data: the first stage that failed is unlock (flock): cannot unlock: no (os error 1)
        it means: once locked, a file stays so until its program ends, or for longer
        it is known: Windows: 1 (ERROR_INVALID_FUNCTION) from UnlockFile through a mapped folder leaves the volume locked until it goes offline (moby/moby#38112)
        ");
    }

    #[test]
    fn json_is_read_as_it_is_written_and_has_no_members_without_a_value() {
        let found = report(vec![
            row(Stage::Create, Outcome::Passed, None),
            row(Stage::Unlock, Outcome::Hung, Some(5)),
        ]);
        let json = serde_json::to_string(&found).unwrap();
        insta::assert_snapshot!(json, @r#"{"version":1,"folder":"/data","system":"linux","stages":[{"stage":"create","outcome":"passed","seen":"as it should"},{"stage":"unlock","lock":"flock","outcome":"hung","seen":"cannot unlock: no (os error 1)","code":5}]}"#);
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), found);
    }

    #[test]
    fn a_file_that_is_left_is_not_well() {
        let left = vec![Left { path: "/data/.x".into(), why: "not permitted".into() }];
        let found = Report { left, ..report(vec![row(Stage::Create, Outcome::Passed, None)]) };
        assert!(!found.is_well() && found.first_failure().is_none());
        assert!(found.text().ends_with("left behind: /data/.x: not permitted; delete it\n"));
    }
}
