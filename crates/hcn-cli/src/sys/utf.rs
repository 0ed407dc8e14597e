//! UTF-8 and UTF-16 in pieces, as consoles and pipes cut them.

use std::collections::VecDeque;

/// What is no letter.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// UTF-16 that comes in, UTF-8 that is taken out.
#[derive(Debug, Default)]
pub(super) struct Letters {
    /// The first half of a letter whose second half has not come yet.
    half: Option<u16>,
    bytes: VecDeque<u8>,
}

impl Letters {
    /// Is there nothing to take?
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes more in.
    pub(super) fn add(&mut self, units: &[u16]) {
        let (whole, half) = match units.split_last() {
            Some((last, whole)) if (0xd800..0xdc00).contains(last) => (whole, Some(*last)),
            _ => (units, None),
        };
        let before = if units.is_empty() { None } else { self.half.take() };
        for letter in char::decode_utf16(before.into_iter().chain(whole.iter().copied())) {
            self.bytes.extend(letter.unwrap_or(REPLACEMENT).encode_utf8(&mut [0; 4]).bytes());
        }
        self.half = half.or(self.half);
    }

    /// Gives out as much as there is room for.
    pub(super) fn take(&mut self, room: &mut [u8]) -> usize {
        let length = room.len().min(self.bytes.len());
        for (to, byte) in room.iter_mut().zip(self.bytes.drain(..length)) {
            *to = byte;
        }
        length
    }
}

/// UTF-8 that comes in, UTF-16 that comes out, but for the front of a letter that is not complete yet.
#[derive(Debug, Default)]
pub(super) struct Units(Vec<u8>);

impl Units {
    /// The units of what came before and did not end, and of these bytes.
    pub(super) fn of(&mut self, bytes: &[u8]) -> Vec<u16> {
        self.0.extend_from_slice(bytes);
        let mut units = Vec::with_capacity(self.0.len());
        let mut kept = Vec::new();
        let mut chunks = self.0.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            units.extend(chunk.valid().encode_utf16());
            match chunk.invalid() {
                [] => {}
                cut if chunks.peek().is_none() && is_front(cut) => kept = cut.to_vec(),
                _ => units.push(REPLACEMENT as u16),
            }
        }
        self.0 = kept;
        units
    }
}

/// May more bytes make a letter of these?
fn is_front(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utf8(pieces: &[&[u16]]) -> Vec<u8> {
        let mut letters = Letters::default();
        pieces.iter().for_each(|piece| letters.add(piece));
        let mut bytes = vec![0; letters.bytes.len()];
        assert_eq!((letters.take(&mut bytes), letters.is_empty()), (bytes.len(), true));
        bytes
    }

    fn utf16(pieces: &[&[u8]]) -> Vec<u16> {
        let mut units = Units::default();
        pieces.iter().flat_map(|piece| units.of(piece)).collect()
    }

    #[test]
    fn what_is_no_letter_is_replaced_and_loses_nothing_beside_it() {
        assert_eq!(utf8(&[&[0x61, 0xdc00, 0x62]]), "a\u{fffd}b".as_bytes());
        assert_eq!(utf8(&[&[0xd83d], &[0x62]]), "\u{fffd}b".as_bytes());
        assert_eq!(utf16(&[b"a\xffb"]), [0x61, 0xfffd, 0x62]);
        assert_eq!(utf16(&[b"a\xf0\x9f", b"b"]), [0x61, 0xfffd, 0x62]);
    }

    #[test]
    fn control_bytes_pass_as_they_are() {
        assert_eq!(utf8(&[&[3, 26, 0x1b]]), [3, 26, 0x1b]);
        assert_eq!(utf16(&[b"\x1b[2J\0"]), [0x1b, 0x5b, 0x32, 0x4a, 0]);
    }

    proptest! {
        #[test]
        fn a_text_arrives_whole_wherever_it_is_cut(text in ".{0,40}", at in 0_usize..80) {
            let bytes = text.as_bytes();
            let (front, back) = bytes.split_at(at.min(bytes.len()));
            let units: Vec<u16> = text.encode_utf16().collect();
            prop_assert_eq!(utf16(&[front, back]), units.clone());
            let (front, back) = units.split_at(at.min(units.len()));
            prop_assert_eq!(utf8(&[front, back]), bytes);
        }
    }
}
