//! What the service says when it does not do what it was asked: an HRESULT and the record's text.
//!
//! A rule returns a [`Refusal`] and the transaction rolls back. The text is Windows' own message for the code, a
//! full stop and a blank, then what is particular to the call in doubled braces. Clients compare codes, never texts.

use std::fmt;

use hcn::{Code, Failure, Record};
use rusqlite::ErrorCode;

/// A call that was not done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HRESULT.
    pub(crate) code: Code,
    /// What the record adds in doubled braces.
    pub(crate) detail: Option<String>,
}

/// How much of a stranger's member name a record repeats.
const LONGEST: usize = 128;

/// What a rule returns.
pub(crate) type Ruling<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal that says more than its code.
    pub(crate) fn detailed(code: Code, detail: impl fmt::Display) -> Self {
        Self { code, detail: Some(detail.to_string()) }
    }

    /// `Invalid JSON document string. {{Field,Problem}}`.
    pub(crate) fn json(field: &str, problem: &str) -> Self {
        let short: String = field.chars().take(LONGEST).collect();
        Self::detailed(Code::INVALID_JSON, format_args!("{short},{problem}"))
    }

    /// The emulator does not model what was asked, and says so instead of guessing.
    pub(crate) fn not_modelled(what: impl fmt::Display) -> Self {
        Self::detailed(Code::NOT_IMPLEMENTED, format_args!("the emulator does not model {what}"))
    }

    /// The system's codes for a full disk, for a file that is not to be written and for no memory.
    pub(crate) fn code_of(error: &rusqlite::Error) -> Code {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Code::DISK_FULL,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                Code::ACCESS_DENIED
            }
            Some(ErrorCode::OutOfMemory) => Code::OUT_OF_MEMORY,
            _ => Code::UNSPECIFIED,
        }
    }

    /// In words, without the code: the detail, where there is one.
    pub(crate) fn words(&self) -> String {
        match &self.detail {
            Some(detail) => detail.clone(),
            None => crate::message::message(self.code).trim_end_matches('.').to_lowercase(),
        }
    }

    /// The same with the place where it happened, for failures of the store.
    pub(crate) fn at(self, place: impl fmt::Display) -> Self {
        match (self.code, self.detail) {
            (
                code @ (Code::UNSPECIFIED | Code::ACCESS_DENIED | Code::OUT_OF_MEMORY | Code::DISK_FULL),
                Some(detail),
            ) => Self::detailed(code, format_args!("{place}: {detail}")),
            (code, detail) => Self { code, detail },
        }
    }

    /// The record: `{"Success":false,"Error":"…","ErrorCode":n}`, in this order.
    pub(crate) fn record(&self) -> String {
        let text = match &self.detail {
            Some(detail) => format!("{} {{{{{detail}}}}}", crate::message::message(self.code)),
            None => format!("{} ", crate::message::message(self.code)),
        };
        Record::write(&text, self.code)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self { code, detail: None }
    }
}

/// What the store itself could not do.
impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::detailed(Self::code_of(&error), error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, record: Some(refusal.record().into()) }
    }
}

/// Why something could not be done to a store as a whole. Its message says what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}

impl From<Refusal> for StoreError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal.words())
    }
}

/// A failure with the record that the emulated service would leave, for what is refused in front of it.
pub fn refused(code: Code, detail: impl fmt::Display) -> Failure {
    Refusal::detailed(code, detail).into()
}

/// The record of a code about which there is nothing more to say.
pub fn record(code: Code) -> String {
    Refusal::from(code).record()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_an_unknown_field_is_the_one_that_was_logged() {
        assert_eq!(
            Refusal::json("CreateWithCompartment", "UnknownField").record(),
            r#"{"Success":false,"Error":"Invalid JSON document string. {{CreateWithCompartment,UnknownField}}","ErrorCode":2151350299}"#
        );
    }

    #[test]
    fn without_a_detail_the_text_ends_with_a_blank() {
        assert_eq!(
            Refusal::from(Code::ELEMENT_NOT_FOUND).record(),
            r#"{"Success":false,"Error":"Element not found. ","ErrorCode":2147943568}"#
        );
    }

    #[test]
    fn quotes_in_a_detail_are_escaped() {
        let record = Refusal::not_modelled("\"this\"\n").record();
        let read: serde_json::Value = serde_json::from_str(&record).unwrap();
        assert_eq!(read["Error"], "Not implemented. {{the emulator does not model \"this\"\n}}");
    }
}
