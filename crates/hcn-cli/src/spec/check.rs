//! Everything that is wrong with a config.json, at once: its syntax, the kinds of its values, the rules of its system.

use std::path::Path;

use super::place::Place;
use super::problem::{Kind, Problem};
use super::tree::{self, Malformed, Node};
use super::{rule, shape};
use crate::os::Os;

/// How many problems are told of one document; who has more has another file in hand than they think.
pub const MOST: usize = 100;

/// Every problem of a text, in the order of its sorts; none when a container can be made of it.
///
/// `os` is the system of a document that says neither `linux` nor `windows`.
pub fn check(text: &str, os: Os) -> Vec<Problem> {
    let mut found = match tree::survey(text) {
        Err(malformed) => vec![of_syntax(&malformed)],
        Ok((tree, duplicates)) => {
            let mut found: Vec<_> = duplicates.iter().map(of_syntax).collect();
            found.extend(of_tree(text, &tree, os));
            found
        }
    };
    found.truncate(MOST);
    found
}

/// The same of a file, byte order marks and sizes included.
pub fn check_file(file: &Path, os: Os) -> Vec<Problem> {
    match super::source::read(file) {
        Ok(text) => check(&text, os),
        Err(unread) => vec![unread.problem()],
    }
}

/// The system that a document is for: that of its member, or `otherwise`.
pub fn system_of(text: &str, otherwise: Os) -> Os {
    let Ok((tree, _)) = tree::survey(text) else { return otherwise };
    system(&Place::root(text, &tree), otherwise)
}

fn system(document: &Place<'_>, otherwise: Os) -> Os {
    match (document.member("linux").is_there(), document.member("windows").is_there()) {
        (true, false) => Os::Linux,
        (false, true) => Os::Windows,
        (true, true) | (false, false) => otherwise,
    }
}

fn of_tree(text: &str, tree: &Node, otherwise: Os) -> Vec<Problem> {
    let document = Place::root(text, tree);
    let mut found = shape::check(&document);
    // Of a document that is no object at all, each rule would say that its member is missing.
    if text[tree.span.clone()].starts_with('{') {
        found.extend(others(&document));
        found.extend(rule::check(&document, system(&document, otherwise)));
    } else if !document.is_there() {
        found.push(document.problem(Kind::Shape, "it is null, not an object", "write an object there"));
    }
    found
}

/// Systems that nobody here can run.
fn others(document: &Place<'_>) -> Vec<Problem> {
    let windows = document.member("windows");
    let both = windows.is_there() && document.member("linux").is_there();
    let lcow = both.then(|| {
        windows.broken(
            "stands beside `linux`: Linux containers on Windows are not supported",
            "remove one of the two",
        )
    });
    let known = ["solaris", "freebsd", "zos", "vm"].map(|system| document.member(system));
    let other = known.iter().filter(|place| place.is_there());
    let refused = other.map(|place| place.broken("is of a system that is not supported", "remove it"));
    lcow.into_iter().chain(refused).collect()
}

fn of_syntax(malformed: &Malformed) -> Problem {
    let (path, why, fix) = malformed.parts();
    Problem { kind: Kind::Syntax, path, why, fix }
}

#[cfg(test)]
mod tests;
