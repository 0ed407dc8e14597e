//! Do links lead to what is mounted?

use super::mount::{each, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::{Link, Place};
use crate::doctor::subject::Bind;
use crate::os::Os;

pub(super) struct Links;

impl Check for Links {
    fn about(&self) -> About {
        About {
            id: "mount.links",
            title: "no link leads to what is mounted",
            why: "on Windows only symbolic links are followed before the folder is mapped: a junction, a volume mounted in a \
                  folder and a placeholder of a cloud file are beyond what the bind filter supports",
            fix: "names the path behind the links",
            systems: Systems::Both,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(facts: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let source = shown(&bind.source);
    let links = match &place.links {
        Err(absent) => return absent.clone().into(),
        Ok(links) if links.is_empty() => return Finding::ok(format!("no link leads to {source}")),
        Ok(links) => told(links),
    };
    let seen = match &place.real {
        Ok(real) => format!("{source} is {}, by way of {links}", real.display()),
        Err(_) => format!("{source} is reached by way of {links}"),
    };
    match facts.os {
        Os::Linux => Finding::ok(seen),
        Os::Windows => Finding::warning(seen, around(place)),
    }
}

fn told(links: &[Link]) -> String {
    let links: Vec<_> =
        links.iter().map(|link| format!("the {} {}", link.kind, link.path.display())).collect();
    links.join(" and ")
}

fn around(place: &Place) -> Fix {
    match &place.real {
        Ok(real) => Fix::advice(format!("mount {} itself", real.display())),
        Err(_) => Fix::advice("mount the folder that the link leads to"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::{linux, windows};

    fn leads(path: &'static str, kind: &'static str) -> impl FnOnce(&mut Place) {
        move |place| place.links = Ok(vec![Link { path: path.into(), kind: kind.into() }])
    }

    #[test]
    fn a_path_without_links_is_well_and_so_is_one_with_links_on_linux() {
        insta::assert_snapshot!(windows(|_| ()).tell(&Links), @r"ok: no link leads to D:\cache");
        insta::assert_snapshot!(linux(leads("/srv", "symbolic link")).tell(&Links), @"ok: /srv/cache is /srv/cache, by way of the symbolic link /srv");
    }

    #[test]
    fn on_windows_the_path_behind_a_junction_is_offered() {
        let junction = leads(r"D:\cache", "junction");
        let told = windows(|place| {
            junction(place);
            place.real = Ok(r"E:\store".into());
        });
        insta::assert_snapshot!(told.tell(&Links), @r#"
        warning: D:\cache is E:\store, by way of the junction D:\cache
          Advice("mount E:\\store itself")
        "#);
        let hidden = leads(r"D:\cache", "junction");
        let told = windows(|place| {
            hidden(place);
            place.real = Err(Absent::Unreadable("no".into()));
        });
        insta::assert_snapshot!(told.tell(&Links), @r#"
        warning: D:\cache is reached by way of the junction D:\cache
          Advice("mount the folder that the link leads to")
        "#);
    }

    #[test]
    fn links_that_nobody_tells_are_not_available() {
        let hidden = |place: &mut Place| place.links = Err(Absent::NotHere("the links are not told".into()));
        insta::assert_snapshot!(linux(hidden).tell(&Links), @"not available: the links are not told");
    }
}
