//! Does the daemon answer at its address, and to this user?

use std::path::PathBuf;

use super::{package, service};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};
use crate::doctor::shell;
use crate::os::Os;

pub(super) struct Reachable;

impl Check for Reachable {
    fn about(&self) -> About {
        About {
            id: "containerd.reachable",
            title: "containerd answers at its address",
            why: "without it no container can be run; it may be stopped, listen elsewhere, or be closed to this user",
            fix: "starts it, names the address where one listens, or says which rights are missing",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let address = facts.containerd.address();
        let rights = facts.containerd.rights().map(|rights| format!(" ({rights})")).unwrap_or_default();
        vec![match facts.containerd.version() {
            Ok(version) => Finding::ok(format!("containerd {version} answers at {address}{rights}")),
            Err(Absent::Denied(why)) => {
                Finding::failure(format!("{why}{rights}"), shell::as_root(facts, "doctor"))
            }
            Err(absent) => Finding::failure(absent.why(), found(facts)),
        }]
    }
}

fn found(facts: &Facts<'_>) -> Fix {
    match (facts.containerd.others().first(), facts.os) {
        (Some(other), Os::Linux) => {
            Fix::command(format!("export CONTAINERD_ADDRESS={}", shell::quoted(facts.os, other)))
        }
        (_, Os::Linux) if !is_installed(facts) => {
            package::install(facts, &package::CONTAINERD, "install containerd")
        }
        _ => Fix::command(service::start(facts)),
    }
}

/// A user's own PATH may lack the folders of the system's programs.
fn is_installed(facts: &Facts<'_>) -> bool {
    let system = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"].map(PathBuf::from);
    let folders: Vec<_> = facts.host.path().into_iter().chain(system).collect();
    facts.host.program("containerd", &folders).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn a_daemon_that_answers_is_named_with_those_who_may_ask() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Reachable), @"ok: containerd 1.6.20~ds1 answers at /run/containerd/containerd.sock (user 0, group 0, mode 0660)");
    }

    #[test]
    fn silence_is_mended_by_a_start_or_by_the_address_of_another() {
        let silent = Recorded {
            version: Err(Absent::Unreadable("cannot connect to /x: nobody listens".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(silent.tell(&Reachable), @r#"
        failure: cannot connect to /x: nobody listens
          Command("systemctl start containerd")
        "#);
        let elsewhere = Recorded { others: vec!["/run/k3s/containerd/containerd.sock".into()], ..silent };
        insta::assert_snapshot!(elsewhere.tell(&Reachable), @r#"
        failure: cannot connect to /x: nobody listens
          Command("export CONTAINERD_ADDRESS=/run/k3s/containerd/containerd.sock")
        "#);
        let windows = Recorded { os: Os::Windows, ..elsewhere };
        insta::assert_snapshot!(windows.tell(&Reachable), @r#"
        failure: cannot connect to /x: nobody listens
          Command("Start-Service containerd")
        "#);
    }

    #[test]
    fn a_daemon_that_is_not_installed_is() {
        let silent = Recorded {
            version: Err(Absent::Unreadable("cannot connect to /x: nobody listens".into())),
            programs: vec!["apk"],
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(silent.tell(&Reachable), @r#"
        failure: cannot connect to /x: nobody listens
          Command("apk add containerd")
        "#);
        let bare = Recorded { programs: Vec::new(), ..silent };
        insta::assert_snapshot!(bare.tell(&Reachable), @r#"
        failure: cannot connect to /x: nobody listens
          Advice("install containerd")
        "#);
    }

    #[test]
    fn a_closed_socket_is_told_from_a_silent_one() {
        let closed = Recorded {
            version: Err(Absent::Denied("cannot connect to /x: permission denied".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(closed.tell(&Reachable), @r#"
        failure: cannot connect to /x: permission denied (user 0, group 0, mode 0660)
          Command("sudo -E /usr/bin/hcn doctor")
        "#);
    }
}
