//! containerd's rule for ids, and its namespaces, which keep to it.

use std::fmt;
use std::str::FromStr;

use tonic::metadata::{Ascii, MetadataValue};

use crate::{Error, ErrorKind};

/// The longest id, in bytes.
const LONGEST: usize = 76;

/// Checks an id (of a container, a lease, a namespace) by containerd's rule: letters, digits, and single `.`, `_` or `-`
/// between them; 76 bytes at most (containerd, `pkg/identifiers`).
///
/// # Errors
/// What is wrong with it.
pub fn check_id(id: &str) -> Result<(), IdProblem> {
    let is_word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match id {
        "" => Err(IdProblem::Empty),
        id if id.len() > LONGEST => Err(IdProblem::TooLong),
        id if id.split(['.', '_', '-']).all(is_word) => Ok(()),
        _ => Err(IdProblem::Characters),
    }
}

/// What is wrong with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdProblem {
    /// There is nothing.
    Empty,
    /// More than 76 bytes.
    TooLong,
    /// Characters that are not allowed, or not there.
    Characters,
}

impl fmt::Display for IdProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::TooLong => "it has more than 76 bytes",
            Self::Characters => "it may hold letters and digits, and single `.`, `_` and `-` between them",
        })
    }
}

impl std::error::Error for IdProblem {}

/// A namespace of containerd: a tenant, nothing of the network. The default is `default`, as ctr's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace(MetadataValue<Ascii>);

impl Namespace {
    /// Its name.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("checked to be letters, digits and `._-` when it was made")
    }

    pub(crate) fn header(&self) -> MetadataValue<Ascii> {
        self.0.clone()
    }
}

impl Default for Namespace {
    fn default() -> Self {
        Self(MetadataValue::from_static("default"))
    }
}

impl FromStr for Namespace {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let attempted = || format!("cannot use `{name}` as containerd namespace");
        check_id(name)
            .map_err(|problem| Error::new(ErrorKind::InvalidArgument, attempted(), problem.to_string()))?;
        let header = MetadataValue::try_from(name);
        header
            .map(Self)
            .map_err(|problem| Error::new(ErrorKind::InvalidArgument, attempted(), problem.to_string()))
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_letters_digits_and_single_separators_are_good() {
        for id in ["a", "t1", "web-1.2_x", "A-b", &"x".repeat(76)] {
            assert_eq!(check_id(id), Ok(()), "{id}");
        }
    }

    #[test]
    fn other_ids_are_refused_with_the_reason() {
        assert_eq!(check_id(""), Err(IdProblem::Empty));
        assert_eq!(check_id(&"x".repeat(77)), Err(IdProblem::TooLong));
        for id in ["-a", "a-", "a--b", "a/b", "a b", "ä", "a\n"] {
            assert_eq!(check_id(id), Err(IdProblem::Characters), "{id}");
        }
    }

    #[test]
    fn a_bad_namespace_is_refused_by_name() {
        let error = "a/b".parse::<Namespace>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        insta::assert_snapshot!(error, @"cannot use `a/b` as containerd namespace: it may hold letters and digits, and single `.`, `_` and `-` between them");
    }

    proptest! {
        #[test]
        fn every_good_id_is_a_namespace_of_that_name(id in "[A-Za-z0-9]{1,9}([._-][A-Za-z0-9]{1,9}){0,5}") {
            let namespace: Namespace = id.parse().unwrap();
            prop_assert_eq!(namespace.as_str(), id);
        }
    }
}
