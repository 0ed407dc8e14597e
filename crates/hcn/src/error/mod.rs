//! Why calls fail: the error that people read and programs match on.
//!
//! [`Code`] and its table say what a number means, [`Record`] is what the service itself said, and [`Error`]
//! joins both with what was attempted. It is built in the client, where the operation and the id are known,
//! never in an implementation of [`crate::Api`].

mod code;
mod record;

pub use code::Code;
pub use record::Record;

use std::fmt;

use crate::{Failure, InvalidDocument};

/// The sorts of failure that a program may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was named, or something that it needs, is not there. Whether it is the object itself that is gone says
    /// [`Error::is_absence`].
    NotFound,
    /// What should be made is there already.
    AlreadyExists,
    /// A document is malformed, incomplete, or holds what the service does not take ([`Error::field`] may say where).
    InvalidDocument,
    /// An argument other than a document is wrong.
    InvalidArgument,
    /// The caller lacks the rights.
    AccessDenied,
    /// The Host Network Service is absent, stopped or died.
    ServiceUnavailable,
    /// The service, this Windows release or this object cannot do it.
    Unsupported,
    /// Something else still uses the object.
    InUse,
    /// The address is taken or reserved.
    AddressInUse,
    /// The port is taken.
    PortInUse,
    /// The object is in a bad state.
    Degraded,
    /// The utility VM's side failed.
    Guest,
    /// Anything else: see [`Error::code`].
    Other,
}

/// Why a call failed. Match on [`Error::kind`], show with `Display`: **what failed: why; do this**.
pub struct Error(Box<Context>);

#[derive(Debug)]
struct Context {
    operation: String,
    code: Code,
    record: Option<Record>,
    document: Option<InvalidDocument>,
}

impl Error {
    /// The service refused `operation`, a phrase such as ``create network `lab` ``.
    pub fn refused(operation: impl Into<String>, failure: Failure) -> Self {
        let record = failure.record.as_deref().map(Record::read);
        Self(Box::new(Context { operation: operation.into(), code: failure.code, record, document: None }))
    }

    /// A document, ours or the service's, stood in the way of `operation`.
    pub fn document(operation: impl Into<String>, document: InvalidDocument) -> Self {
        let (code, document) = (Code::INVALID_DATA, Some(document));
        Self(Box::new(Context { operation: operation.into(), code, record: None, document }))
    }

    /// The sort of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.code.kind()
    }

    /// The HRESULT; [`Code::INVALID_DATA`] for a document that hcn itself could not read.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Is the object that was meant gone? See [`Code::is_absence`]: narrower than [`ErrorKind::NotFound`].
    pub fn is_absence(&self) -> bool {
        self.0.code.is_absence()
    }

    /// What was attempted, as a phrase that follows "cannot": ``delete namespace `…` ``.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// What the service said, if it said anything.
    pub fn record(&self) -> Option<&Record> {
        self.0.record.as_ref()
    }

    /// The JSON path of the member that is wrong, where hcn found it itself.
    pub fn field(&self) -> Option<&str> {
        self.0.document.as_ref().map(InvalidDocument::path)
    }

    /// What to do about it, where something is known.
    pub fn hint(&self) -> Option<&'static str> {
        self.0.code.hint()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Context { operation, code, record, document } = &*self.0;
        write!(f, "cannot {operation}: ")?;
        match document {
            Some(document) => write!(f, "{document}")?,
            None => write!(f, "{}", code.why())?,
        }
        write!(f, " ({code}")?;
        code.name().map_or(Ok(()), |name| write!(f, " {name}"))?;
        record.as_ref().map_or(Ok(()), |record| write!(f, ": {record}"))?;
        write!(f, ")")?;
        self.hint().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: Code, record: Option<&str>) -> Error {
        Error::refused("create network `lab`", Failure { code, record: record.map(Into::into) })
    }

    #[test]
    fn the_message_says_what_failed_why_and_what_to_do() {
        assert_eq!(
            refused(Code::NETWORK_ALREADY_EXISTS, None).to_string(),
            "cannot create network `lab`: a network with this name or id exists already \
             (0x803B0010 HCN_E_NETWORK_ALREADY_EXISTS); choose another name, or use the one that is there"
        );
    }

    #[test]
    fn the_services_own_words_are_in_the_message() {
        let record = r#"{"Success":false,"Error":"Not today. ","ErrorCode":2147500037}"#;
        assert_eq!(
            refused(Code::UNSPECIFIED, Some(record)).to_string(),
            "cannot create network `lab`: the service failed without saying why (0x80004005 E_FAIL: Not today.)"
        );
    }

    #[test]
    fn an_unknown_code_is_printed_bare() {
        let error = refused(Code(0x8123_4567), None);
        assert_eq!(error.kind(), ErrorKind::Other);
        assert!(error.to_string().ends_with("that hcn does not know (0x81234567)"), "{error}");
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
