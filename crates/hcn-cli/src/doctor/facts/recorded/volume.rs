//! Volumes as a test wrote them down: a healthy one of each system, of which a test changes what it is about.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Recorded;
use crate::doctor::facts::Absent;
use crate::doctor::facts::host::Space;
use crate::doctor::facts::volume::filters::Filter;
use crate::doctor::facts::volume::{Drive, Encryption, Kind, Mounted, Place, Rights, Volume, VolumeState};
use crate::doctor::subject::Subject;
use crate::os::Os;

/// The list of a folder on a drive that Windows has just formatted.
pub(crate) const FRESH: &str =
    "D:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;ID;0x1301bf;;;AU)(A;OICIID;0x1200a9;;;BU)";

/// A Linux host with a bind mount of /srv/cache, whose facts a test changes.
pub(crate) fn linux(change: impl FnOnce(&mut Place)) -> Recorded {
    let mut place = ext4("/srv/cache");
    change(&mut place);
    recorded(Os::Linux, "type=bind,src=/srv/cache,dst=/cache,options=rbind", place)
}

/// A Windows host with a bind mount of D:\cache, likewise.
pub(crate) fn windows(change: impl FnOnce(&mut Place)) -> Recorded {
    let mut place = ntfs(r"D:\cache");
    change(&mut place);
    recorded(Os::Windows, r"type=bind,src=D:\cache,dst=C:\cache", place)
}

fn recorded(os: Os, mount: &str, place: Place) -> Recorded {
    let subject = Subject::new(None, &[mount.to_owned()], None, os).unwrap();
    let path = subject.binds().unwrap()[0].source.clone();
    let mut places = vec![(path, Rc::new(place))];
    if os == Os::Windows {
        places.push((PathBuf::from(r"C:\"), Rc::new(ntfs(r"C:\"))));
    }
    Recorded { os, subject, places, build: Some(20348), ..Recorded::healthy() }
}

/// A folder on a disk of Linux.
pub(crate) fn ext4(path: &str) -> Place {
    let windows = || Absent::NotHere("only Windows has it".to_owned());
    Place {
        real: Ok(path.into()),
        mounted: Ok(Mounted {
            root: "/".into(),
            device: "/dev/sda1".into(),
            file_system: "ext4".into(),
            drive: Drive::Fixed,
            options: vec!["rw".into(), "relatime".into()],
        }),
        files: Ok(Space { free: 1_000_000, total: 2_000_000 }),
        minds_case: Ok(true),
        rights: Ok(Rights::Mode(0, 0, 0o755)),
        ..folder(&windows())
    }
}

/// A folder on an NTFS volume.
pub(crate) fn ntfs(path: &str) -> Place {
    let none = |what: &str| Absent::NotHere(format!("{what} is not told here"));
    Place {
        real: Ok(path.into()),
        mounted: Ok(Mounted {
            root: path[..3].into(),
            device: r"\Device\HarddiskVolume4".into(),
            file_system: "NTFS".into(),
            drive: Drive::Fixed,
            options: Vec::new(),
        }),
        minds_case: Ok(false),
        rights: Ok(Rights::AccessList(FRESH.into())),
        state: Ok(VolumeState { short_names: true, dev_drive: false, trusted: false }),
        journal: Ok(true),
        filters: Ok(filters(&["bindflt 409800", "WdFilter 328010", "wcifs 189900"])),
        allowed: Err(Absent::NotHere("it is no Dev Drive".into())),
        encryption: Ok(Encryption::Off),
        files: Err(none("the number of files")),
        ..folder(&none("its layout"))
    }
}

fn folder(absent: &Absent) -> Place {
    Place {
        kind: Ok(Kind::Folder),
        links: Ok(Vec::new()),
        space: Ok(Space { free: 50 << 30, total: 100 << 30 }),
        ..Place::unknown(absent)
    }
}

/// Filters, each by its name and its altitude.
pub(crate) fn filters(told: &[&str]) -> Vec<Filter> {
    let filter = |told: &&str| {
        let (name, altitude) = told.split_once(' ').unwrap();
        Filter { name: name.to_owned(), altitude: altitude.to_owned() }
    };
    told.iter().map(filter).collect()
}

/// A change of the volume's mounting.
pub(crate) fn mounted(change: impl FnOnce(&mut Mounted)) -> impl FnOnce(&mut Place) {
    |place| change(place.mounted.as_mut().unwrap())
}

impl Volume for Recorded {
    fn place(&self, path: &Path) -> Rc<Place> {
        let unknown =
            || Rc::new(Place::unknown(&Absent::NotHere(format!("{} was not recorded", path.display()))));
        let known = self.places.iter().find(|(known, _)| known == path);
        known.map_or_else(unknown, |(_, place)| Rc::clone(place))
    }
}
