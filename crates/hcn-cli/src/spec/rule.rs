//! What the shapes cannot say: what runc and the shims of Windows refuse, or read otherwise than it was meant. Follows
//! `config.md`, `config-linux.md` and `config-windows.md`, and hcsshim's `wcow_parse.go`.

mod linux;
mod mount;
mod process;
mod windows;

use super::place::Place;
use super::problem::Problem;
use crate::os::Os;

/// Everything in the document that breaks a rule of its system, or is missing.
pub(super) fn check(document: &Place<'_>, os: Os) -> Vec<Problem> {
    let mut found = Vec::new();
    found.extend(version(&document.member("ociVersion")));
    process::check(&document.member("process"), os, &mut found);
    mount::check(&document.member("mounts"), os, &mut found);
    found.extend(annotations(&document.member("annotations")));
    match os {
        Os::Linux => linux::check(document, &mut found),
        Os::Windows => windows::check(document, &mut found),
    }
    found
}

/// runc refuses another major version than 1, whatever the rest.
fn version(place: &Place<'_>) -> Option<Problem> {
    let Some(version) = place.filled() else {
        return (!place.is_there() || place.string().is_some())
            .then(|| place.missing("write the version that the spec follows, as in \"1.1.0\""));
    };
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Vec<_> = core.split('.').map(|part| part.parse::<u32>().ok()).collect();
    match numbers[..] {
        [Some(1), Some(_), Some(_)] => None,
        [Some(_), Some(_), Some(_)] => {
            Some(place.broken(
                format!("is {version}, and runtimes know version 1"),
                "write a version such as 1.1.0",
            ))
        }
        _ => Some(place.broken(format!("is {version:?}, which is no version"), "write one such as 1.1.0")),
    }
}

fn annotations(place: &Place<'_>) -> Vec<Problem> {
    let empty = place.members().into_iter().filter(|(key, _)| key.is_empty());
    empty.map(|(_, member)| member.broken("has an empty key", "name it, or remove it")).collect()
}

/// A text that a system cannot take: NUL ends it.
fn nul(place: &Place<'_>) -> Option<Problem> {
    let holds = place.string().is_some_and(|text| text.contains('\0'));
    holds.then(|| place.broken("holds a NUL character", "take it out"))
}
