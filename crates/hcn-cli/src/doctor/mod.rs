//! `hcn doctor`: why networking does not work on this host, and what to do.
//!
//! | I look for | it is in |
//! |---|---|
//! | what a check is, and what it answers | [`check`] |
//! | the checks, a file each | [`checks`] |
//! | a mount's volume beside one that works | [`compare`] |
//! | what a check may ask, a trait a source | [`facts`] |
//! | the real sources | [`source`] |
//! | what the user asked about | [`subject`] |
//! | what is printed | [`report`] |
//! | the releases of Windows | [`release`] |
//! | how words of a fix are quoted | [`shell`] |
//!
//! A check is pure: facts in, findings out, so that each is tested with recorded facts. The real sources are thin, and
//! say "not available here" where the host has no such thing.

pub(crate) mod check;
pub(crate) mod checks;
pub(crate) mod compare;
pub(crate) mod facts;
mod release;
pub(crate) mod report;
pub(crate) mod shell;
mod size;
pub(crate) mod source;
pub(crate) mod subject;

use self::check::{About, Check, Finding, Status};
use self::facts::Facts;
use self::report::{Answer, Report};

/// Ask every check, in the order of the table.
pub(crate) fn examine(checks: &[&dyn Check], facts: &Facts<'_>) -> Report {
    let answer = |check: &&dyn Check| Answer { about: check.about(), findings: findings(*check, facts) };
    Report { answers: checks.iter().map(answer).collect(), comparisons: compare::all(facts) }
}

/// What a check finds; one that is of another system is not asked.
fn findings(check: &dyn Check, facts: &Facts<'_>) -> Vec<Finding> {
    let About { systems, .. } = check.about();
    match systems.include(facts.os) {
        true => check.examine(facts),
        false => vec![Finding::new(Status::NotAvailable, systems.elsewhere())],
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
