//! What is known of this release of containerd?

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::os::Os;

pub(super) struct Version;

impl Check for Version {
    fn about(&self) -> About {
        About {
            id: "containerd.version",
            title: "what is known of this release of containerd",
            why: "releases differ in what they can do with networks and images on Windows, and their errors do not say so",
            fix: "names the release from which on it works, or the way around it",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let version = match facts.containerd.version() {
            Err(absent) => return vec![absent.into()],
            Ok(version) => version,
        };
        let Some(release) = release(&version) else {
            return vec![Finding::skipped(format!("containerd calls itself {version}, which is no release"))];
        };
        let known = TABLE.iter().filter(|known| known.is_of(facts.os, release));
        let told = known.map(|known| match known.fix {
            None => Finding::ok(format!("containerd {version}: {}", known.fact)),
            Some(fix) => Finding::warning(format!("containerd {version}: {}", known.fact), Fix::advice(fix)),
        });
        let told: Vec<_> = told.collect();
        match told.is_empty() {
            true => vec![Finding::ok(format!("nothing is known against containerd {version}"))],
            false => told,
        }
    }
}

/// Major, minor, patch.
type Release = (u32, u32, u32);

/// Something that is known.
struct Known {
    /// Of which system; both, where none is named.
    os: Option<Os>,
    /// Before which release; every one, where none is named.
    before: Option<Release>,
    /// What.
    fact: &'static str,
    /// What helps where hcn is in its way too; none where hcn does it right by itself.
    fix: Option<&'static str>,
}

impl Known {
    fn is_of(&self, os: Os, release: Release) -> bool {
        self.os.is_none_or(|of| of == os) && self.before.is_none_or(|before| release < before)
    }
}

/// Read in containerd's sources of 1.6.20, 1.7 and 2.0 to 2.3 (`cmd/ctr/commands/run`, `vendor/github.com/containerd/platforms`)
/// and in the shims that they bring (hcsshim 0.9 to 0.13, `internal/hcsoci/resources_wcow.go`); threads in brackets.
const TABLE: &[Known] = &[
    Known {
        os: None,
        before: Some((1, 6, 0)),
        fact: "hcn was never tried with it",
        fix: Some("update containerd to 1.7 or later"),
    },
    Known {
        os: Some(Os::Windows),
        before: Some((1, 6, 0)),
        fact: "`ctr run --cni` gives plugins a path of Linux for a namespace, and they answer `invalid GUID length` \
               (containerd/containerd#6305)",
        fix: Some("run with `hcn run`, or update containerd"),
    },
    Known {
        os: Some(Os::Windows),
        before: None,
        fact: "`ctr run --cni` with an image makes a namespace and never deletes it; with --config it makes none, so that \
               config.json must name one, else plugins miss CNI_NETNS. `hcn run` makes one in both cases, and deletes it",
        fix: None,
    },
    Known {
        os: Some(Os::Windows),
        before: Some((1, 7, 27)),
        fact: "ctr takes images of exactly this build of Windows alone (containerd/containerd#6508). `hcn run` takes those \
               that Windows runs",
        fix: None,
    },
    Known {
        os: Some(Os::Windows),
        before: Some((2, 1, 0)),
        fact: "its shim refuses mounts of type `bind` in every isolation, later ones in Hyper-V's (moby/buildkit#5077). \
               `hcn run` leaves the type out",
        fix: None,
    },
];

/// The numbers in front, as of `v1.6.20~ds1` or `2.0.0-rc.1`.
fn release(version: &str) -> Option<Release> {
    let numbers = version.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
    let mut numbers = numbers.map(str::parse);
    Some((
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next().and_then(Result::ok).unwrap_or_default(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn told(os: Os, version: &str) -> String {
        Recorded { os, version: Ok(version.into()), ..Recorded::healthy() }.tell(&Version)
    }

    #[test]
    fn a_release_against_which_nothing_is_known_is_well() {
        insta::assert_snapshot!(told(Os::Linux, "v1.6.20~ds1"), @"ok: nothing is known against containerd v1.6.20~ds1");
    }

    #[test]
    fn what_a_release_does_on_windows_is_told_and_that_hcn_does_better() {
        insta::assert_snapshot!(told(Os::Windows, "2.0.0"), @r"
        ok: containerd 2.0.0: `ctr run --cni` with an image makes a namespace and never deletes it; with --config it makes none, so that config.json must name one, else plugins miss CNI_NETNS. `hcn run` makes one in both cases, and deletes it
        ok: containerd 2.0.0: its shim refuses mounts of type `bind` in every isolation, later ones in Hyper-V's (moby/buildkit#5077). `hcn run` leaves the type out
        ");
        assert_eq!(told(Os::Windows, "1.6.20").lines().count(), 3);
        assert_eq!(told(Os::Windows, "v2.1.0-rc.1").lines().count(), 1);
    }

    #[test]
    fn a_release_that_is_too_old_is_warned_of() {
        insta::assert_snapshot!(told(Os::Linux, "1.5.9"), @r#"
        warning: containerd 1.5.9: hcn was never tried with it
          Advice("update containerd to 1.7 or later")
        "#);
    }

    #[test]
    fn without_a_daemon_or_a_number_it_is_skipped() {
        let silent = Recorded { version: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(silent.tell(&Version), @"skipped: no answer");
        insta::assert_snapshot!(told(Os::Linux, "main"), @"skipped: containerd calls itself main, which is no release");
    }
}
