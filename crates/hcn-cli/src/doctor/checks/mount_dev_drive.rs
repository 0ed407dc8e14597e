//! Does a Dev Drive let the filters of containers in?

use super::mount::{each, letter, shown};
use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::Facts;
use crate::doctor::facts::volume::dev_drive::Filters;
use crate::doctor::facts::volume::{Place, VolumeState};
use crate::doctor::subject::Bind;

/// What containers need on it, by the names that Microsoft's page on Dev Drives has.
const NEEDED: [&str; 2] = ["bindFlt", "wcifs"];

pub(super) struct DevDrive;

impl Check for DevDrive {
    fn about(&self) -> About {
        About {
            id: "mount.dev-drive",
            title: "a Dev Drive lets the filters of containers in",
            why: "a Dev Drive keeps filter drivers out unless they are on its list; without bindFlt no folder of it can be \
                  mapped into a container",
            fix: "puts them on the list, or attaches them",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        each(facts, judged)
    }
}

pub(super) fn judged(_: &Facts<'_>, bind: &Bind, place: &Place) -> Finding {
    let source = shown(&bind.source);
    let state = match &place.state {
        Err(absent) => return absent.clone().into(),
        Ok(VolumeState { dev_drive: false, .. }) => {
            return Finding::ok(format!("{source} is on no Dev Drive"));
        }
        Ok(state) => state,
    };
    let volume = place.mounted.as_ref().map(|mounted| letter(&mounted.root)).unwrap_or_default();
    match &place.allowed {
        Err(absent) => absent.clone().into(),
        Ok(_) if !state.trusted => Finding::warning(
            format!("{source} is on {volume}, a Dev Drive that this system does not trust"),
            Fix::command(format!("fsutil devdrv trust {volume}")),
        ),
        Ok(filters) => by_filters(&source, &volume, filters),
    }
}

fn by_filters(source: &str, volume: &str, filters: &Filters) -> Finding {
    let lists = format!("allowed: {}; attached: {}", list(&filters.allowed), list(&filters.attached));
    let seen = format!("{source} is on {volume}, a Dev Drive ({lists})");
    let kept_out: Vec<_> = NEEDED.into_iter().filter(|name| !filters.allow(name)).collect();
    let is_attached = |name: &str| filters.attached.iter().any(|known| known.eq_ignore_ascii_case(name));
    match (kept_out.is_empty(), is_attached("bindFlt")) {
        (false, _) => Finding::failure(
            format!("{seen}: {} may not be attached", kept_out.join(" and ")),
            let_in(volume, filters),
        ),
        (true, false) => Finding::warning(
            format!("{seen}: bindFlt may be attached, and is not"),
            Fix::advice(format!(
                "run a container with the mount and ask again; if it is still missing:\nfltmc attach bindflt {volume}"
            )),
        ),
        (true, true) => Finding::ok(seen),
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The list is replaced as a whole, so what is on it stays.
fn let_in(volume: &str, filters: &Filters) -> Fix {
    let missing = NEEDED.into_iter().filter(|name| !filters.allow(name)).map(str::to_owned);
    let all: Vec<_> = filters.allowed.iter().cloned().chain(missing).collect();
    Fix::command(format!(
        "# every file that is open on {volume} is closed\n\
         fsutil devdrv setFiltersAllowed /f /volume {volume} \"{}\"",
        all.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::volume::windows;

    fn told(allowed: &[&str], attached: &[&str]) -> String {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        let filters = Filters { allowed: names(allowed), attached: names(attached) };
        windows(|place| {
            place.state = Ok(VolumeState { short_names: false, dev_drive: true, trusted: true });
            place.allowed = Ok(filters);
        })
        .tell(&DevDrive)
    }

    #[test]
    fn no_dev_drive_is_well_and_so_is_one_with_both_filters() {
        insta::assert_snapshot!(windows(|_| ()).tell(&DevDrive), @r"ok: D:\cache is on no Dev Drive");
        insta::assert_snapshot!(told(&["bindFlt", "wcifs"], &["bindflt", "WdFilter"]), @r"ok: D:\cache is on D:, a Dev Drive (allowed: bindFlt, wcifs; attached: bindflt, WdFilter)");
    }

    #[test]
    fn filters_that_are_kept_out_are_let_in_beside_those_that_are_not() {
        insta::assert_snapshot!(told(&["WdFilter"], &["WdFilter"]), @r##"
        failure: D:\cache is on D:, a Dev Drive (allowed: WdFilter; attached: WdFilter): bindFlt and wcifs may not be attached
          Command("# every file that is open on D: is closed\nfsutil devdrv setFiltersAllowed /f /volume D: \"WdFilter, bindFlt, wcifs\"")
        "##);
    }

    #[test]
    fn one_that_is_allowed_and_not_attached_is_told_with_both_lists() {
        insta::assert_snapshot!(told(&["PrjFlt", "bindFlt", "wcifs", "WdFilter"], &["WdFilter"]), @r#"
        warning: D:\cache is on D:, a Dev Drive (allowed: PrjFlt, bindFlt, wcifs, WdFilter; attached: WdFilter): bindFlt may be attached, and is not
          Advice("run a container with the mount and ask again; if it is still missing:\nfltmc attach bindflt D:")
        "#);
    }

    #[test]
    fn one_that_is_not_trusted_is_to_be() {
        let distrusted = windows(|place| {
            place.state = Ok(VolumeState { short_names: false, dev_drive: true, trusted: false });
            place.allowed = Ok(Filters::default());
        });
        insta::assert_snapshot!(distrusted.tell(&DevDrive), @r#"
        warning: D:\cache is on D:, a Dev Drive that this system does not trust
          Command("fsutil devdrv trust D:")
        "#);
    }

    #[test]
    fn without_the_volume_s_state_it_is_not_available() {
        let hidden = |place: &mut Place| place.state = Err(Absent::NotHere("the state is not told".into()));
        insta::assert_snapshot!(windows(hidden).tell(&DevDrive), @"not available: the state is not told");
    }
}
