//! What comparing two volumes tells; first of all in the case that the seed of this project is about.

use std::rc::Rc;

use hcn_lockprobe::{Outcome, Row as Probed, Stage};

use super::*;
use crate::doctor::examine;
use crate::doctor::facts::host::Space;
use crate::doctor::facts::recorded::volume::{ext4, filters, linux, ntfs};
use crate::doctor::facts::recorded::{Recorded, probed};
use crate::doctor::facts::volume::layout::Layout;
use crate::doctor::facts::volume::layout::tests::{ON_C, ON_D};
use crate::doctor::facts::volume::{Mounted, VolumeState};
use crate::doctor::facts::{Absent, Fact};
use crate::doctor::subject::Subject;
use crate::os::Os;

/// The host of the seed document, as far as its author tells: Server 2022, a small C: and a large D:, both NTFS. What he does
/// not tell is not available.
fn seed() -> Recorded {
    fn not_told<T>() -> Fact<T> {
        Err(Absent::NotHere("not told".into()))
    }
    let mount =
        r"type=bind,src=d:\cache\opam,dst=c:\Users\ContainerAdministrator\AppData\Local\opam".to_owned();
    let mut subject = Subject::new(None, &[mount], None, Os::Windows).unwrap();
    subject.compare = Some(r"c:\cache\opam".into());
    subject.image = Some("mcr.microsoft.com/windows/servercore:ltsc2022".into());
    let drive = |path: &str, device: &str, layout: &str, is_own: bool, space: Space| Place {
        mounted: Ok(Mounted { device: device.into(), ..ntfs(path).mounted.unwrap() }),
        layout: Ok(Layout::parse(layout).unwrap()),
        state: Ok(VolumeState { short_names: is_own, dev_drive: false, trusted: false }),
        journal: Ok(is_own),
        space: Ok(space),
        filters: not_told(),
        rights: not_told(),
        encryption: not_told(),
        ..ntfs(path)
    };
    let c = drive(
        r"c:\cache\opam",
        r"\Device\HarddiskVolume3",
        ON_C,
        true,
        Space { free: 2 << 30, total: 256 << 30 },
    );
    let d = drive(
        r"d:\cache\opam",
        r"\Device\HarddiskVolume5",
        ON_D,
        false,
        Space { free: 1600 << 30, total: 1700 << 30 },
    );
    let places = vec![(r"c:\cache\opam".into(), Rc::new(c)), (r"d:\cache\opam".into(), Rc::new(d))];
    Recorded { os: Os::Windows, subject, places, build: Some(20348), ..Recorded::healthy() }
}

fn only(host: &Recorded) -> Comparison {
    let mut found = all(&host.facts());
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn ids(rows: &[&Row]) -> Vec<&'static str> {
    rows.iter().map(|row| row.id).collect()
}

#[test]
fn in_the_seed_s_case_names_and_numbers_differ_and_are_known_not_to_be_the_cause() {
    let found = only(&seed());
    let innocent = found.that(|bearing| matches!(bearing, Bearing::NotTheCause { .. }));
    assert_eq!(ids(&innocent), ["short-names", "names", "usn-journal", "last-usn"]);
    assert_eq!((innocent[1].source.as_str(), innocent[1].with.as_str()), ("HLINK", "NTFS+DOS"));
    assert_eq!((innocent[3].source.as_str(), innocent[3].with.as_str()), ("0", "16897595224"));
    assert!(
        found.that(|bearing| matches!(bearing, Bearing::Check { .. })).is_empty(),
        "no difference is called the cause"
    );
    let unknown = found.facts.iter().filter(|row| row.verdict == Verdict::NotCompared).collect::<Vec<_>>();
    assert_eq!(ids(&unknown), ["encryption", "free-files", "rights", "allowed-filters", "filters"]);
}

#[test]
fn a_difference_that_a_check_judges_is_told_with_the_check() {
    let mut host = linux(|place| place.mounted.as_mut().unwrap().options = vec!["ro".into()]);
    host.subject.compare = Some("/srv/works".into());
    host.places.push(("/srv/works".into(), Rc::new(ext4("/srv/works"))));
    let found = only(&host);
    let guilty = found.that(|bearing| bearing == Bearing::Check { check: "mount.options" });
    assert_eq!(ids(&guilty), ["options"]);
}

#[test]
fn what_a_check_has_against_both_is_not_held_against_one() {
    let mut host = linux(|place| place.mounted.as_mut().unwrap().options = vec!["ro".into()]);
    let mut other = ext4("/srv/works");
    other.mounted.as_mut().unwrap().options = vec!["ro".into(), "nosuid".into()];
    host.subject.compare = Some("/srv/works".into());
    host.places.push(("/srv/works".into(), Rc::new(other)));
    assert_eq!(ids(&only(&host).that(|bearing| bearing == Bearing::Unknown)), ["options"]);
}

#[test]
fn filters_of_one_alone_are_told_and_not_judged() {
    let mut host = seed();
    for ((_, place), names) in
        host.places.iter_mut().zip([&["bindflt 409800"][..], &["bindflt 409800", "cbfs 380850"]])
    {
        *place = Rc::new(Place { filters: Ok(filters(names)), ..Place::clone(place) });
    }
    let found = only(&host);
    assert_eq!(ids(&found.that(|bearing| bearing == Bearing::Unknown)), ["filters"]);
}

#[test]
fn without_a_folder_to_compare_with_nothing_is_compared() {
    assert!(all(&linux(|_| ()).facts()).is_empty());
    let mut nothing = Recorded::healthy();
    nothing.subject.compare = Some("/".into());
    assert!(all(&nothing.facts()).is_empty());
}

#[test]
fn every_check_that_is_named_judges_mounts_and_every_fact_has_an_id_of_its_own() {
    let named = FACTS.iter().filter_map(|known| match known.meaning {
        Meaning::Check(check, _) => Some(check),
        _ => None,
    });
    named.for_each(|check| assert!(mount::judge(check).is_some(), "{check}"));
    let ids: std::collections::HashSet<_> = FACTS.iter().map(|known| known.id).collect();
    assert_eq!(ids.len(), FACTS.len());
}

/// The lock probe's answer on the seed's host: the author saw that the program stops where it makes its second lock file, and
/// not with which code; on the host nothing fails.
fn seed_probed() -> Recorded {
    let seen = "the file cannot be made".to_owned();
    let failed = Probed { stage: Stage::Create, lock: None, outcome: Outcome::Failed, seen, code: None };
    let folder = r"d:\cache\opam";
    let (locks, locks_inside) = (Ok(probed(folder, &[])), Some(Ok(probed(folder, &[failed]))));
    Recorded { locks, locks_inside, ..seed() }
}

#[test]
fn the_report_on_the_seed_s_host_names_the_stage_lists_what_differs_and_says_what_is_known() {
    let mounts = crate::doctor::checks::ALL.iter().copied();
    let checks: Vec<_> = mounts.filter(|check| check.about().id.starts_with("mount.")).collect();
    let report = examine(&checks, &seed_probed().facts());
    assert_eq!((report.exit(), &report.json()["failures"]), (crate::exit::Exit::Failure, &1.into()));
    let text = report.text();
    let compared = text.split_once("compared").map(|(_, text)| text).unwrap_or_default();
    insta::assert_snapshot!(compared, @r"
          d:\cache\opam with c:\cache\opam, on a volume that works
        fact             d:\cache\opam                           c:\cache\opam
        kind             folder                                  folder
        links            none                                    none
        path-length      13                                      13
      * volume           d:\                                     c:\
      * device           \Device\HarddiskVolume5                 \Device\HarddiskVolume3
        file-system      NTFS                                    NTFS
        drive            fixed                                   fixed
      ? encryption       (not told)                              (not told)
        options          none                                    none
      * free-space       1600.0 GiB of 1700.0 GiB                2.0 GiB of 256.0 GiB
      ? free-files       (the number of files is not told here)  (the number of files is not told here)
        case-sensitive   no                                      no
      ? rights           (not told)                              (not told)
        dev-drive        no                                      no
      ? allowed-filters  (it is no Dev Drive)                    (it is no Dev Drive)
      ? filters          (not told)                              (not told)
      * short-names      no                                      yes
      * names            HLINK                                   NTFS+DOS
      * usn-journal      no                                      yes
      * last-usn         0                                       16897595224
        attributes       0x00000020: Archive                     0x00000020: Archive
      what fails, by mount.locks: --mount: d:\cache\opam at c:\Users\ContainerAdministrator\AppData\Local\opam in a container of mcr.microsoft.com/windows/servercore:ltsc2022: the first stage that fails is create: the file cannot be made; only in the container: on the host every stage passes
      no difference is known to be a cause
      differ, and are known not to be the cause: short-names, names, usn-journal, last-usn
        Windows makes 8.3 names on its own drive alone unless told otherwise; where this was looked into, switching them on for the other drive made no difference
        only Windows' own drive has a journal of changes unless told otherwise; where this was looked into, making one on the other drive made no difference
      differ, as on any two volumes: volume, device, free-space
      could not be compared: encryption, free-files, rights, allowed-filters, filters
    14 checks: 1 failed, 1 with warnings
    ");
}
