//! What a bind mount stands on: the folder or file that is mounted, and the volume that holds it.

pub(crate) mod dev_drive;
pub(crate) mod filters;
pub(crate) mod layout;
pub(crate) mod rights;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use self::dev_drive::Filters;
use self::filters::Filter;
use self::layout::Layout;
use super::Fact;
use super::host::Space;
pub(crate) use crate::sys::{Drive, Mounted, Rights, VolumeState};

/// The volumes of a host.
pub(crate) trait Volume {
    /// What is known of a path and of the volume that holds it.
    fn place(&self, path: &Path) -> Rc<Place>;
}

/// What is known of a path and of the volume that holds it; each fact, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What is there.
    pub(crate) kind: Fact<Kind>,
    /// Where it lies once every link is followed.
    pub(crate) real: Fact<PathBuf>,
    /// The links on the way.
    pub(crate) links: Fact<Vec<Link>>,
    /// The volume.
    pub(crate) mounted: Fact<Mounted>,
    /// The room on it, in bytes.
    pub(crate) space: Fact<Space>,
    /// How many files it can still have, and can have altogether.
    pub(crate) files: Fact<Space>,
    /// Are names that differ in case alone two names in this folder?
    pub(crate) minds_case: Fact<bool>,
    /// Who may do what here.
    pub(crate) rights: Fact<Rights>,
    /// What the volume keeps about itself.
    pub(crate) state: Fact<VolumeState>,
    /// Does it keep a journal of changes (USN)?
    pub(crate) journal: Fact<bool>,
    /// The minifilters that are attached to it.
    pub(crate) filters: Fact<Vec<Filter>>,
    /// Those that may be attached to it, where it is a Dev Drive.
    pub(crate) allowed: Fact<Filters>,
    /// How it stands with BitLocker.
    pub(crate) encryption: Fact<Encryption>,
    /// How the folder or file is kept on it.
    pub(crate) layout: Fact<Layout>,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A folder.
    Folder,
    /// A file.
    File,
    /// A device, a socket, a pipe.
    Other,
}

/// A link on the way to a path: symbolic, a junction, another reparse point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What it is, as people call it.
    pub(crate) kind: String,
}

/// How a volume stands with BitLocker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// Protected, and unlocked.
    On,
    /// Not protected, or for now not.
    Off,
    /// Protected and locked: nothing else is known of it.
    Locked,
}

impl Place {
    /// The folder or file that this is about does not answer: nothing is known.
    pub(crate) fn unknown(why: &super::Absent) -> Self {
        fn none<T>(why: &super::Absent) -> Fact<T> {
            Err(why.clone())
        }
        Self {
            kind: none(why),
            real: none(why),
            links: none(why),
            mounted: none(why),
            space: none(why),
            files: none(why),
            minds_case: none(why),
            rights: none(why),
            state: none(why),
            journal: none(why),
            filters: none(why),
            allowed: none(why),
            encryption: none(why),
            layout: none(why),
        }
    }
}
