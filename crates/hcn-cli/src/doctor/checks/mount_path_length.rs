//! Is the path of what is mounted short enough?

use super::mount::{each, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::Place;
use crate::doctor::subject::Bind;

/// `MAX_PATH` less a file's name of the form 8.3: what a folder may have.
const LONGEST: usize = 247;
/// Beyond it hardly a tree fits below.
const LONG: usize = 180;

pub(super) struct PathLength;

impl Check for PathLength {
    fn about(&self) -> About {
        About {
            id: "mount.path-length",
            title: "the path of what is mounted is short enough",
            why: "Windows' older calls take no path of more than 259 letters, and what a program makes below the mount is \
                  below the longer path of the host; `the filename or extension is too long` is said then",
            fix: "says to mount a shorter path",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

/// The letters of Windows are units of UTF-16.
pub(super) fn judged(_: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let path = place.real.as_ref().unwrap_or(&bind.source);
    let length = path.to_string_lossy().encode_utf16().count();
    let seen = format!("the path of {} has {length} letters", shown(&bind.source));
    let shorter = || Fix::advice("mount a folder nearer to the drive's root");
    match length {
        length if length > LONGEST => Finding::failure(seen, shorter()),
        length if length > LONG => Finding::warning(seen, shorter()),
        _ => Finding::ok(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::volume::windows;
    use crate::doctor::facts::{Absent, recorded::Recorded};

    fn with(letters: usize) -> Recorded {
        windows(|place| place.real = Ok(format!(r"D:\{}", "é".repeat(letters - 3)).into()))
    }

    #[test]
    fn letters_are_counted_as_windows_counts_them() {
        insta::assert_snapshot!(with(20).tell(&PathLength), @r"ok: the path of D:\cache has 20 letters");
        insta::assert_snapshot!(with(200).tell(&PathLength), @r#"
        warning: the path of D:\cache has 200 letters
          Advice("mount a folder nearer to the drive's root")
        "#);
        insta::assert_snapshot!(with(248).tell(&PathLength), @r#"
        failure: the path of D:\cache has 248 letters
          Advice("mount a folder nearer to the drive's root")
        "#);
    }

    #[test]
    fn one_that_cannot_be_followed_counts_as_it_is_typed_and_one_that_is_missing_does_not() {
        let plain = windows(|place| place.real = Err(Absent::NotHere("no".into())));
        insta::assert_snapshot!(plain.tell(&PathLength), @r"ok: the path of D:\cache has 8 letters");
        let missing = windows(|place| *place = Place::unknown(&Absent::NotHere("no".into())));
        insta::assert_snapshot!(missing.tell(&PathLength), @r"skipped: D:\cache cannot be looked at: see mount.kind");
    }
}
