//! The volumes of this machine. Each path is looked at once, for what Windows' programs tell of it takes them a while.

mod program;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::absent;
use super::answers::Answers;
use crate::doctor::facts::host::Space;
use crate::doctor::facts::volume::dev_drive::Filters;
use crate::doctor::facts::volume::filters::{self, Filter};
use crate::doctor::facts::volume::layout::Layout;
use crate::doctor::facts::volume::{Encryption, Kind, Link, Mounted, Place, Volume, VolumeState};
use crate::doctor::facts::{Absent, Fact};
use crate::sys;

/// `FVE_E_LOCKED_VOLUME` of winerror.h, as the system's error number.
const LOCKED: i32 = 0x8031_0000_u32.cast_signed();

/// What has been looked at so far.
pub(crate) struct Disks {
    answers: Rc<Answers>,
    known: RefCell<HashMap<PathBuf, Rc<Place>>>,
}

impl Disks {
    /// Nothing yet.
    pub(crate) fn new(answers: Rc<Answers>) -> Self {
        Self { answers, known: RefCell::default() }
    }

    fn look(&self, path: &Path) -> Place {
        match self.answers.of(path) {
            Ok(()) => look(path),
            Err(silent) => Place::unknown(&silent),
        }
    }
}

impl Volume for Disks {
    fn place(&self, path: &Path) -> Rc<Place> {
        let known = self.known.borrow().get(path).cloned();
        known.unwrap_or_else(|| {
            let place = Rc::new(self.look(path));
            self.known.borrow_mut().insert(path.to_owned(), Rc::clone(&place));
            place
        })
    }
}

fn look(path: &Path) -> Place {
    match fs::metadata(path) {
        Ok(metadata) => found(path, &metadata),
        Err(error) => {
            let is_locked = error.raw_os_error() == Some(LOCKED);
            let unknown = Place::unknown(&absent(&path.display().to_string(), &error));
            let encryption = if is_locked { Ok(Encryption::Locked) } else { unknown.encryption.clone() };
            Place { encryption, ..unknown }
        }
    }
}

fn found(path: &Path, metadata: &Metadata) -> Place {
    let mounted = asked("its volume", sys::mounted(path));
    let state = of_root(&mounted, |root| asked("the volume's state", sys::volume_state(root)));
    Place {
        kind: Ok(kind(metadata)),
        real: asked("its real path", real(path)),
        links: asked("the links on its way", links(path)),
        space: asked("the room on it", sys::free_space(path)).map(space),
        files: asked("its files", sys::free_files(path)).map(space),
        minds_case: asked("its names", sys::minds_case(path)),
        rights: asked("its rights", sys::path_rights(path)),
        journal: of_root(&mounted, |root| asked("the journal of changes", sys::has_change_journal(root))),
        filters: of_root(&mounted, attached),
        allowed: allowed(&mounted, &state),
        encryption: of_root(&mounted, encryption),
        layout: layout(path),
        mounted,
        state,
    }
}

fn kind(metadata: &Metadata) -> Kind {
    match (metadata.is_dir(), metadata.is_file()) {
        (true, _) => Kind::Folder,
        (_, true) => Kind::File,
        _ => Kind::Other,
    }
}

/// Without the prefix by which Windows marks paths that are taken as they are: people and their shells do not write it.
fn real(path: &Path) -> io::Result<PathBuf> {
    let whole = fs::canonicalize(path)?;
    let plain = whole.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    Ok(match plain {
        Some(plain) if !plain.starts_with("UNC") => PathBuf::from(plain),
        _ => whole,
    })
}

fn links(path: &Path) -> io::Result<Vec<Link>> {
    let mut on_the_way: Vec<_> = path.ancestors().filter(|folder| folder.parent().is_some()).collect();
    on_the_way.reverse();
    let mut links = Vec::new();
    for place in on_the_way {
        links.extend(sys::link_kind(place)?.map(|kind| Link { path: place.to_owned(), kind }));
    }
    Ok(links)
}

fn space((free, total): (u64, u64)) -> Space {
    Space { free, total }
}

/// Ask about the volume, by its root.
fn of_root<T>(mounted: &Fact<Mounted>, ask: impl FnOnce(&Path) -> Fact<T>) -> Fact<T> {
    mounted.as_ref().map_err(Clone::clone).and_then(|mounted| ask(&mounted.root))
}

fn attached(root: &Path) -> Fact<Vec<Filter>> {
    let told = program::told("fltmc.exe", &["instances", "-v", &volume(root)])?;
    filters::parse(&told.text).ok_or_else(|| told.nothing())
}

/// Only a Dev Drive has such a list.
fn allowed(mounted: &Fact<Mounted>, state: &Fact<VolumeState>) -> Fact<Filters> {
    if !state.as_ref().map_err(Clone::clone)?.dev_drive {
        return Err(Absent::NotHere("it is no Dev Drive".to_owned()));
    }
    let ask = |root: &Path| {
        let told = program::told("fsutil.exe", &["devdrv", "query", &volume(root)])?;
        Filters::parse(&told.text).ok_or_else(|| told.nothing())
    };
    of_root(mounted, ask)
}

/// manage-bde answers by its exit code when asked so, in every language.
fn encryption(root: &Path) -> Fact<Encryption> {
    let told = program::told("manage-bde.exe", &["-status", &volume(root), "-ProtectionAsErrorLevel"])?;
    match told.exit {
        Some(0) => Ok(Encryption::On),
        Some(1) => Ok(Encryption::Off),
        _ => Err(told.nothing()),
    }
}

fn layout(path: &Path) -> Fact<Layout> {
    let told = program::told("fsutil.exe", &["file", "layout", &path.to_string_lossy()])?;
    Layout::parse(&told.text).ok_or_else(|| told.nothing())
}

/// `D:` of `D:\`.
fn volume(root: &Path) -> String {
    root.to_string_lossy().trim_end_matches('\\').to_owned()
}

fn asked<T>(what: &str, answer: io::Result<T>) -> Fact<T> {
    answer.map_err(|error| absent(what, &error))
}

#[cfg(test)]
mod tests {
    use hcn_test::Scratch;

    use super::*;

    fn disks() -> Disks {
        Disks::new(Rc::new(Answers::new(None)))
    }

    #[test]
    fn a_folder_of_this_machine_is_told_with_its_volume() {
        let scratch = Scratch::new();
        let disks = disks();
        let place = disks.place(scratch.path());
        assert_eq!(place.kind, Ok(Kind::Folder));
        let mounted = place.mounted.clone().unwrap();
        assert!(place.real.clone().unwrap().starts_with(mounted.root) && !mounted.file_system.is_empty());
        assert!(place.space.clone().unwrap().total > 0);
        assert!(Rc::ptr_eq(&place, &disks.place(scratch.path())), "it is looked at once");
    }

    #[test]
    fn what_is_not_there_tells_nothing() {
        let place = disks().place(&Scratch::new().join("no"));
        assert!(matches!((&place.kind, &place.space), (Err(Absent::NotHere(_)), Err(Absent::NotHere(_)))));
    }

    #[test]
    fn what_windows_alone_has_is_not_available_elsewhere() {
        let (scratch, disks) = (Scratch::new(), disks());
        let place = disks.place(&scratch.file("f", ""));
        assert_eq!(place.kind, Ok(Kind::File));
        let missing = [place.filters.is_err(), place.layout.is_err(), place.encryption.is_err()];
        assert_eq!(missing, [true; 3]);
        assert!(matches!(place.state, Err(Absent::NotHere(_) | Absent::Denied(_))), "{:?}", place.state);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_on_the_way_is_told() {
        let scratch = Scratch::new();
        std::os::unix::fs::symlink(scratch.folder("a"), scratch.join("b")).unwrap();
        scratch.folder("a/c");
        let place = disks().place(&scratch.join("b/c"));
        let links: Vec<_> = place.links.clone().unwrap().into_iter().map(|link| link.path).collect();
        assert!(links.contains(&scratch.join("b")), "{links:?}");
        assert!(place.real.clone().unwrap().ends_with("a/c"));
    }
}
