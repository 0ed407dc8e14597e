//! May the users of a container use what is mounted?

use super::mount::{each, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::rights::{Allowed, User, allowed};
use crate::doctor::facts::volume::{Place, Rights};
use crate::doctor::shell;
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct MountRights;

impl Check for MountRights {
    fn about(&self) -> About {
        About {
            id: "mount.rights",
            title: "the users of a container may use what is mounted",
            why: "the access lists of the host hold in a container too, for its ContainerAdministrator and its ContainerUser; \
                  the second is in Users and Authenticated Users and in no other group of use, and `access is denied` is all \
                  that it gets of a folder that these may not use",
            fix: "lets the user in",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let list = match &place.rights {
        Err(absent) => return absent.clone().into(),
        Ok(Rights::Mode(..)) => return Finding::skipped("it has no access list"),
        Ok(Rights::AccessList(list)) => list,
    };
    let users = (allowed(list, User::Administrator), allowed(list, User::User));
    let (Some(administrator), Some(user)) = users else {
        return Finding::skipped(format!(
            "the access list of {} has an unknown form: {list}",
            shown(&bind.source)
        ));
    };
    let seen = format!(
        "{}: {} may {}, {} may {}",
        shown(&bind.source),
        User::Administrator.name(),
        what(administrator),
        User::User.name(),
        what(user)
    );
    by_need(facts, bind, seen, administrator, user)
}

/// A mount that is read-only needs no right to write.
fn by_need(facts: &Facts<'_>, bind: &Bind, seen: String, administrator: Allowed, user: Allowed) -> Finding {
    let reads_only = bind.options.iter().any(|option| option.eq_ignore_ascii_case("ro"));
    let suffices = |allowed: Allowed| allowed.read && (allowed.write || reads_only);
    match (suffices(administrator), suffices(user)) {
        (true, true) => Finding::ok(seen),
        (true, false) => Finding::warning(seen, grant(facts.os, bind, User::User)),
        (false, _) => Finding::failure(seen, grant(facts.os, bind, User::Administrator)),
    }
}

fn what(allowed: Allowed) -> &'static str {
    match (allowed.read, allowed.write) {
        (true, true) => "read and write",
        (true, false) => "read alone",
        (false, true) => "write alone",
        (false, false) => "do nothing",
    }
}

/// By number: the host has no such users.
fn grant(os: Os, bind: &Bind, user: User) -> Fix {
    let folder = shell::path(os, &bind.source);
    let number = match user {
        User::Administrator => "S-1-5-93-2-1",
        User::User => "S-1-5-93-2-2",
    };
    Fix::command(format!("icacls {folder} /grant '*{number}:(OI)(CI)M' /T"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::windows;
    use crate::doctor::subject::Subject;

    fn with(list: &'static str) -> crate::doctor::facts::recorded::Recorded {
        windows(move |place| place.rights = Ok(Rights::AccessList(list.into())))
    }

    #[test]
    fn a_folder_of_a_fresh_drive_is_open_to_both() {
        insta::assert_snapshot!(windows(|_| ()).tell(&MountRights), @r"ok: D:\cache: ContainerAdministrator may read and write, ContainerUser may read and write");
    }

    #[test]
    fn one_for_administrators_alone_is_opened_by_number() {
        insta::assert_snapshot!(with("D:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)").tell(&MountRights), @r#"
        warning: D:\cache: ContainerAdministrator may read and write, ContainerUser may do nothing
          Command("icacls D:\\cache /grant '*S-1-5-93-2-2:(OI)(CI)M' /T")
        "#);
        insta::assert_snapshot!(with("D:P(A;OICI;FA;;;SY)").tell(&MountRights), @r#"
        failure: D:\cache: ContainerAdministrator may do nothing, ContainerUser may do nothing
          Command("icacls D:\\cache /grant '*S-1-5-93-2-1:(OI)(CI)M' /T")
        "#);
    }

    #[test]
    fn a_read_only_mount_needs_no_right_to_write() {
        let mut host = with("D:P(A;OICI;0x1200a9;;;BU)");
        assert!(host.tell(&MountRights).starts_with("failure: "));
        let mount = r"type=bind,src=D:\cache,dst=C:\cache,options=ro".to_owned();
        host.subject = Subject::new(None, &[mount], None, Os::Windows).unwrap();
        insta::assert_snapshot!(host.tell(&MountRights), @r"ok: D:\cache: ContainerAdministrator may read alone, ContainerUser may read alone");
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_judged() {
        let hidden =
            |place: &mut Place| place.rights = Err(Absent::NotHere("its rights are not told".into()));
        insta::assert_snapshot!(windows(hidden).tell(&MountRights), @"not available: its rights are not told");
        insta::assert_snapshot!(with("X").tell(&MountRights), @r"skipped: the access list of D:\cache has an unknown form: X");
        assert!(
            windows(|place| place.rights = Ok(Rights::Mode(0, 0, 0)))
                .tell(&MountRights)
                .starts_with("skipped: ")
        );
    }
}
