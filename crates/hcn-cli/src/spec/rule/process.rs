//! `process`: what runs, as whom, and where.

use super::nul;
use crate::os::Os;
use crate::spec::place::Place;
use crate::spec::problem::Problem;

pub(super) fn check(process: &Place<'_>, os: Os, found: &mut Vec<Problem>) {
    if !process.is_there() {
        found.push(process.missing("write what runs, at least args and cwd; `hcn spec` prints a whole one"));
        return;
    }
    found.extend(command(process, os));
    found.extend(cwd(&process.member("cwd"), os));
    for entry in process.member("env").elements() {
        found.extend(variable(&entry));
    }
    let words = process.member("args").elements();
    found.extend(words.iter().chain([&process.member("commandLine")]).filter_map(nul));
    match os {
        Os::Linux => linux(process, found),
        Os::Windows => {}
    }
}

fn command(process: &Place<'_>, os: Os) -> Option<Problem> {
    let (args, line) = (process.member("args"), process.member("commandLine"));
    let words = args.elements();
    let line_counts = os == Os::Windows && line.filled().is_some();
    match (words.first(), os) {
        (None, _) if line_counts || args.raw().is_some_and(|raw| !raw.starts_with('[')) => None,
        (None, _) => Some(args.missing("write the program and its arguments")),
        (Some(_), Os::Windows) if line_counts => Some(args.broken(
            "stands beside `process.commandLine`, and the shim uses that one",
            "remove one of the two",
        )),
        (Some(first), _) if first.string().is_some_and(|word| word.is_empty()) => {
            Some(first.broken("is empty", "write the program's name or path"))
        }
        (Some(_), _) => None,
    }
}

/// Windows takes an empty one as `C:\`.
fn cwd(cwd: &Place<'_>, os: Os) -> Option<Problem> {
    match (os, cwd.string()) {
        (Os::Windows, _) => nul(cwd),
        (Os::Linux, Some(path)) if path.starts_with('/') => nul(cwd),
        (Os::Linux, Some(path)) if !path.is_empty() => {
            Some(cwd.broken(format!("is {path:?}, which is not absolute"), "write the whole path, from /"))
        }
        (Os::Linux, None) if cwd.is_there() => None,
        (Os::Linux, _) => Some(cwd.missing("write the working folder, such as /")),
    }
}

fn variable(entry: &Place<'_>) -> Option<Problem> {
    let text = entry.string()?;
    match text.split_once('=') {
        // `=C:=C:\x` is how Windows keeps the working folders of drives.
        Some(("", value)) if !value.contains('=') => {
            Some(entry.broken("has no name in front of its `=`", "write NAME=VALUE"))
        }
        Some(_) => nul(entry),
        None => Some(entry.broken("is no NAME=VALUE", "write the value behind a `=`, or remove it")),
    }
}

fn linux(process: &Place<'_>, found: &mut Vec<Problem>) {
    for (_, set) in process.member("capabilities").members() {
        found.extend(set.elements().iter().filter_map(capability));
    }
    let limits = process.member("rlimits").elements();
    let mut seen = Vec::new();
    for limit in &limits {
        found.extend(rlimit(limit, &mut seen));
    }
}

fn capability(place: &Place<'_>) -> Option<Problem> {
    let name = place.string()?;
    let known = name.strip_prefix("CAP_").is_some_and(|rest| !rest.is_empty());
    let upper = name.to_ascii_uppercase();
    let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
    (!known || name != upper)
        .then(|| place.broken(format!("is {name:?}, which is no capability"), format!("write CAP_{bare}")))
}

fn rlimit(limit: &Place<'_>, seen: &mut Vec<String>) -> Vec<Problem> {
    let kind = limit.member("type");
    let mut found = Vec::new();
    match kind.string() {
        Some(name) if !name.starts_with("RLIMIT_") => {
            found.push(
                kind.broken(format!("is {name:?}, which is no limit"), "write one such as RLIMIT_NOFILE"),
            );
        }
        Some(name) if seen.contains(&name) => {
            found.push(kind.broken(format!("is {name} a second time"), "remove one of the two"));
        }
        Some(name) => seen.push(name),
        None if kind.is_there() => {}
        None => found.push(kind.missing("write which limit it is, such as RLIMIT_NOFILE")),
    }
    let (soft, hard) = (limit.member("soft"), limit.member("hard").number());
    match (soft.number(), hard) {
        (Some(low), Some(high)) if low > high => {
            found.push(
                soft.broken(format!("is {low}, above the hard limit {high}"), "lower it, or raise `hard`"),
            );
        }
        _ => {}
    }
    found
}
