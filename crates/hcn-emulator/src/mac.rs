//! MAC addresses: their spelling, a network's pool, the next free one.

use std::fmt;
use std::str::FromStr;

use crate::refusal::Ruling;

/// A MAC address as a number of 48 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mac(pub(crate) u64);

/// The text is not a MAC address with dashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidMac;

impl fmt::Display for Mac {
    /// As the service writes it: `00-15-5D-52-C0-00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [_, _, a, b, c, d, e, g] = self.0.to_be_bytes();
        write!(f, "{a:02X}-{b:02X}-{c:02X}-{d:02X}-{e:02X}-{g:02X}")
    }
}

impl FromStr for Mac {
    type Err = InvalidMac;

    /// INFERRED: dashes only, as a client's comment says; an endpoint with colons on a real Windows would settle it.
    fn from_str(text: &str) -> Result<Self, InvalidMac> {
        let parts: Vec<&str> = text.split('-').collect();
        if parts.len() != 6 {
            return Err(InvalidMac);
        }
        parts.into_iter().try_fold(Self(0), |Self(value), part| Ok(Self(value << 8 | byte(part)?)))
    }
}

fn byte(text: &str) -> Result<u64, InvalidMac> {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| digits).ok_or(InvalidMac)
}

/// Addresses from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pool {
    pub(crate) first: Mac,
    pub(crate) last: Mac,
}

impl Pool {
    /// The first free address from a place that `chance` picks.
    pub(crate) fn free(
        &self,
        chance: u64,
        mut is_taken: impl FnMut(Mac) -> Ruling<bool>,
    ) -> Ruling<Option<Mac>> {
        let size = self.last.0.saturating_sub(self.first.0).saturating_add(1);
        for step in 0..size {
            let mac = Mac(self.first.0 + chance.wrapping_add(step) % size);
            if !is_taken(mac)? {
                return Ok(Some(mac));
            }
        }
        Ok(None)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// Microsoft's 00-15-5D, of which each network gets a block of 4096.
const PREFIX: u64 = 0x0015_5D00_0000;
const BLOCK: u64 = 0x1000;
const BLOCKS: u64 = 0x1000;

/// A block that overlaps none of these pools.
pub(crate) fn new_pool(chance: u64, taken: &[Pool]) -> Option<Pool> {
    let candidates = (0..BLOCKS).map(|step| {
        let first = PREFIX + chance.wrapping_add(step) % BLOCKS * BLOCK;
        Pool { first: Mac(first), last: Mac(first + BLOCK - 1) }
    });
    candidates.into_iter().find(|pool| !taken.iter().any(|other| pool.overlaps(other)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_network_gets_4096_addresses_of_its_own() {
        let one = new_pool(0x52c, &[]).unwrap();
        assert_eq!(
            (one.first.to_string(), one.last.to_string()),
            ("00-15-5D-52-C0-00".into(), "00-15-5D-52-CF-FF".into())
        );
        assert_eq!(new_pool(0x52c, &[one]).unwrap().first.to_string(), "00-15-5D-52-D0-00");
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "00:15:5D:52:C0:00",
            "00-15-5D-52-C0",
            "00-15-5D-52-C0-00-00",
            "0-15-5D-52-C0-000",
            "+0-15-5D-52-C0-00",
        ] {
            assert_eq!(text.parse::<Mac>(), Err(InvalidMac), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(value in 0u64..1 << 48) {
            prop_assert_eq!(Mac(value).to_string().parse(), Ok(Mac(value)));
            prop_assert_eq!(Mac(value).to_string().to_lowercase().parse(), Ok(Mac(value)));
        }

        #[test]
        fn every_address_is_given_once_and_then_none(first in 0u64..1 << 47, size in 1u64..40, chance: u64) {
            let pool = Pool { first: Mac(first), last: Mac(first + size - 1) };
            let mut given = HashSet::new();
            while let Some(mac) = pool.free(chance, |mac| Ok(given.contains(&mac))).unwrap() {
                prop_assert!(pool.first <= mac && mac <= pool.last && given.insert(mac));
            }
            prop_assert_eq!(given.len() as u64, size);
        }
    }
}
