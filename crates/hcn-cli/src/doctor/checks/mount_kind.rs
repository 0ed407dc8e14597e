//! Is what is to be mounted a folder?

use super::mount::{all, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::volume::{Encryption, Kind, Place};
use crate::doctor::facts::{Absent, Facts};
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct SourceKind;

impl Check for SourceKind {
    fn about(&self) -> About {
        About {
            id: "mount.kind",
            title: "what is to be mounted is a folder",
            why: "older releases of Windows refuse a single file as a source, with `access is denied`; what does not even \
                  answer on the host will not in a container",
            fix: "says what to mount instead",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        all(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let source = shown(&bind.source);
    match &place.kind {
        Ok(Kind::Folder) => Finding::ok(format!("{source} is a folder")),
        Ok(Kind::File) => file(facts.os, &source),
        Ok(Kind::Other) => Finding::ok(format!("{source} is neither a folder nor a file")),
        Err(_) if place.encryption == Ok(Encryption::Locked) => {
            Finding::skipped(format!("{source} is on a locked volume: see mount.drive"))
        }
        Err(Absent::NotHere(_)) => Finding::skipped(format!("{source} is not there: see mount.sources")),
        Err(Absent::Denied(why)) => Finding::skipped(why.clone()),
        Err(Absent::Unreadable(why)) => Finding::failure(why.clone(), Fix::Unknown),
        Err(Absent::Silent(why)) => Finding::failure(why.clone(), woken(facts.os)),
    }
}

fn woken(os: Os) -> Fix {
    Fix::advice(match os {
        Os::Linux => {
            "bring back what serves it (a server, a program of FUSE), or let go of it: `umount --lazy PLACE`"
        }
        Os::Windows => "bring back the server or the drive that it is on, or disconnect it",
    })
}

/// INFERRED: that newer builds take a file with process isolation is from hcsshim's code and reports; a file mounted with both
/// isolations on each release would settle it.
fn file(os: Os, source: &str) -> Finding {
    match os {
        Os::Linux => Finding::ok(format!("{source} is a file; where it is mounted has to be one too")),
        Os::Windows => Finding::warning(
            format!("{source} is a single file, which older releases and Hyper-V isolation do not mount"),
            Fix::advice("mount the folder that it is in"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::volume::{linux, windows};

    #[test]
    fn a_folder_is_well() {
        insta::assert_snapshot!(linux(|_| ()).tell(&SourceKind), @"ok: /srv/cache is a folder");
        insta::assert_snapshot!(windows(|_| ()).tell(&SourceKind), @r"ok: D:\cache is a folder");
    }

    #[test]
    fn a_file_is_well_on_linux_and_a_risk_on_windows() {
        let file = |place: &mut Place| place.kind = Ok(Kind::File);
        assert!(linux(file).tell(&SourceKind).starts_with("ok: /srv/cache is a file"));
        insta::assert_snapshot!(windows(file).tell(&SourceKind), @r#"
        warning: D:\cache is a single file, which older releases and Hyper-V isolation do not mount
          Advice("mount the folder that it is in")
        "#);
        let other = |place: &mut Place| place.kind = Ok(Kind::Other);
        assert!(linux(other).tell(&SourceKind).starts_with("ok: "));
    }

    #[test]
    fn what_may_not_be_looked_at_is_skipped_and_what_cannot_be_fails() {
        let denied = |place: &mut Place| *place = Place::unknown(&Absent::Denied("D:\\cache: no".into()));
        insta::assert_snapshot!(windows(denied).tell(&SourceKind), @r"skipped: D:\cache: no");
        let missing = |place: &mut Place| *place = Place::unknown(&Absent::NotHere("no".into()));
        insta::assert_snapshot!(windows(missing).tell(&SourceKind), @r"skipped: D:\cache is not there: see mount.sources");
        let broken =
            |place: &mut Place| *place = Place::unknown(&Absent::Unreadable("D:\\cache: dead".into()));
        insta::assert_snapshot!(windows(broken).tell(&SourceKind), @r"
        failure: D:\cache: dead
          Unknown
        ");
        let silent =
            |place: &mut Place| *place = Place::unknown(&Absent::Silent("/srv/cache: silent".into()));
        insta::assert_snapshot!(linux(silent).tell(&SourceKind), @r#"
        failure: /srv/cache: silent
          Advice("bring back what serves it (a server, a program of FUSE), or let go of it: `umount --lazy PLACE`")
        "#);
        let mut nothing = linux(|_| ());
        nothing.subject = Default::default();
        insta::assert_snapshot!(nothing.tell(&SourceKind), @"skipped: no bind mount was named; name one with --mount or --config");
    }
}
