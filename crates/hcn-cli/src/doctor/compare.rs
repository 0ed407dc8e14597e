//! A mount's volume beside one that works: every fact of both, and what is known of those that differ.
//!
//! A difference is never called the cause, unless a check knows that it is one. Where it was the wrong track in a case that
//! is known (docs/lock-files.md), that is said, so that nobody follows it again.

mod fact;

use std::path::Path;

use serde::Serialize;

use self::fact::{FACTS, Known, Meaning};
use super::check::Status;
use super::checks::mount;
use super::facts::Facts;
use super::facts::volume::Place;
use super::subject::Bind;

/// Two folders, fact by fact.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    /// What is to be mounted.
    pub(crate) source: String,
    /// A folder on a volume that works.
    pub(crate) with: String,
    /// In the order of the table.
    pub(crate) facts: Vec<Row>,
}

/// One fact of both.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Its id, which never changes.
    pub(crate) id: &'static str,
    /// What it is of the source; or why it is not known.
    pub(crate) source: String,
    /// The same of the other.
    pub(crate) with: String,
    /// Is there a difference?
    pub(crate) verdict: Verdict,
    /// What a difference means; only where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bearing: Option<Bearing>,
}

/// Is there a difference?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// None.
    Same,
    /// There is.
    Differs,
    /// One of the two is not known.
    NotCompared,
}

/// What a difference means, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Bearing {
    /// A check has something against the source's, and not against the other's.
    Check {
        /// Its id.
        check: &'static str,
    },
    /// It was not the cause where it was looked into.
    NotTheCause {
        /// How that is known.
        why: &'static str,
    },
    /// Any two volumes differ in it.
    Expected,
    /// Nobody knows.
    Unknown,
}

/// Each source beside the folder that was named; nothing where none was.
pub(crate) fn all(facts: &Facts<'_>) -> Vec<Comparison> {
    let (Some(with), Ok(binds)) = (&facts.subject.compare, facts.subject.binds()) else { return Vec::new() };
    let mut found: Vec<Comparison> = Vec::new();
    for bind in binds {
        if !found.iter().any(|known| known.source == mount::shown(&bind.source)) {
            found.push(compared(facts, &bind, with));
        }
    }
    found
}

fn compared(facts: &Facts<'_>, bind: &Bind, with: &Path) -> Comparison {
    let (here, there) = (facts.volume.place(&bind.source), facts.volume.place(with));
    let sides = Sides { facts, bind, here: &here, with, there: &there };
    Comparison {
        source: mount::shown(&bind.source),
        with: mount::shown(with),
        facts: FACTS.iter().map(|known| sides.row(known)).collect(),
    }
}

/// Both folders, and whom to ask about them.
struct Sides<'a> {
    facts: &'a Facts<'a>,
    bind: &'a Bind,
    here: &'a Place,
    with: &'a Path,
    there: &'a Place,
}

impl Sides<'_> {
    fn row(&self, known: &Known) -> Row {
        let (source, with) = ((known.tell)(self.here), (known.tell)(self.there));
        let verdict = match (&source, &with) {
            (Ok(source), Ok(with)) if source == with => Verdict::Same,
            (Ok(_), Ok(_)) => Verdict::Differs,
            _ => Verdict::NotCompared,
        };
        let text =
            |told: super::facts::Fact<String>| told.unwrap_or_else(|absent| format!("({})", absent.why()));
        let bearing = (verdict == Verdict::Differs).then(|| self.bearing(known.meaning));
        Row { id: known.id, source: text(source), with: text(with), verdict, bearing }
    }

    fn bearing(&self, meaning: Meaning) -> Bearing {
        match meaning {
            Meaning::NotTheCause(why) => Bearing::NotTheCause { why },
            Meaning::Expected => Bearing::Expected,
            Meaning::Unknown => Bearing::Unknown,
            Meaning::Check(check, _) if self.is_worse(check) => Bearing::Check { check },
            Meaning::Check(_, otherwise) => otherwise,
        }
    }

    /// Has the check more against the source than against the folder that works?
    fn is_worse(&self, check: &str) -> bool {
        let Some(judge) = mount::judge(check) else { return false };
        let other = Bind { source: self.with.to_owned(), ..self.bind.clone() };
        let here = judge(self.facts, self.bind, self.here).status;
        here >= Status::Warning && here > judge(self.facts, &other, self.there).status
    }
}

impl Comparison {
    /// What differs and means what `is` asks for.
    pub(crate) fn that(&self, is: impl Fn(Bearing) -> bool) -> Vec<&Row> {
        self.facts.iter().filter(|row| row.bearing.is_some_and(&is)).collect()
    }
}

#[cfg(test)]
mod tests;
