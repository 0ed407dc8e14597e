//! Files of the user's that a run writes: its report, the process's id. Each is first a draft beside its place, so that
//! it is there whole or not at all.
//!
//! A note, `STATE/drafts/NOTE`, says where the draft is, for as long as it may be there: by it the draft of a run that
//! was killed is found and removed. Whoever writes holds a lock on it. It is no part of the run's journal, since a report
//! is written also when that is gone, and of a run that never had one.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use super::stop_point;
use crate::exit::Exit;
use crate::sys::{self, absent_is_success, patiently};
use crate::{Failure, whole_file};

/// The folder of the notes.
fn folder_of(state: &Path) -> PathBuf {
    state.join("drafts")
}

/// Put a file there, new or over another, that a crash of the machine cannot cut.
///
/// # Errors
/// What the system says.
pub(super) fn put(state: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    put_and(state, file, bytes, File::sync_all)
}

/// The same, of use to nobody after a crash of the machine: nothing is waited for.
///
/// # Errors
/// What the system says.
pub(super) fn put_for_readers(state: &Path, file: &Path, bytes: &[u8]) -> io::Result<()> {
    put_and(state, file, bytes, |_| Ok(()))
}

fn put_and(
    state: &Path,
    file: &Path,
    bytes: &[u8],
    then: impl FnOnce(&File) -> io::Result<()>,
) -> io::Result<()> {
    let draft = whole_file::beside(file)?;
    // Where there can be none, as on a full disk, the file is written all the same: only a kill leaves its draft.
    let _note = Note::make(state, &draft).inspect_err(|why| tracing::warn!(%why, "a draft has no note"));
    whole_file::put_by(&draft, file, bytes, |made| {
        then(made)?;
        stop_point::pass("a draft");
        Ok(())
    })
}

/// Says where a draft is. It goes when this is dropped.
#[derive(Debug)]
struct Note {
    path: PathBuf,
    _lock: File,
}

impl Note {
    fn make(state: &Path, draft: &Path) -> io::Result<Self> {
        let folder = folder_of(state);
        let words = serde_json::to_vec(draft)?;
        // Each of the two: who owns the upper one can put another in the lower one's place.
        sys::create_private_folder(state)?;
        sys::create_private_folder(&folder)?;
        loop {
            let path = folder.join(uuid::Uuid::new_v4().simple().to_string());
            let mut lock = sys::create_private_file(&path)?;
            lock.lock()?;
            // Else it was taken for a dead run's before it was locked, and removed.
            if path.try_exists()? {
                lock.write_all(&words)?;
                return Ok(Self { path, _lock: lock });
            }
        }
    }
}

impl Drop for Note {
    fn drop(&mut self) {
        // One that stays is removed as a dead run's.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes the drafts of runs that died; answers why some could not be.
pub(super) fn sweep(state: &Path) -> Vec<Failure> {
    let folder = folder_of(state);
    let failed = |note: &Path, why: io::Error| {
        let note = note.display();
        Failure::new(
            Exit::Failure,
            format!("cannot remove what a killed run was writing, by `{note}`: {why}; remove both by hand"),
        )
    };
    match notes_in(&folder) {
        Ok(notes) => notes.iter().filter_map(|note| clear(note).err().map(|why| failed(note, why))).collect(),
        Err(why) => vec![failed(&folder, why)],
    }
}

fn notes_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            sys::check_trusted(folder)?;
            entries?.map(|entry| Ok(entry?.path())).collect()
        }
    }
}

/// Removes what the note names, and the note, unless its writer lives. One that is gone by then is nobody's.
fn clear(note: &Path) -> io::Result<()> {
    let mut lock = match patiently(|| File::options().read(true).write(true).open(note)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        lock => lock?,
    };
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(()),
        locked => locked?,
    }
    let mut words = Vec::new();
    lock.read_to_end(&mut words)?;
    // One that was cut is older than its draft would be.
    if let Ok(draft) = serde_json::from_slice::<PathBuf>(&words) {
        let removed = absent_is_success(patiently(|| fs::remove_file(&draft)));
        removed.map_err(|why| io::Error::new(why.kind(), format!("`{}`: {why}", draft.display())))?;
    }
    absent_is_success(patiently(|| fs::remove_file(note)))
}

#[cfg(test)]
mod tests {
    use hcn_test::{Scratch, names};

    use super::*;

    #[test]
    fn a_file_is_put_there_and_neither_draft_nor_note_stays() {
        let (state, files) = (Scratch::new(), Scratch::new());
        let file = files.join("pid");
        put_for_readers(state.path(), &file, b"4711").unwrap();
        put(state.path(), &file, b"4712").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"4712");
        assert_eq!((names(files.path()), names(&state.join("drafts"))), (vec!["pid".to_owned()], vec![]));
    }

    #[test]
    fn what_cannot_be_put_there_leaves_nothing() {
        let (state, files) = (Scratch::new(), Scratch::new());
        let folder = files.folder("folder");
        put(state.path(), &folder, b"").unwrap_err();
        assert_eq!((names(files.path()), names(&state.join("drafts"))), (vec!["folder".to_owned()], vec![]));
    }

    #[test]
    fn a_file_is_put_there_also_where_there_can_be_no_note() {
        let files = Scratch::new();
        let state = files.file("state", "a file");
        put(&state, &files.join("report"), b"{}").unwrap();
        assert_eq!(names(files.path()), ["report", "state"]);
    }

    #[test]
    fn drafts_of_the_dead_go_and_those_of_the_living_stay() {
        let (state, files) = (Scratch::new(), Scratch::new());
        let (dead, live) = (files.file("dead", "half"), files.file("live", "half"));
        let lives = Note::make(state.path(), &live).unwrap();
        state.file("drafts/dead", serde_json::to_string(&dead).unwrap());
        state.file("drafts/gone", serde_json::to_string(&files.join("gone")).unwrap());
        state.file("drafts/cut", "");
        assert_eq!(sweep(state.path()), []);
        assert_eq!((names(files.path()), names(&state.join("drafts")).len()), (vec!["live".to_owned()], 1));
        drop(lives);
        assert_eq!(names(&state.join("drafts")), [""; 0]);
    }

    #[test]
    fn a_draft_that_cannot_be_removed_is_told_and_tried_again() {
        let (state, files) = (Scratch::new(), Scratch::new());
        let draft = files.folder("draft");
        state.file("drafts/one", serde_json::to_string(&draft).unwrap());
        let told = sweep(state.path());
        assert!(told[0].error.contains(&format!(": `{}`: ", draft.display())), "{told:?}");
        fs::remove_dir(draft).unwrap();
        assert_eq!(sweep(state.path()), []);
        assert_eq!(names(&state.join("drafts")), [""; 0]);
    }

    #[test]
    fn nothing_is_to_be_removed_where_nothing_was_written() {
        assert_eq!(sweep(Scratch::new().path()), []);
    }
}
