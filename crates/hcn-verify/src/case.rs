//! A case: a question to the service, the outcomes that the documentation or hcn expects, and the verdict.

use std::fmt;

use hcn::{Code, Failure};
use serde::Serialize;

use crate::bench::Bench;
use crate::report::HnsVersion;

/// A question to the service.
#[derive(Debug)]
pub struct Case {
    /// Stable: reports of several hosts are compared by it.
    pub id: &'static str,
    /// The question.
    pub asks: &'static str,
    /// The expected outcomes.
    pub expects: Expects,
    /// Asks it.
    pub(crate) run: fn(&Bench) -> Outcome,
}

/// What asking comes to.
pub(crate) type Outcome = Result<Seen, Stop>;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The call succeeded.
    Success,
    /// It was refused with this code.
    Refused(Code),
    /// Something that takes words.
    Says(String),
}

impl Seen {
    /// In words.
    pub(crate) fn says(words: impl Into<String>) -> Self {
        Self::Says(words.into())
    }

    /// Success in the word of a question that takes yes for an answer.
    pub(crate) fn yes(self) -> Self {
        if self == Self::Success { Self::says("yes") } else { self }
    }

    /// Whether a call succeeded.
    pub(crate) fn of<T>(result: &Result<T, Failure>) -> Self {
        match result {
            Ok(_) => Self::Success,
            Err(failure) => Self::Refused(failure.code),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("success"),
            Self::Refused(code) => code_text(*code, f),
            Self::Says(words) => f.write_str(words),
        }
    }
}

fn code_text(code: Code, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match code.name() {
        Some(name) => write!(f, "{code} {name}"),
        None => write!(f, "{code}"),
    }
}

/// An outcome that is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success.
    Success,
    /// A refusal with this code.
    Code(Code),
    /// These words.
    Says(&'static str),
}

impl Answer {
    fn is(self, seen: &Seen) -> bool {
        match (self, seen) {
            (Self::Success, Seen::Success) => true,
            (Self::Code(expected), Seen::Refused(code)) => expected == *code,
            (Self::Says(expected), Seen::Says(words)) => expected == words,
            (Self::Success | Self::Code(_) | Self::Says(_), _) => false,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Success => f.write_str("success"),
            Self::Code(code) => code_text(*code, f),
            Self::Says(words) => f.write_str(words),
        }
    }
}

/// How much hangs on the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// hcn depends on it: another outcome is a failure.
    Depends,
    /// It was concluded, not read: another outcome is a finding.
    Inferred,
    /// Nobody knows: whatever is seen is the answer.
    Open,
}

impl Weight {
    /// As the report spells it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Depends => "depends",
            Self::Inferred => "inferred",
            Self::Open => "open",
        }
    }
}

/// The expected outcomes of a case.
#[derive(Clone, Copy, Debug)]
pub struct Expects {
    /// How much hangs on them.
    pub weight: Weight,
    answers: &'static [Answer],
    /// Other outcomes before this release of the service.
    before: Option<(HnsVersion, &'static [Answer])>,
    /// Outcomes that hcn copes with, though it depends on the case.
    copes: fn(&Seen) -> bool,
}

/// hcn depends on one of these.
pub(crate) const fn depends(answers: &'static [Answer]) -> Expects {
    Expects { weight: Weight::Depends, answers, before: None, copes: |_| false }
}

/// One of these is inferred.
pub(crate) const fn inferred(answers: &'static [Answer]) -> Expects {
    Expects { weight: Weight::Inferred, answers, before: None, copes: |_| true }
}

/// An open question.
pub(crate) const OPEN: Expects =
    Expects { weight: Weight::Open, answers: &[], before: None, copes: |_| true };

impl Expects {
    /// A difference of this sort is a finding, not a failure.
    pub(crate) const fn or_finding(self, copes: fn(&Seen) -> bool) -> Self {
        Self { copes, ..self }
    }

    /// What services older than `major.minor` are expected to do.
    pub(crate) const fn before(self, major: u32, minor: u32, answers: &'static [Answer]) -> Self {
        Self { before: Some((HnsVersion { major, minor }, answers)), ..self }
    }

    /// The outcomes that a service of this version is expected to have.
    pub fn answers(&self, version: Option<HnsVersion>) -> &'static [Answer] {
        match (self.before, version) {
            (Some((since, older)), Some(version)) if version < since => older,
            _ => self.answers,
        }
    }

    /// What to make of `seen`.
    pub(crate) fn judge(&self, seen: &Seen, version: Option<HnsVersion>) -> Verdict {
        let expected = self.answers(version).iter().any(|answer| answer.is(seen));
        match self.weight {
            Weight::Open => Verdict::AsExpected,
            Weight::Depends | Weight::Inferred if expected => Verdict::AsExpected,
            Weight::Depends | Weight::Inferred if (self.copes)(seen) => Verdict::Finding,
            Weight::Depends | Weight::Inferred => Verdict::Failure,
        }
    }
}

/// Any refusal.
pub(crate) fn refused(seen: &Seen) -> bool {
    matches!(seen, Seen::Refused(_))
}

/// A code that means "not there".
pub(crate) fn not_found(seen: &Seen) -> bool {
    matches!(seen, Seen::Refused(code) if code.is_absence())
}

/// What a case comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// One of the expected outcomes, or the answer to an open question.
    AsExpected,
    /// Another one than was inferred: worth a report, no failure.
    Finding,
    /// Another one than hcn depends on.
    Failure,
    /// Not asked.
    Skipped,
}

impl Verdict {
    /// As the table and the report spell it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AsExpected => "as-expected",
            Self::Finding => "finding",
            Self::Failure => "failure",
            Self::Skipped => "skipped",
        }
    }
}

/// Why a case did not come to an answer.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    /// It cannot be asked here.
    Skip(String),
    /// Something that it needs was refused.
    Broken(String),
}

impl Stop {
    pub(crate) fn skip(reason: impl Into<String>) -> Self {
        Self::Skip(reason.into())
    }

    pub(crate) fn broken(what: &str, failure: &Failure) -> Self {
        Self::Broken(format!("cannot {what}: {}", Seen::Refused(failure.code)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Option<HnsVersion> = Some(HnsVersion { major: 13, minor: 3 });
    const ABSENT: Seen = Seen::Refused(Code::ELEMENT_NOT_FOUND);

    #[test]
    fn what_hcn_depends_on_fails_unless_hcn_copes() {
        let expects = depends(&[Answer::Code(Code::NETWORK_NOT_FOUND)]).or_finding(not_found);
        assert_eq!(expects.judge(&Seen::Refused(Code::NETWORK_NOT_FOUND), TWO), Verdict::AsExpected);
        assert_eq!(expects.judge(&ABSENT, TWO), Verdict::Finding);
        assert_eq!(expects.judge(&Seen::Success, TWO), Verdict::Failure);
    }

    #[test]
    fn what_is_inferred_never_fails_and_an_open_question_takes_every_answer() {
        let expects = inferred(&[Answer::Says("V1")]);
        assert_eq!(expects.judge(&Seen::says("V1"), None), Verdict::AsExpected);
        assert_eq!(expects.judge(&Seen::says("V2"), None), Verdict::Finding);
        assert_eq!(OPEN.judge(&ABSENT, None), Verdict::AsExpected);
    }

    #[test]
    fn older_services_have_expectations_of_their_own() {
        let expects = inferred(&[Answer::Success]).before(14, 0, &[Answer::Code(Code::INVALID_JSON)]);
        assert_eq!(expects.judge(&Seen::Refused(Code::INVALID_JSON), TWO), Verdict::AsExpected);
        assert_eq!(expects.judge(&Seen::Success, TWO), Verdict::Finding);
        let newer = Some(HnsVersion { major: 15, minor: 0 });
        assert_eq!(expects.judge(&Seen::Success, newer), Verdict::AsExpected);
    }
}
