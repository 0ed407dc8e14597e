//! `linux`, and what Linux asks of `root`, `hostname` and `hooks`.

use crate::spec::place::Place;
use crate::spec::problem::Problem;

/// The kinds of namespaces.
const NAMESPACES: [&str; 8] = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"];
/// What `rootfsPropagation` may be.
const PROPAGATIONS: [&str; 9] =
    ["", "shared", "rshared", "slave", "rslave", "private", "rprivate", "unbindable", "runbindable"];
/// The longest host name that the kernel takes, in bytes.
const LONGEST_HOSTNAME: usize = 64;

pub(super) fn check(document: &Place<'_>, found: &mut Vec<Problem>) {
    let linux = document.member("linux");
    found.extend(root(&document.member("root").member("path")));
    namespaces(&linux.member("namespaces"), found);
    for name in ["hostname", "domainname"] {
        found.extend(host_name(&document.member(name), &linux.member("namespaces")));
    }
    for key in ["maskedPaths", "readonlyPaths"] {
        found.extend(linux.member(key).elements().iter().filter_map(whole_path));
    }
    for (_, stage) in document.member("hooks").members() {
        found.extend(stage.elements().iter().filter_map(|hook| whole_path(&hook.member("path"))));
    }
    for device in linux.member("devices").elements() {
        found.extend(whole_path(&device.member("path")));
        found.extend(one_of(&device.member("type"), &["c", "b", "u", "p"]));
    }
    for rule in linux.member("resources").member("devices").elements() {
        found.extend(one_of(&rule.member("type"), &["", "a", "c", "b"]));
        found.extend(access(&rule.member("access")));
    }
    found.extend(one_of(&linux.member("rootfsPropagation"), &PROPAGATIONS));
    seccomp(&linux.member("seccomp"), found);
}

fn root(path: &Place<'_>) -> Option<Problem> {
    match path.string() {
        Some(text) if !text.is_empty() => super::nul(path),
        None if path.is_there() => None,
        _ => Some(path.missing("name the folder of the root file system")),
    }
}

fn namespaces(list: &Place<'_>, found: &mut Vec<Problem>) {
    let mut seen = Vec::new();
    for namespace in list.elements() {
        let (kind, path) = (namespace.member("type"), namespace.member("path"));
        match kind.string() {
            Some(name) if !NAMESPACES.contains(&name.as_str()) => found.extend(one_of(&kind, &NAMESPACES)),
            Some(name) if seen.contains(&name) => {
                found.push(kind.broken(format!("is `{name}` a second time"), "remove one of the two"));
            }
            Some(name) => seen.push(name),
            None if namespace.is_there() && !kind.is_there() => {
                found.push(kind.missing(format!("write one of {}", NAMESPACES.join(", "))));
            }
            None => {}
        }
        found.extend(path.filled().and_then(|_| whole_path(&path)));
    }
}

/// In the host's own UTS namespace it would rename the host, which runc refuses.
fn host_name(name: &Place<'_>, namespaces: &Place<'_>) -> Option<Problem> {
    let text = name.filled()?;
    let own = namespaces.elements().iter().any(|n| n.member("type").string().as_deref() == Some("uts"));
    if !own {
        let fix = "add {\"type\": \"uts\"} to `linux.namespaces`, or remove the name";
        return Some(name.broken("is set, but the container has the host's UTS namespace", fix));
    }
    let long = text.len() > LONGEST_HOSTNAME;
    long.then(|| name.broken(format!("has {} bytes, and 64 are the most", text.len()), "shorten it"))
}

fn whole_path(place: &Place<'_>) -> Option<Problem> {
    match place.string() {
        Some(path) if path.starts_with('/') => super::nul(place),
        Some(path) => {
            Some(place.broken(format!("is {path:?}, which is not absolute"), "write the whole path"))
        }
        None => None,
    }
}

fn one_of(place: &Place<'_>, known: &[&str]) -> Option<Problem> {
    let name = place.string().filter(|name| !known.contains(&name.as_str()))?;
    let names: Vec<_> = known.iter().filter(|name| !name.is_empty()).copied().collect();
    Some(place.broken(
        format!("is {name:?}, which is not known there"),
        format!("write one of {}", names.join(", ")),
    ))
}

fn access(place: &Place<'_>) -> Option<Problem> {
    let letters = place.string().filter(|text| text.contains(|letter| !"rwm".contains(letter)))?;
    Some(
        place.broken(format!("is {letters:?}, and only r, w and m may stand in it"), "write one such as rwm"),
    )
}

fn seccomp(seccomp: &Place<'_>, found: &mut Vec<Problem>) {
    if !seccomp.is_there() {
        return;
    }
    let default = seccomp.member("defaultAction");
    if !default.is_there() {
        found.push(default.missing("write what happens to other calls, such as SCMP_ACT_ERRNO"));
    }
    let calls = seccomp.member("syscalls").elements();
    let actions = calls.iter().map(|call| call.member("action")).chain([default]);
    for action in actions {
        let name = action.string().filter(|name| !name.starts_with("SCMP_ACT_"));
        found.extend(name.map(|name| {
            action.broken(format!("is {name:?}, which is no action"), "write one such as SCMP_ACT_ERRNO")
        }));
    }
}
