//! Versions of the CNI specification: parsed, ordered, and what each one brought.

use std::fmt;
use std::str::FromStr;

/// A version of the CNI specification, as in `cniVersion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// What an absent `cniVersion` means.
    pub const OLDEST: Version = Version::new(0, 1, 0);
    /// The newest version this library knows.
    pub const NEWEST: Version = Version::new(1, 1, 0);

    pub(crate) const V0_3: Version = Version::new(0, 3, 0);
    pub(crate) const V0_4: Version = Version::new(0, 4, 0);
    pub(crate) const V1_0: Version = Version::new(1, 0, 0);
    pub(crate) const V1_1: Version = Version::new(1, 1, 0);
    pub(crate) const V2_0: Version = Version::new(2, 0, 0);

    /// A version by its three parts.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Version {
        Version { major, minor, patch }
    }

    /// Do DEL and CHECK get the result of ADD (since 0.4.0)?
    pub(crate) fn passes_result_on(self) -> bool {
        self >= Version::V0_4
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why a text is no version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseVersionError(String);

impl fmt::Display for ParseVersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no CNI version: one to three numbers with dots are, such as 1.0.0", self.0)
    }
}

impl std::error::Error for ParseVersionError {}

impl FromStr for Version {
    type Err = ParseVersionError;

    /// One to three numeric parts, missing ones 0; an empty text is 0.1.0.
    fn from_str(text: &str) -> Result<Version, ParseVersionError> {
        if text.is_empty() {
            return Ok(Version::OLDEST);
        }
        let mut parts = [0; 3];
        for (at, part) in text.split('.').enumerate() {
            let number = part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten();
            match (parts.get_mut(at), number) {
                (Some(place), Some(number)) => *place = number,
                _ => return Err(ParseVersionError(text.into())),
            }
        }
        Ok(Version::new(parts[0], parts[1], parts[2]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_three_parts_are_read_and_missing_ones_are_zero() {
        assert_eq!("1".parse(), Ok(Version::V1_0));
        assert_eq!("0.3".parse(), Ok(Version::V0_3));
        assert_eq!("0.3.1".parse(), Ok(Version::new(0, 3, 1)));
        assert_eq!("".parse(), Ok(Version::OLDEST));
    }

    #[test]
    fn what_is_no_version_is_named() {
        for text in ["v1.0.0", "1.0.0.0", "1..0", "1.", ".", "1.-1", "1.+1", "99999999999", "1.0.0-rc1", " "]
        {
            assert_eq!(text.parse::<Version>(), Err(ParseVersionError(text.into())));
        }
    }

    #[test]
    fn versions_are_ordered_by_number() {
        assert!("0.10.0".parse::<Version>().unwrap() > Version::V0_4);
    }
}
