//! containerd's rule for the names of containers, containerd namespaces, leases and the like.

use std::fmt;
use std::str::FromStr;

/// A name as containerd takes it: letters and digits, with single `.`, `_` or `-` between them, at most 76 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier(String);

impl Identifier {
    /// The longest one, in bytes.
    pub const LONGEST: usize = 76;

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no name that containerd takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidIdentifier;

impl fmt::Display for InvalidIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "containerd takes letters and digits with single `.`, `_` or `-` between them, at most {} bytes",
            Identifier::LONGEST
        )
    }
}

impl std::error::Error for InvalidIdentifier {}

impl FromStr for Identifier {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, InvalidIdentifier> {
        let part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let fits = text.len() <= Self::LONGEST && text.split(['.', '_', '-']).all(part);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidIdentifier) }
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_containerd_s_rule() {
        for good in ["t1", "my-container", "a.b_c-d", "k8s.io", &"a".repeat(76)] {
            assert_eq!(good.parse::<Identifier>().map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for bad in ["", "-a", "a-", "a--b", "a/b", "ä", "a b", &"a".repeat(77)] {
            assert_eq!(bad.parse::<Identifier>(), Err(InvalidIdentifier), "{bad}");
        }
    }
}
