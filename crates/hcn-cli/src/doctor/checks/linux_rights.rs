//! May this user run containers, and nobody who should not?

use std::path::Path;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Absent, Facts};
use crate::doctor::shell;

/// Of a file's mode: everybody may write.
const EVERYBODY: u32 = 0o002;

pub(super) struct Rights;

impl Check for Rights {
    fn about(&self) -> About {
        About {
            id: "linux.rights",
            title: "this user may make network namespaces, and containerd's socket is not open to everybody",
            why: "a run makes a network namespace and mounts it, which root may; and whoever may write to the socket may \
                  do anything on the host",
            fix: "asks again as root, or closes the socket",
            systems: Systems::Linux,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        let user = match facts.host.permission() {
            Ok(()) => Finding::ok("this user may make network namespaces"),
            Err(Absent::Denied(why)) => Finding::failure(why, shell::as_root(facts, "doctor")),
            Err(absent) => absent.into(),
        };
        vec![user, socket(facts)]
    }
}

fn socket(facts: &Facts<'_>) -> Finding {
    let address = facts.containerd.address();
    match facts.host.mode(Path::new(address)) {
        Err(absent) => absent.into(),
        Ok(mode) if mode & EVERYBODY == 0 => {
            Finding::ok(format!("{address} is closed to others (mode {mode:04o})"))
        }
        Ok(mode) => Finding::warning(
            format!("{address} is open to everybody (mode {mode:04o})"),
            Fix::command(format!("chmod o-rwx {}", shell::quoted(facts.os, address))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::recorded::Recorded;

    #[test]
    fn root_may_and_others_may_not_use_the_socket() {
        insta::assert_snapshot!(Recorded::healthy().tell(&Rights), @r"
        ok: this user may make network namespaces
        ok: /run/containerd/containerd.sock is closed to others (mode 0660)
        ");
    }

    #[test]
    fn what_is_missing_is_named_and_an_open_socket_is_closed() {
        let denied = Err(Absent::Denied("this user: this process does not have CAP_SYS_ADMIN".into()));
        let host = Recorded { permission: denied, mode: Ok(0o666), ..Recorded::healthy() };
        insta::assert_snapshot!(host.tell(&Rights), @r#"
        failure: this user: this process does not have CAP_SYS_ADMIN
          Command("sudo -E /usr/bin/hcn doctor")
        warning: /run/containerd/containerd.sock is open to everybody (mode 0666)
          Command("chmod o-rwx /run/containerd/containerd.sock")
        "#);
    }

    #[test]
    fn a_socket_that_is_not_there_has_no_mode() {
        let host = Recorded {
            permission: Err(Absent::Unreadable("capget: no answer".into())),
            mode: Err(Absent::NotHere("/run/containerd/containerd.sock: no such file".into())),
            ..Recorded::healthy()
        };
        insta::assert_snapshot!(host.tell(&Rights), @r"
        skipped: capget: no answer
        not available: /run/containerd/containerd.sock: no such file
        ");
    }
}
