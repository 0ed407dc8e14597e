//! The facts that are compared, each with what a difference in it means.

use super::Bearing;
use crate::doctor::facts::volume::{Encryption, Kind, Link, Mounted, Place, Rights};
use crate::doctor::facts::{Absent, Fact};
use crate::doctor::size;

/// A fact of a place.
pub(super) struct Known {
    /// Its id, which never changes.
    pub(super) id: &'static str,
    /// What it is, as people read it.
    pub(super) tell: fn(&Place) -> Fact<String>,
    /// What a difference means.
    pub(super) meaning: Meaning,
}

/// What a difference in a fact means.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// A check judges it; and what it means where that has nothing against it.
    Check(&'static str, Bearing),
    /// It was not the cause where it was looked into: how that is known.
    NotTheCause(&'static str),
    /// Any two volumes differ in it.
    Expected,
    /// Nobody knows.
    Unknown,
}

const SHORT_NAMES: &str = "Windows makes 8.3 names on its own drive alone unless told otherwise; where this was looked into, \
                           switching them on for the other drive made no difference";
const JOURNAL: &str = "only Windows' own drive has a journal of changes unless told otherwise; where this was looked into, \
                       making one on the other drive made no difference";

/// All of them, in the order of the report.
pub(super) const FACTS: &[Known] = &[
    Known { id: "kind", tell: kind, meaning: Meaning::Check("mount.kind", Bearing::Unknown) },
    Known { id: "links", tell: links, meaning: Meaning::Check("mount.links", Bearing::Unknown) },
    Known {
        id: "path-length",
        tell: length,
        meaning: Meaning::Check("mount.path-length", Bearing::Expected),
    },
    Known { id: "volume", tell: volume, meaning: Meaning::Expected },
    Known { id: "device", tell: device, meaning: Meaning::Expected },
    Known {
        id: "file-system",
        tell: file_system,
        meaning: Meaning::Check("mount.file-system", Bearing::Unknown),
    },
    Known { id: "drive", tell: drive, meaning: Meaning::Check("mount.drive", Bearing::Unknown) },
    Known { id: "encryption", tell: encryption, meaning: Meaning::Check("mount.drive", Bearing::Unknown) },
    Known { id: "options", tell: options, meaning: Meaning::Check("mount.options", Bearing::Unknown) },
    Known { id: "free-space", tell: space, meaning: Meaning::Check("mount.space", Bearing::Expected) },
    Known { id: "free-files", tell: files, meaning: Meaning::Check("mount.space", Bearing::Expected) },
    Known { id: "case-sensitive", tell: case, meaning: Meaning::Check("mount.case", Bearing::Unknown) },
    Known { id: "rights", tell: rights, meaning: Meaning::Check("mount.rights", Bearing::Unknown) },
    Known { id: "dev-drive", tell: dev_drive, meaning: Meaning::Check("mount.dev-drive", Bearing::Unknown) },
    Known {
        id: "allowed-filters",
        tell: allowed,
        meaning: Meaning::Check("mount.dev-drive", Bearing::Unknown),
    },
    Known { id: "filters", tell: filters, meaning: Meaning::Check("mount.filters", Bearing::Unknown) },
    Known { id: "short-names", tell: short_names, meaning: Meaning::NotTheCause(SHORT_NAMES) },
    Known { id: "names", tell: names, meaning: Meaning::NotTheCause(SHORT_NAMES) },
    Known { id: "usn-journal", tell: journal, meaning: Meaning::NotTheCause(JOURNAL) },
    Known { id: "last-usn", tell: last_usn, meaning: Meaning::NotTheCause(JOURNAL) },
    Known { id: "attributes", tell: attributes, meaning: Meaning::Unknown },
];

/// A fact in words; why there is none stays.
fn told<T>(fact: &Fact<T>, text: impl FnOnce(&T) -> String) -> Fact<String> {
    fact.as_ref().map(text).map_err(Clone::clone)
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

fn list(words: impl Iterator<Item = String>) -> String {
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn kind(place: &Place) -> Fact<String> {
    let word = |kind: &Kind| match kind {
        Kind::Folder => "folder",
        Kind::File => "file",
        Kind::Other => "other",
    };
    told(&place.kind, |kind| word(kind).to_owned())
}

fn links(place: &Place) -> Fact<String> {
    let link = |link: &Link| format!("{} {}", link.kind, link.path.display());
    told(&place.links, |links| list(links.iter().map(link)))
}

fn length(place: &Place) -> Fact<String> {
    told(&place.real, |real| real.to_string_lossy().encode_utf16().count().to_string())
}

fn mounted(place: &Place, text: impl FnOnce(&Mounted) -> String) -> Fact<String> {
    told(&place.mounted, text)
}

fn volume(place: &Place) -> Fact<String> {
    mounted(place, |mounted| mounted.root.display().to_string())
}

fn device(place: &Place) -> Fact<String> {
    mounted(place, |mounted| mounted.device.clone())
}

fn file_system(place: &Place) -> Fact<String> {
    mounted(place, |mounted| mounted.file_system.clone())
}

fn drive(place: &Place) -> Fact<String> {
    mounted(place, |mounted| mounted.drive.word().to_owned())
}

fn options(place: &Place) -> Fact<String> {
    mounted(place, |mounted| list(mounted.options.iter().cloned()))
}

fn encryption(place: &Place) -> Fact<String> {
    let word = |encryption: &Encryption| match encryption {
        Encryption::On => "on",
        Encryption::Off => "off",
        Encryption::Locked => "locked",
    };
    told(&place.encryption, |encryption| word(encryption).to_owned())
}

fn space(place: &Place) -> Fact<String> {
    told(&place.space, |space| format!("{} of {}", size::text(space.free), size::text(space.total)))
}

fn files(place: &Place) -> Fact<String> {
    told(&place.files, |files| format!("{} of {}", files.free, files.total))
}

fn case(place: &Place) -> Fact<String> {
    told(&place.minds_case, |minds| yes(*minds))
}

fn rights(place: &Place) -> Fact<String> {
    told(&place.rights, |rights| match rights {
        Rights::AccessList(list) => list.clone(),
        Rights::Mode(user, group, mode) => format!("user {user}, group {group}, mode {mode:04o}"),
    })
}

fn dev_drive(place: &Place) -> Fact<String> {
    told(&place.state, |state| match (state.dev_drive, state.trusted) {
        (true, true) => "trusted".to_owned(),
        (true, false) => "not trusted".to_owned(),
        (false, _) => "no".to_owned(),
    })
}

fn allowed(place: &Place) -> Fact<String> {
    told(&place.allowed, |filters| list(filters.allowed.iter().cloned()))
}

fn filters(place: &Place) -> Fact<String> {
    told(&place.filters, |filters| list(filters.iter().map(|filter| filter.name.clone())))
}

fn short_names(place: &Place) -> Fact<String> {
    told(&place.state, |state| yes(state.short_names))
}

fn journal(place: &Place) -> Fact<String> {
    told(&place.journal, |has| yes(*has))
}

fn names(place: &Place) -> Fact<String> {
    told(&place.layout, super::super::facts::volume::layout::Layout::kinds)
}

fn last_usn(place: &Place) -> Fact<String> {
    let none = || Absent::NotHere("fsutil.exe tells no such number".to_owned());
    let layout = place.layout.as_ref().map_err(Clone::clone)?;
    layout.last_usn.map(|number| number.to_string()).ok_or_else(none)
}

fn attributes(place: &Place) -> Fact<String> {
    let none = || Absent::NotHere("fsutil.exe tells no attributes".to_owned());
    place.layout.as_ref().map_err(Clone::clone)?.attributes.clone().ok_or_else(none)
}
