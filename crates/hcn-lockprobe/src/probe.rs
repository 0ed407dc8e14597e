//! The probe: every step in order, each within its time; then nothing of it is left, or it says what is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fmt, fs, io};

use crate::fault::{Fault, Verdict};
use crate::files::{Left, Token, remove};
use crate::limit::{Ended, within};
use crate::lock::{KINDS, Kind};
use crate::peer::Peers;
use crate::report::{Outcome, Report, Row, VERSION};
use crate::stage::{STAGES, Stage};
use crate::trial::{Ground, attempt};

/// The time of each step, where nobody says another.
pub const LIMIT: Duration = Duration::from_secs(10);

/// The longest that a probe can take whose steps have this time each. Looking at the folder first and the removal at the
/// end have as much.
pub fn longest(limit: Duration) -> Duration {
    let all = steps().count() + 2;
    limit.saturating_mul(u32::try_from(all).unwrap_or(u32::MAX))
}

/// How to probe.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program `hcn-lockprobe`, which is started as the second process.
    pub program: PathBuf,
    /// What tells its files from others.
    pub token: Token,
    /// The time of each step.
    pub limit: Duration,
    /// The number of the signal that asks it to end, once one has come: what it made is removed all the same.
    pub stop: Arc<AtomicUsize>,
}

/// There is nothing to report.
#[derive(Debug)]
#[non_exhaustive]
pub enum NoReport {
    /// There is no folder to probe: which, and why.
    NoFolder(PathBuf, io::Error),
    /// A signal asked it to end: its number, and what could not be removed.
    Stopped(usize, Vec<Left>),
}

impl fmt::Display for NoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(folder, why) => {
                write!(f, "cannot probe `{}`: {why}; name a folder that is there", folder.display())
            }
            Self::Stopped(signal, left) if left.is_empty() => {
                write!(f, "stopped by signal {signal}; nothing is left")
            }
            Self::Stopped(signal, left) => {
                write!(f, "stopped by signal {signal}; delete what is left:")?;
                left.iter().try_for_each(|Left { path, .. }| write!(f, " {}", path.display()))
            }
        }
    }
}

impl std::error::Error for NoReport {}

/// Tries every step in a folder.
///
/// # Errors
/// Where there is no such folder, or a signal came.
pub fn probe(folder: &Path, options: Options) -> Result<Report, NoReport> {
    let Options { program, token, limit, stop } = options;
    let absent = |why| NoReport::NoFolder(folder.to_owned(), why);
    let folder = std::path::absolute(folder).map_err(absent)?;
    let ground = Ground { folder, token, peers: Peers::new(program) };
    let looked_at = ground.folder.clone();
    let looking = move || fs::metadata(looked_at).and_then(|found| is_folder(&found));
    let stages = match within(limit, looking).map_err(absent)? {
        Ended::Done(found) => found.map(|()| all(&ground, limit, &stop)).map_err(absent)?,
        // Not even looking at it comes to an end: no step would.
        Ended::Hung | Ended::Broke => hanging(limit),
    };
    ground.peers.end();
    let left = clean(&ground, &stages, limit);
    match stop.load(Ordering::Relaxed) {
        0 => {
            let system = std::env::consts::OS.to_owned();
            Ok(Report { version: VERSION, folder: ground.folder, system, stages, left })
        }
        signal => Err(NoReport::Stopped(signal, left)),
    }
}

fn is_folder(found: &fs::Metadata) -> io::Result<()> {
    match found.is_dir() {
        true => Ok(()),
        false => Err(io::ErrorKind::NotADirectory.into()),
    }
}

/// What there is to try: a step about locks once for each kind.
fn steps() -> impl Iterator<Item = (Stage, Option<Kind>)> {
    let stages = || STAGES.iter().map(|about| about.stage);
    let alone = |stage: Stage| (stage, None);
    let before = stages().filter(|stage| *stage < Stage::LockShared).map(alone);
    let locks = KINDS.iter().flat_map(move |kind| {
        stages().filter(|stage| stage.is_per_lock()).map(move |stage| (stage, Some(*kind)))
    });
    let after = stages().filter(|stage| *stage > Stage::ReleasedAtKill).map(alone);
    before.chain(locks).chain(after)
}

fn all(ground: &Ground, limit: Duration, stop: &AtomicUsize) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (stage, lock) in steps() {
        if stop.load(Ordering::Relaxed) != 0 {
            break;
        }
        let row = match in_the_way(&rows, stage, lock) {
            Some(why) => Row { stage, lock, outcome: Outcome::Skipped, seen: why, code: None },
            None => tried(ground, (stage, lock), limit),
        };
        rows.push(row);
    }
    rows
}

/// Why a step is not tried.
fn in_the_way(rows: &[Row], stage: Stage, lock: Option<Kind>) -> Option<String> {
    if let Some(row) = rows.iter().find(|row| row.outcome == Outcome::Hung) {
        return Some(format!("{} hangs, and so would this", row.name()));
    }
    let needed = stage.needs()?;
    let is_it = |row: &&Row| row.stage == needed && (row.lock.is_none() || row.lock == lock);
    let passed = rows.iter().find(is_it).is_some_and(|row| row.outcome == Outcome::Passed);
    (!passed).then(|| format!("{needed} did not pass"))
}

fn tried(ground: &Ground, (stage, lock): (Stage, Option<Kind>), limit: Duration) -> Row {
    let ground = ground.clone();
    let kind = lock.unwrap_or(KINDS[0]);
    let (outcome, seen, code) = match within(limit, move || attempt(&ground, stage, kind)) {
        Ok(Ended::Done(verdict)) => judged(verdict),
        Ok(Ended::Hung) => (Outcome::Hung, overdue(limit), None),
        Ok(Ended::Broke) => judged(Err(Fault::wrong("the probe itself broke off"))),
        Err(error) => judged(Err(Fault::refused("start a thread", &error))),
    };
    Row { stage, lock, outcome, seen, code }
}

fn judged(verdict: Verdict) -> (Outcome, String, Option<i32>) {
    match verdict {
        Ok(seen) => (Outcome::Passed, seen, None),
        Err(Fault { what, code }) => (Outcome::Failed, what, code),
    }
}

fn overdue(limit: Duration) -> String {
    format!("it has not ended after {} s", limit.as_secs_f32())
}

/// The rows of a folder that cannot even be looked at.
fn hanging(limit: Duration) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (stage, lock) in steps() {
        let (outcome, seen) = match in_the_way(&rows, stage, lock) {
            None => (Outcome::Hung, overdue(limit)),
            Some(why) => (Outcome::Skipped, why),
        };
        rows.push(Row { stage, lock, outcome, seen, code: None });
    }
    rows
}

/// Removes what was made, as far as the file system lets it.
fn clean(ground: &Ground, rows: &[Row], limit: Duration) -> Vec<Left> {
    // A file system that hangs from the start is not asked again.
    let is_stuck = rows.first().is_none_or(|row| row.outcome == Outcome::Hung);
    if is_stuck {
        return Vec::new();
    }
    let (folder, token) = (ground.folder.clone(), ground.token.clone());
    let hangs = |why: String| vec![Left { path: ground.folder.clone(), why }];
    match within(limit, move || remove(&folder, &token)) {
        Ok(Ended::Done(left)) => left,
        Ok(Ended::Hung | Ended::Broke) => hangs(overdue(limit)),
        Err(error) => hangs(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_lock_goes_through_all_its_stages_before_the_next() {
        let names: Vec<_> = steps().map(|(stage, lock)| (stage.id(), lock)).collect();
        assert_eq!(names.len(), 4 + 6 * KINDS.len() + 3);
        assert_eq!(names[4], ("lock-shared", Some(KINDS[0])));
        assert_eq!(names[9], ("released-at-kill", Some(KINDS[0])));
        assert_eq!(names.last(), Some(&("relative-opens", None)));
    }

    #[test]
    fn a_probe_takes_no_longer_than_all_its_steps_and_the_two_around_them() {
        let seconds = if cfg!(windows) { 150 } else { 270 };
        assert_eq!(longest(LIMIT), Duration::from_secs(seconds));
    }

    #[test]
    fn a_stage_whose_need_failed_is_skipped_for_that_kind_of_lock_alone() {
        let row = |lock, outcome| Row {
            stage: Stage::LockExclusive,
            lock: Some(lock),
            outcome,
            seen: String::new(),
            code: None,
        };
        let rows = [row(Kind::Flock, Outcome::Failed), row(Kind::Ofd, Outcome::Passed)];
        let why = in_the_way(&rows, Stage::Unlock, Some(Kind::Flock));
        assert_eq!(why.as_deref(), Some("lock-exclusive did not pass"));
        assert_eq!(in_the_way(&rows, Stage::Unlock, Some(Kind::Ofd)), None);
    }

    #[test]
    fn behind_a_stage_that_hangs_none_is_tried() {
        let rows = hanging(Duration::from_secs(1));
        assert_eq!((rows[0].outcome, rows[0].seen.as_str()), (Outcome::Hung, "it has not ended after 1 s"));
        assert!(
            rows[1..]
                .iter()
                .all(|row| row.outcome == Outcome::Skipped && row.seen.starts_with("create hangs"))
        );
    }
}
