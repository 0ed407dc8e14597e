//! Can the daemon start containers: its runtime, the shim, and on Linux runc?

use super::package;
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::os::Os;

/// What the daemon calls the part that starts shims.
const KIND: &str = "io.containerd.runtime.v2";

pub(super) struct Runtime;

impl Check for Runtime {
    fn about(&self) -> About {
        About {
            id: "containerd.runtime",
            title: "containerd's runtime works, and its programs are there",
            why: "containerd starts a shim for each container, and the shim starts runc; without one of them the task \
                  cannot be created",
            fix: "installs what is missing",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let part = match facts.containerd.plugins() {
            Err(absent) => return vec![absent.into()],
            Ok(plugins) => plugins.into_iter().find(|plugin| plugin.kind == KIND),
        };
        let judged = match part.map(|plugin| plugin.failure) {
            Some(None) => Finding::ok(format!("containerd has a working {KIND}")),
            Some(Some(why)) => {
                Finding::failure(format!("containerd's {KIND} does not work: {why}"), Fix::Unknown)
            }
            None => Finding::failure(
                format!("containerd has no {KIND}"),
                Fix::advice(
                    "take it out of disabled_plugins in containerd's config.toml, and start containerd anew",
                ),
            ),
        };
        std::iter::once(judged).chain(programs(facts)).collect()
    }
}

fn programs(facts: &Facts<'_>) -> Vec<Finding> {
    let folders = match facts.containerd.search_path() {
        Err(absent) => return vec![absent.into()],
        Ok(folders) => folders,
    };
    let names: &[&str] = match facts.os {
        Os::Linux => &["containerd-shim-runc-v2", "runc"],
        Os::Windows => &["containerd-shim-runhcs-v1.exe"],
    };
    let judged = |name: &&str| match facts.host.program(name, &folders) {
        Some(file) => Finding::ok(format!("{name} is {}", file.display())),
        None => {
            let all: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
            let seen = format!("{name} is in none of the folders where containerd looks: {}", all.join(", "));
            Finding::failure(seen, install(facts, name))
        }
    };
    names.iter().map(judged).collect()
}

fn install(facts: &Facts<'_>, name: &str) -> Fix {
    match name {
        "runc" => {
            let advice = "install runc, or put it into one of these folders";
            package::install(facts, &package::RUNC, advice)
        }
        _ => Fix::advice(
            "install the package of containerd anew, or put the program into one of these folders",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn a_runtime_with_its_programs_is_well() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Runtime), @r"
        ok: containerd has a working io.containerd.runtime.v2
        ok: containerd-shim-runc-v2 is /usr/bin/containerd-shim-runc-v2
        ok: runc is /usr/bin/runc
        ");
    }

    #[test]
    fn a_program_that_is_missing_is_named_with_the_folders() {
        let without = Recorded { programs: vec!["containerd-shim-runc-v2"], ..Recorded::healthy() };
        let told = without.tell(&Runtime);
        insta::assert_snapshot!(told.lines().skip(2).collect::<Vec<_>>().join("\n"), @r#"
        failure: runc is in none of the folders where containerd looks: /usr/bin
          Advice("install runc, or put it into one of these folders")
        "#);
    }

    #[test]
    fn a_runtime_that_is_switched_off_or_broken_is_a_failure() {
        let mut broken =
            Recorded { search_path: Err(Absent::NotHere("not Linux".into())), ..Recorded::healthy() };
        broken.plugins.as_mut().unwrap()[1].failure = Some("no such thing".into());
        insta::assert_snapshot!(broken.tell(&Runtime), @r"
        failure: containerd's io.containerd.runtime.v2 does not work: no such thing
          Unknown
        not available: not Linux
        ");
        broken.plugins.as_mut().unwrap().remove(1);
        assert!(broken.tell(&Runtime).starts_with("failure: containerd has no io.containerd.runtime.v2\n"));
    }

    #[test]
    fn without_a_daemon_it_is_skipped() {
        let silent = Recorded { plugins: Err(Absent::Unreadable("no answer".into())), ..Recorded::healthy() };
        insta::assert_snapshot!(silent.tell(&Runtime), @"skipped: no answer");
    }
}
