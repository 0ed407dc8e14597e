//! `mounts`.

use super::nul;
use crate::os::Os;
use crate::spec::mount::is_absolute;
use crate::spec::place::Place;
use crate::spec::problem::Problem;

pub(super) fn check(mounts: &Place<'_>, os: Os, found: &mut Vec<Problem>) {
    for mount in mounts.elements().iter().filter(|mount| mount.is_there()) {
        found.extend(destination(&mount.member("destination"), os));
        found.extend(nul(&mount.member("source")));
        found.extend(match os {
            Os::Linux => bind_without_option(mount),
            Os::Windows => windows(mount),
        });
    }
}

fn destination(place: &Place<'_>, os: Os) -> Option<Problem> {
    let example = match os {
        Os::Linux => "write the whole path, from /",
        Os::Windows => r"write the whole path, such as C:\data",
    };
    match place.string() {
        Some(path) if path.is_empty() => Some(place.missing(example)),
        Some(path) if !is_absolute(&path, os) => {
            Some(place.broken(format!("is {path}, which is not absolute"), example))
        }
        Some(_) => nul(place),
        None if place.is_there() => None,
        None => Some(place.missing(example)),
    }
}

/// runc hands the type to the kernel unless the options say that it is a bind, and there is no file system `bind`.
fn bind_without_option(mount: &Place<'_>) -> Option<Problem> {
    let kind = mount.member("type");
    let options = mount.member("options");
    let bound = options
        .elements()
        .iter()
        .any(|option| option.string().is_some_and(|option| option == "bind" || option == "rbind"));
    (kind.string().as_deref() == Some("bind") && !bound).then(|| {
        kind.broken("is `bind`, but no option says so", "add `rbind` or `bind` to the mount's options")
    })
}

/// hcsshim refuses `bind` up to containerd 2.0 for every isolation, later for Hyper-V alone.
fn windows(mount: &Place<'_>) -> Option<Problem> {
    let (kind, source) = (mount.member("type"), mount.member("source"));
    match (kind.filled().as_deref(), source.string()) {
        (Some("bind"), _) => Some(
            kind.broken("is `bind`, which containerd's shims refuse on Windows", "remove the member `type`"),
        ),
        (None, Some(path)) if path.is_empty() => Some(source.missing(WHAT)),
        (None, None) if !source.is_there() => Some(source.missing(WHAT)),
        _ => None,
    }
}

const WHAT: &str = "write the folder of the host that is to be seen there";
