//! The record: the JSON text that the service leaves on failure.
//!
//! Read leniently, member by member, because it is read when something has gone wrong already: whatever it
//! holds, the text itself is kept.

use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What the service said about a failure: `{"Success":false,"Error":"…","ErrorCode":2151350299}`.
///
/// The text is localized by Windows: show it, never compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    text: Box<str>,
    success: Option<bool>,
    error: Option<Box<str>>,
    error_code: Option<u32>,
}

/// Every member as it came, so that one of an unexpected type does not hide the others.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Members<'a> {
    #[serde(borrow)]
    success: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    error_code: Option<&'a RawValue>,
}

impl Record {
    /// Reads what can be read of `text`, which need not even be JSON.
    pub fn read(text: &str) -> Self {
        let members: Members<'_> = serde_json::from_str(text).unwrap_or_default();
        Self {
            text: text.into(),
            success: read(members.success),
            error: read::<String>(members.error).map(Into::into),
            error_code: read(members.error_code),
        }
    }

    /// A record as the service would write it: `error` is the text, `error_code` the HRESULT as a number.
    pub fn write(error: &str, error_code: super::Code) -> String {
        let error = serde_json::Value::from(error);
        format!(r#"{{"Success":false,"Error":{error},"ErrorCode":{}}}"#, error_code.0)
    }

    /// The record as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// `Success`, when the record has it.
    pub fn success(&self) -> Option<bool> {
        self.success
    }

    /// `Error`: the system's text of the code, sometimes with a detail in doubled braces.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// `ErrorCode`: the HRESULT as an unsigned number.
    pub fn error_code(&self) -> Option<super::Code> {
        self.error_code.map(super::Code)
    }
}

fn read<'a, T: Deserialize<'a>>(member: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(member?.get()).ok()
}

impl fmt::Display for Record {
    /// The service's own words on one line: `Error` where there is one, else the text as it came.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.error().unwrap_or(&self.text);
        let line: Vec<&str> = words.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let line: Vec<&str> = line.into_iter().filter(|word| !word.is_empty()).collect();
        f.write_str(&line.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Code;
    use super::*;

    const UNKNOWN_FIELD: &str = r#"{"Success":false,"Error":"Invalid JSON document string. {{CreateWithCompartment,UnknownField}}","ErrorCode":2151350299}"#;

    #[test]
    fn a_record_of_the_service_is_read() {
        let record = Record::read(UNKNOWN_FIELD);
        assert_eq!((record.success(), record.error_code()), (Some(false), Some(Code::INVALID_JSON)));
        assert_eq!(
            record.error(),
            Some("Invalid JSON document string. {{CreateWithCompartment,UnknownField}}")
        );
        assert_eq!(record.text(), UNKNOWN_FIELD);
    }

    #[test]
    fn a_member_of_the_wrong_type_does_not_hide_the_others() {
        let record = Record::read(r#"{"ErrorCode":-1,"Error":"no","Success":"false","More":[1e400]}"#);
        assert_eq!((record.success(), record.error(), record.error_code()), (None, Some("no"), None));
    }

    #[test]
    fn a_text_that_is_no_json_is_shown_as_it_is() {
        assert_eq!(Record::read("out of\r\n luck").to_string(), "out of luck");
    }

    #[test]
    fn a_written_record_reads_back() {
        let record = Record::read(&Record::write("say \"no\"", Code::INVALID_IP));
        assert_eq!((record.error(), record.error_code()), (Some("say \"no\""), Some(Code::INVALID_IP)));
    }
}
