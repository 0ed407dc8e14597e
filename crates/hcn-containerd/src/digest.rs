//! Digests of content: what `ALGORITHM:HEX` says about bytes.

use std::fmt::Write;

use sha2::{Digest, Sha256, Sha512};

/// The algorithms of the OCI image specification that are registered and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
}

/// Splits a digest into algorithm and hex digits; `None` for an algorithm that is not known here.
pub(crate) fn parse(digest: &str) -> Option<(Algorithm, &str)> {
    match digest.split_once(':')? {
        ("sha256", hex) => Some((Algorithm::Sha256, hex)),
        ("sha512", hex) => Some((Algorithm::Sha512, hex)),
        _ => None,
    }
}

/// The hex digits of the bytes' digest.
pub(crate) fn of(algorithm: Algorithm, data: &[u8]) -> String {
    match algorithm {
        Algorithm::Sha256 => hex(&Sha256::digest(data)),
        Algorithm::Sha512 => hex(&Sha512::digest(data)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(of(Algorithm::Sha256, b""), empty);
        assert!(of(Algorithm::Sha512, b"").starts_with("cf83e1357eefb8bd"));
    }

    #[test]
    fn only_known_algorithms_are_taken() {
        assert_eq!(parse("sha256:ab"), Some((Algorithm::Sha256, "ab")));
        assert_eq!(parse("md5:ab"), None);
        assert_eq!(parse("ab"), None);
    }
}
