//! The cases, a file per subject, in the order in which they are asked.

mod address;
mod container;
mod disruptive;
mod document;
mod endpoint;
mod filter;
mod handle;
mod membership;
mod namespace;
mod network;
mod query;
mod removal;
mod request;
mod service;
mod story;

use std::time::{Duration, Instant};

use hcn::Kind;

use crate::bench::Bench;
use crate::case::{Answer, Case, Expects, Outcome, Seen, Stop, depends};
use crate::report::MadeKind;

const SUCCESS: &[Answer] = &[Answer::Success];
const YES: &[Answer] = &[Answer::Says("yes")];

/// Where this one fails there is nothing to ask.
pub(crate) const FIRST: &str = "service.answers";

const SUBJECTS: &[&[Case]] = &[
    service::CASES,
    namespace::CASES,
    document::CASES,
    handle::CASES,
    query::CASES,
    network::CASES,
    endpoint::CASES,
    address::CASES,
    filter::CASES,
    membership::CASES,
    request::CASES,
    story::CASES,
    container::CASES,
    disruptive::CASES,
    removal::CASES,
];

/// Every case, in the order in which they are asked. One more, `suite.removed`, is judged at the end.
pub fn all() -> impl Iterator<Item = &'static Case> {
    SUBJECTS.iter().copied().flatten()
}

/// The cases that are asked with `--disruptive` alone, or not even then.
pub fn disruptive() -> impl Iterator<Item = (&'static Case, Option<&'static str>)> {
    disruptive::CASES.iter().map(|case| (case, disruptive::not_automated(case.id)))
}

/// Whether a case is asked; why not.
pub(crate) fn is_asked(case: &Case, disruptive: bool) -> Result<(), &'static str> {
    match disruptive::CASES.iter().any(|other| other.id == case.id) {
        false => Ok(()),
        true => match disruptive::not_automated(case.id) {
            Some(reason) => Err(reason),
            None if disruptive => Ok(()),
            None => Err("it touches more than its own objects: `--disruptive` asks it"),
        },
    }
}

/// Judged after everything was removed.
pub(crate) const LAST: Case = case(
    "suite.removed",
    "is everything gone that was made?",
    depends(YES),
    // Not asked but seen, by `removed`.
    |_| Err(Stop::Skip(String::new())),
);

/// Whether everything that was made is gone. The service may take a moment after a delete.
pub(crate) fn removed(bench: &Bench) -> Seen {
    let mut left: Vec<String> = bench.session.report(|report| {
        report.leftovers().map(|made| format!("{} {}", Kind::from(made.kind).noun(), made.id)).collect()
    });
    left.extend(MadeKind::ALL.into_iter().filter_map(|kind| still_listed(bench, kind)));
    if left.is_empty() { Seen::says("yes") } else { Seen::says(format!("no: {}", left.join(", "))) }
}

const A_MOMENT: Duration = Duration::from_secs(5);

/// What an enumerate still names, although its deletion succeeded.
fn still_listed(bench: &Bench, kind: MadeKind) -> Option<String> {
    let start = Instant::now();
    loop {
        let ids = bench.session.although_halted(|| bench.ids(kind.into(), Some(crate::bench::V2))).ok()?;
        let listed = bench.session.report(|report| {
            let gone = report.made.iter().filter(|made| made.state == crate::report::MadeState::Removed);
            gone.filter(|made| made.kind == kind).map(|made| made.id).find(|id| ids.contains(id))
        })?;
        if start.elapsed() > A_MOMENT {
            return Some(format!("{} {listed}, which is listed still", Kind::from(kind).noun()));
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

/// A case, in one line of arguments.
const fn case(id: &'static str, asks: &'static str, expects: Expects, run: fn(&Bench) -> Outcome) -> Case {
    Case { id, asks, expects, run }
}

/// `yes`, or what is the case instead.
fn yes_or(is: bool, otherwise: impl FnOnce() -> String) -> Seen {
    if is { Seen::says("yes") } else { Seen::Says(otherwise()) }
}

/// A member of a document that was read back, as text for people.
fn shown(value: &serde_json::Value) -> String {
    if value.is_null() { "absent".to_owned() } else { value.to_string() }
}
