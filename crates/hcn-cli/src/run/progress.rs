//! How far a run has come: a line for each step that was begun, made or unmade, appended to `progress` in the run's
//! folder. Who is killed leaves the lines that it had written, and so whoever unmakes the run knows which steps to leave
//! alone and which may still be under way in a daemon. A crash of the machine may lose lines: after it every step counts
//! as begun.
//!
//! A line of another kind stands between them where somebody asked for the run's end, as `hcn stop` does: there is no
//! container yet that could be sent a signal.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

const NAME: &str = "progress";

const BEGUN: char = '+';
const MADE: char = '=';
const UNMADE: char = '-';

/// The whole line of who wants the run to end.
const END: &str = "!";

/// What is known about a step of a run that died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was never begun.
    Untouched,
    /// It was begun: it may be there, whole or half, or come yet.
    Begun,
    /// It was made.
    Made,
    /// It was unmade.
    Unmade,
}

/// The open file of a run.
#[derive(Debug)]
pub(crate) struct Progress(File);

impl Progress {
    /// The file in a run's folder, made if it is not there, to be written on.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        File::options().append(true).create(true).open(folder.join(NAME)).map(Self)
    }

    /// Before the first effect of the step.
    pub(crate) fn begun(&self, step: usize) -> io::Result<()> {
        self.note(BEGUN, step)
    }

    /// The step's effect is there.
    pub(crate) fn made(&self, step: usize) {
        self.note_if_possible(MADE, step);
    }

    /// The step's effect is gone.
    pub(crate) fn unmade(&self, step: usize) {
        self.note_if_possible(UNMADE, step);
    }

    /// Without this line the step counts as begun, which costs whoever unmakes it a second look and no more.
    fn note_if_possible(&self, what: char, step: usize) {
        if let Err(error) = self.note(what, step) {
            tracing::warn!(%error, step, "a run's progress was not noted");
        }
    }

    /// In one write, so that a line is there whole or not at all.
    fn note(&self, what: char, step: usize) -> io::Result<()> {
        (&self.0).write_all(format!("{what}{step}\n").as_bytes())
    }
}

/// Asks the run of this folder to end, if it still looks: it does until its container runs.
///
/// # Errors
/// `NotFound`: the run has ended; else whatever the file system says.
pub(super) fn ask_to_end(folder: &Path) -> io::Result<()> {
    // Nothing is made: it would be in the way of the run that removes its folder.
    let file = File::options().append(true).open(folder.join(NAME))?;
    (&file).write_all(format!("{END}\n").as_bytes())
}

/// Was the run of this folder asked to end? What cannot be read was not.
pub(super) fn is_asked_to_end(folder: &Path) -> bool {
    fs::read_to_string(folder.join(NAME)).is_ok_and(|text| text.lines().any(|line| line == END))
}

/// The stages of all steps of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stages(Vec<Stage>);

impl Stages {
    /// As a run of so many steps noted them in its folder.
    pub(crate) fn read(folder: &Path, steps: usize) -> io::Result<Self> {
        match fs::read_to_string(folder.join(NAME)) {
            Ok(text) => Ok(Self::parse(&text, steps)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::parse("", steps)),
            Err(error) => Err(error),
        }
    }

    /// As after a crash of the machine: nobody knows.
    pub(crate) fn unknown(steps: usize) -> Self {
        Self(vec![Stage::Begun; steps])
    }

    /// The stage of one step.
    pub(crate) fn of(&self, step: usize) -> Stage {
        self.0.get(step).copied().unwrap_or(Stage::Untouched)
    }

    /// A line that is no note on a step is left out.
    fn parse(text: &str, steps: usize) -> Self {
        let mut stages = vec![Stage::Untouched; steps];
        for (stage, step) in text.lines().filter_map(note_in) {
            if let Some(known) = stages.get_mut(step) {
                *known = stage;
            }
        }
        Self(stages)
    }
}

fn note_in(line: &str) -> Option<(Stage, usize)> {
    let mut chars = line.chars();
    let stage = match chars.next()? {
        BEGUN => Stage::Begun,
        MADE => Stage::Made,
        UNMADE => Stage::Unmade,
        _ => return None,
    };
    Some((stage, chars.as_str().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_note_on_a_step_counts() {
        let folder = tempfile::tempdir().unwrap();
        let progress = Progress::open(folder.path()).unwrap();
        [0, 1, 2].iter().for_each(|step| progress.begun(*step).unwrap());
        progress.made(0);
        progress.made(1);
        progress.unmade(1);
        let stages = Stages::read(folder.path(), 4).unwrap();
        let found: Vec<_> = (0..5).map(|step| stages.of(step)).collect();
        let wanted = [Stage::Made, Stage::Unmade, Stage::Begun, Stage::Untouched, Stage::Untouched];
        assert_eq!(found, wanted);
    }

    #[test]
    fn whoever_takes_over_writes_on_below() {
        let folder = tempfile::tempdir().unwrap();
        Progress::open(folder.path()).unwrap().begun(0).unwrap();
        Progress::open(folder.path()).unwrap().unmade(0);
        assert_eq!(Stages::read(folder.path(), 1).unwrap().of(0), Stage::Unmade);
    }

    #[test]
    fn who_asks_for_the_end_is_heard_and_changes_no_stage() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ask_to_end(folder.path()).unwrap_err().kind(), io::ErrorKind::NotFound);
        let progress = Progress::open(folder.path()).unwrap();
        progress.begun(0).unwrap();
        assert!(!is_asked_to_end(folder.path()));
        ask_to_end(folder.path()).unwrap();
        progress.made(0);
        assert!(is_asked_to_end(folder.path()));
        assert_eq!(Stages::read(folder.path(), 1).unwrap(), Stages(vec![Stage::Made]));
    }

    #[test]
    fn what_is_no_note_is_left_out() {
        let stages = Stages::parse("+0\n\nrubbish\n=x\n=99\n-", 1);
        assert_eq!(stages, Stages(vec![Stage::Begun]));
    }

    #[test]
    fn where_nothing_was_noted_nothing_was_begun() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Stages::read(folder.path(), 1).unwrap().of(0), Stage::Untouched);
        assert_eq!(Stages::unknown(1).of(0), Stage::Begun);
    }
}
