//! Does the folder mind the case of names as the system's programs expect?

use super::mount::{each, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::Place;
use crate::doctor::shell;
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct Case;

impl Check for Case {
    fn about(&self) -> About {
        About {
            id: "mount.case",
            title: "the folder minds the case of names as programs expect",
            why: "Windows' programs take `Lock` and `lock` for one name, Linux' programs for two; a folder can be set to the \
                  contrary, and then a program does not find, or overwrites, its own files",
            fix: "sets it back",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let source = shown(&bind.source);
    let folder = shell::path(facts.os, &bind.source);
    match (&place.minds_case, facts.os) {
        (Err(absent), _) => absent.clone().into(),
        (Ok(true), Os::Linux) => Finding::ok(format!("{source} minds case")),
        (Ok(false), Os::Windows) => Finding::ok(format!("{source} minds no case")),
        (Ok(true), Os::Windows) => Finding::warning(
            format!("{source} minds case, which Windows' programs do not expect"),
            Fix::command(format!("fsutil file setCaseSensitiveInfo {folder} disable")),
        ),
        (Ok(false), Os::Linux) => Finding::warning(
            format!("{source} minds no case, which Linux' programs do not expect"),
            Fix::command(format!("# only while it is empty\nchattr -F {folder}")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{linux, windows};

    #[test]
    fn each_system_s_own_way_is_well() {
        insta::assert_snapshot!(linux(|_| ()).tell(&Case) + &windows(|_| ()).tell(&Case), @r"
        ok: /srv/cache minds case
        ok: D:\cache minds no case
        ");
    }

    #[test]
    fn the_other_s_is_set_back() {
        insta::assert_snapshot!(windows(|place| place.minds_case = Ok(true)).tell(&Case), @r#"
        warning: D:\cache minds case, which Windows' programs do not expect
          Command("fsutil file setCaseSensitiveInfo D:\\cache disable")
        "#);
        insta::assert_snapshot!(linux(|place| place.minds_case = Ok(false)).tell(&Case), @r##"
        warning: /srv/cache minds no case, which Linux' programs do not expect
          Command("# only while it is empty\nchattr -F /srv/cache")
        "##);
    }

    #[test]
    fn a_file_system_without_such_a_flag_has_no_answer() {
        let none = |place: &mut Place| {
            place.minds_case = Err(Absent::NotHere("its file system has no such flag".into()))
        };
        insta::assert_snapshot!(linux(none).tell(&Case), @"not available: its file system has no such flag");
    }
}
