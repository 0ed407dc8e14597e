//! Do the volume's own options let a container do what the mount asks for?

use super::mount::{each, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::{Mounted, Place};
use crate::doctor::shell;
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct Options;

impl Check for Options {
    fn about(&self) -> About {
        About {
            id: "mount.options",
            title: "the volume can be written where the mount can",
            why: "a bind mount keeps the options of the volume below it: on a read-only one every write fails, whatever the \
                  mount says, and on one with `noexec` no program starts",
            fix: "lets the volume be written",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let mounted = match &place.mounted {
        Err(absent) => return absent.clone().into(),
        Ok(mounted) => mounted,
    };
    let has = |option: &str| mounted.options.iter().any(|known| known == option);
    let wants_to_write = !bind.options.iter().any(|option| option.eq_ignore_ascii_case("ro"));
    let seen = format!("{} is on {}, {}", shown(&bind.source), letter(&mounted.root), told(mounted));
    match (has("ro"), has("noexec")) {
        (true, _) if wants_to_write => Finding::failure(seen, writable(facts.os, mounted)),
        (false, true) => Finding::warning(
            format!("{seen}: no program on it can be run"),
            Fix::command(format!("mount -o remount,exec {}", shell::path(facts.os, &mounted.root))),
        ),
        _ => Finding::ok(seen),
    }
}

fn told(mounted: &Mounted) -> String {
    match mounted.options.as_slice() {
        [] => "which can be written".to_owned(),
        options => format!("whose options are {}", options.join(",")),
    }
}

/// Lets the volume be written.
pub(super) fn writable(os: Os, mounted: &Mounted) -> Fix {
    let root = shell::path(os, &mounted.root);
    match os {
        Os::Linux => Fix::command(format!("mount -o remount,rw {root}")),
        Os::Windows => {
            let volume = letter(&mounted.root);
            let drive = volume.trim_end_matches(':');
            Fix::command(format!("Get-Partition -DriveLetter {drive} | Set-Partition -IsReadOnly $false"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{linux, mounted, windows};
    use crate::doctor::subject::Subject;

    fn with(options: &[&str]) -> impl FnOnce(&mut Place) {
        let options = options.iter().map(ToString::to_string).collect();
        mounted(|mounted| mounted.options = options)
    }

    #[test]
    fn a_volume_that_can_be_written_is_well() {
        insta::assert_snapshot!(linux(|_| ()).tell(&Options) + &windows(|_| ()).tell(&Options), @r"
        ok: /srv/cache is on /, whose options are rw,relatime
        ok: D:\cache is on D:, which can be written
        ");
    }

    #[test]
    fn a_read_only_one_fails_unless_the_mount_is_read_only_too() {
        insta::assert_snapshot!(linux(with(&["ro"])).tell(&Options), @r#"
        failure: /srv/cache is on /, whose options are ro
          Command("mount -o remount,rw /")
        "#);
        insta::assert_snapshot!(windows(with(&["ro"])).tell(&Options), @r#"
        failure: D:\cache is on D:, whose options are ro
          Command("Get-Partition -DriveLetter D | Set-Partition -IsReadOnly $false")
        "#);
        let mut reading = linux(with(&["ro"]));
        let mount = "type=bind,src=/srv/cache,dst=/cache,options=rbind:ro".to_owned();
        reading.subject = Subject::new(None, &[mount], None, Os::Linux).unwrap();
        insta::assert_snapshot!(reading.tell(&Options), @"ok: /srv/cache is on /, whose options are ro");
    }

    #[test]
    fn programs_of_one_with_noexec_do_not_run() {
        insta::assert_snapshot!(linux(with(&["rw", "noexec"])).tell(&Options), @r#"
        warning: /srv/cache is on /, whose options are rw,noexec: no program on it can be run
          Command("mount -o remount,exec /")
        "#);
    }

    #[test]
    fn options_that_nobody_tells_are_not_available() {
        let hidden =
            |place: &mut Place| place.mounted = Err(Absent::NotHere("its volume is not told".into()));
        insta::assert_snapshot!(linux(hidden).tell(&Options), @"not available: its volume is not told");
    }
}
