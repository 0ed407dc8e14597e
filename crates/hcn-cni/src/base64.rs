//! Base64 with padding (RFC 4648, section 4): how Go writes bytes into JSON, and so how libcni's cache holds the
//! network configuration.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    bytes.chunks(3).flat_map(quartet).collect()
}

fn quartet(chunk: &[u8]) -> [char; 4] {
    let bits = (0..3).fold(0u32, |bits, at| bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0)));
    std::array::from_fn(|at| match at <= chunk.len() {
        true => char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]),
        false => '=',
    })
}

/// Text as bytes; `None` when it is no base64. Line breaks are skipped, as Go does.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let chunks = text.chunks(4);
    let last = chunks.len().wrapping_sub(1);
    for (at, chunk) in chunks.enumerate() {
        bytes.extend(triplet(chunk, at == last)?);
    }
    Some(bytes)
}

fn triplet(chunk: &[u8], is_last: bool) -> Option<impl Iterator<Item = u8>> {
    let padding = chunk.iter().rev().take_while(|&&b| b == b'=').count();
    if chunk.len() != 4 || padding > 2 || (padding > 0 && !is_last) {
        return None;
    }
    let mut bits = 0u32;
    for &byte in &chunk[..4 - padding] {
        let value = ALPHABET.iter().position(|&letter| letter == byte)?;
        bits = bits << 6 | value as u32;
    }
    let bits = bits << (6 * padding);
    Some([(bits >> 16) as u8, (bits >> 8) as u8, bits as u8].into_iter().take(3 - padding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_vectors_of_the_rfc_hold() {
        let vectors = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (length, vector) in vectors.iter().enumerate() {
            assert_eq!(encode(&b"foobar"[..length]), *vector);
            assert_eq!(decode(vector).unwrap(), &b"foobar"[..length]);
        }
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in ["Z", "Zg=", "Zg", "Z===", "====", "Zg==Zg==", "Zm9v!A==", "Z=g="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_string_survives(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn no_text_panics(text: String) {
            decode(&text);
        }
    }
}
