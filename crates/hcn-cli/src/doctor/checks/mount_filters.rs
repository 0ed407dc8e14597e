//! Which minifilters are attached to the volume of a mount, against a volume that works?

use std::path::{Path, PathBuf};

use super::mount::{each, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::Place;
use crate::doctor::facts::volume::filters::{Filter, has};
use crate::doctor::subject::Bind;

/// The volume with which one is compared that nobody names: containers' own files are on it unless told otherwise.
const SYSTEM: &str = r"C:\";

/// What a mapped folder goes through.
const NEEDED: &str = "bindflt";

pub(super) struct MountFilters;

impl Check for MountFilters {
    fn about(&self) -> About {
        About {
            id: "mount.filters",
            title: "the filter that maps folders is attached to the volume",
            why: "a folder of the host is seen in a container through the minifilter bindflt; where it is on the volume that \
                  works and not on this one, nothing of this one can be mapped. Other filters that are on one of the two \
                  alone (virus scanners, encryption) are told, and not judged",
            fix: "attaches it",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let here = match &place.filters {
        Err(absent) => return absent.clone().into(),
        Ok(filters) => filters,
    };
    let other = facts.subject.compare.clone().unwrap_or_else(|| PathBuf::from(SYSTEM));
    let source = shown(&bind.source);
    match &facts.volume.place(&other).filters {
        Err(_) if has(here, NEEDED) => Finding::ok(format!("{NEEDED} is attached to the volume of {source}")),
        Err(absent) => absent.clone().into(),
        Ok(there) => compared(&source, place, here, &other, there),
    }
}

/// INFERRED: Windows attaches bindflt to a volume when the first folder of it is mapped, so that one without it need not be
/// broken; fltmc before and after a first container on a fresh volume would settle it.
fn compared(source: &str, place: &Place, here: &[Filter], other: &Path, there: &[Filter]) -> Finding {
    let seen = format!(
        "the volume of {source} has {}; that of {} has {}",
        names(here),
        other.display(),
        names(there)
    );
    match (has(here, NEEDED), has(there, NEEDED)) {
        (true, _) => Finding::ok(seen),
        (false, false) => {
            Finding::ok(format!("{seen}; {NEEDED} is attached when a container first needs it"))
        }
        (false, true) => {
            let volume = place.mounted.as_ref().map(|mounted| letter(&mounted.root)).unwrap_or_default();
            let attach = format!(
                "# only if it is still missing while a container with the mount runs\nfltmc attach {NEEDED} {volume}"
            );
            Finding::warning(format!("{seen}: {NEEDED} is on the other alone"), Fix::command(attach))
        }
    }
}

fn names(filters: &[Filter]) -> String {
    let names: Vec<_> = filters.iter().map(|filter| filter.name.as_str()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{filters, ntfs, windows};

    #[test]
    fn a_volume_with_bindflt_is_well_whatever_else_differs() {
        insta::assert_snapshot!(windows(|_| ()).tell(&MountFilters), @r"ok: the volume of D:\cache has bindflt, WdFilter, wcifs; that of C:\ has bindflt, WdFilter, wcifs");
        let other = windows(|place| place.filters = Ok(filters(&["bindflt 409800", "cbfs 380850"])));
        insta::assert_snapshot!(other.tell(&MountFilters), @r"ok: the volume of D:\cache has bindflt, cbfs; that of C:\ has bindflt, WdFilter, wcifs");
    }

    #[test]
    fn bindflt_on_the_volume_that_works_alone_is_a_warning() {
        let without = windows(|place| place.filters = Ok(filters(&["WdFilter 328010"])));
        insta::assert_snapshot!(without.tell(&MountFilters), @r##"
        warning: the volume of D:\cache has WdFilter; that of C:\ has bindflt, WdFilter, wcifs: bindflt is on the other alone
          Command("# only if it is still missing while a container with the mount runs\nfltmc attach bindflt D:")
        "##);
    }

    #[test]
    fn the_volume_that_was_named_is_taken_instead_of_the_system_s() {
        let mut host = windows(|place| place.filters = Ok(filters(&["WdFilter 328010"])));
        host.subject.compare = Some(r"E:\ok".into());
        host.places.push((r"E:\ok".into(), Rc::new(Place { filters: Ok(Vec::new()), ..ntfs(r"E:\ok") })));
        insta::assert_snapshot!(host.tell(&MountFilters), @r"ok: the volume of D:\cache has WdFilter; that of E:\ok has none; bindflt is attached when a container first needs it");
    }

    #[test]
    fn filters_that_nobody_tells_are_not_available() {
        let hidden = |place: &mut Place| {
            place.filters = Err(Absent::NotHere("fltmc.exe: there is no such program".into()))
        };
        insta::assert_snapshot!(windows(hidden).tell(&MountFilters), @"not available: fltmc.exe: there is no such program");
    }
}
