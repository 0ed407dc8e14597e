//! The service's version: what it is asked for, how documents pack it, which Windows has which.

use std::fmt;

use serde::Deserialize;

use crate::{Code, Error, Failure, Hcn, InvalidDocument, Record};

/// A version of the Host Network Service, which is not that of Windows. Which features it has: [`ServiceVersion::has`].
///
/// | versions | seen on |
/// |---|---|
/// | 9.1, 9.2 … | Windows 10 1809, Server 2019; 9.3 and later by updates |
/// | 11.x | Windows 10 2004 and 20H2 |
/// | 13.x | Server 2022 |
/// | 14.x | Windows 11 21H2 |
/// | 15.0, 15.1 … | Windows 11 22H2 and later |
/// | 15.4 | Server 2025 |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceVersion {
    /// Grows with releases of Windows.
    pub major: u32,
    /// Grows with features that updates bring.
    pub minor: u32,
}

impl ServiceVersion {
    /// What Windows Server 2019 was released with; its updates brought later minor versions.
    pub const SERVER_2019: Self = Self { major: 9, minor: 2 };
    /// What was seen on Windows Server 2022.
    pub const SERVER_2022: Self = Self { major: 13, minor: 3 };
    /// What is reported of Windows Server 2025.
    pub const SERVER_2025: Self = Self { major: 15, minor: 4 };

    /// From the `Version` of a document.
    pub const fn from_packed(version: u64) -> Self {
        Self { major: (version >> 32) as u32, minor: (version & 0xFFFF_FFFF) as u32 }
    }

    /// As the `Version` of a document.
    pub const fn packed(self) -> u64 {
        (self.major as u64) << 32 | self.minor as u64
    }
}

impl fmt::Display for ServiceVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What `HNSCall` answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    success: Option<bool>,
    output: Option<Output>,
}

/// A version in such an answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    major: Option<u32>,
    minor: Option<u32>,
}

impl Hcn {
    /// The service's version.
    ///
    /// ```
    /// use hcn::{Feature, Hcn};
    ///
    /// let hcn = Hcn::new(hcn_emulator::Emulator::in_memory());
    /// assert!(hcn.version()?.has(Feature::V2));
    /// # Ok::<(), hcn::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the service refuses, and an answer without a version. It is asked through vmcompute.dll: where that is
    /// missing, with [`ErrorKind::ServiceUnavailable`](crate::ErrorKind::ServiceUnavailable).
    pub fn version(&self) -> Result<ServiceVersion, Error> {
        let operation = "read the version of the Host Network Service";
        let refused = |failure| Error::refused(operation, failure);
        let text = self.api().hns_call("GET", "/globals/version", "").map_err(refused)?;
        let answer: Answer =
            InvalidDocument::check(&text).map_err(|error| Error::document(operation, error))?;
        if answer.success == Some(false) {
            let code = Record::read(&text).error_code().unwrap_or(Code::UNSPECIFIED);
            return Err(refused(Failure { code, record: Some(text.into()) }));
        }
        version(&answer).map_err(|error| Error::document(operation, error))
    }
}

fn version(answer: &Answer) -> Result<ServiceVersion, InvalidDocument> {
    let absent = |member: &str| InvalidDocument::new(member, "it is absent");
    let output = answer.output.as_ref().ok_or_else(|| absent("Output"))?;
    let major = output.major.ok_or_else(|| absent("Output.Major"))?;
    Ok(ServiceVersion { major, minor: output.minor.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;
    use crate::recorder::Recorder;

    fn asked(answer: &str) -> Result<ServiceVersion, Error> {
        Hcn::new(Recorder::default().answer("GET /globals/version", answer)).version()
    }

    #[test]
    fn the_version_is_read_out_of_the_answer() {
        let version = asked(r#"{"Success":true,"Output":{"Major":13,"Minor":3}}"#).unwrap();
        assert_eq!((version, version.to_string().as_str()), (ServiceVersion::SERVER_2022, "13.3"));
    }

    #[test]
    fn a_version_is_packed_as_documents_hold_it() {
        for (packed, version) in
            [(38_654_705_666, ServiceVersion::SERVER_2019), (55_834_574_851, ServiceVersion::SERVER_2022)]
        {
            assert_eq!((ServiceVersion::from_packed(packed), version.packed()), (version, packed));
        }
    }

    #[test]
    fn an_answer_without_a_version_says_what_is_missing() {
        for (answer, field) in [
            ("{}", "Output"),
            (r#"{"Output":{}}"#, "Output.Major"),
            (r#"{"Output":{"Major":"9"}}"#, "Output.Major"),
        ] {
            assert_eq!(asked(answer).unwrap_err().field(), Some(field), "{answer}");
        }
    }

    #[test]
    fn a_refusal_inside_an_answer_is_a_refusal() {
        let refused = asked(r#"{"Success":false,"Error":"Access is denied. ","ErrorCode":2147942405}"#);
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied);
        assert!(error.to_string().contains("Access is denied."), "{error}");
    }
}
