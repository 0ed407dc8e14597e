//! Addresses: which are a subnet's to give, which one is next, which prefix a network gets.
//!
//! Nothing here knows the store or draws random numbers: what is taken comes in as a question, chance as a number.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::refusal::Ruling;

/// A subnet that addresses are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) prefix: Ipv4Net,
    /// The default route's next hop, never given to an endpoint.
    pub(crate) gateway: Option<Ipv4Addr>,
    /// How many of its first hosts are never given either.
    pub(crate) reserved: u32,
}

impl Range {
    /// May an endpoint have this address? Not the network's, the broadcast's or the gateway's.
    pub(crate) fn gives(&self, address: Ipv4Addr) -> bool {
        let ends = [self.prefix.network(), self.prefix.broadcast()];
        let is_low = || u32::from(address) - u32::from(self.prefix.network()) <= self.reserved;
        self.prefix.contains(&address)
            && !ends.contains(&address)
            && self.gateway != Some(address)
            && !is_low()
    }

    /// A free address: the first from a place that `chance` picks, for the service does not count upwards either.
    pub(crate) fn free(
        &self,
        chance: u32,
        mut is_taken: impl FnMut(Ipv4Addr) -> Ruling<bool>,
    ) -> Ruling<Option<Ipv4Addr>> {
        let size = 1u64 << (32 - self.prefix.prefix_len());
        for step in 0..size {
            let address = at(self.prefix, (u64::from(chance) + step) % size);
            if self.gives(address) && !is_taken(address)? {
                return Ok(Some(address));
            }
        }
        Ok(None)
    }
}

/// The address this far into a prefix.
fn at(prefix: Ipv4Net, offset: u64) -> Ipv4Addr {
    let offset = u32::try_from(offset).unwrap_or(u32::MAX);
    Ipv4Addr::from(u32::from(prefix.network()).saturating_add(offset))
}

/// Has the prefix room for a gateway and an endpoint?
pub(crate) fn has_room(prefix: Ipv4Net) -> bool {
    prefix.prefix_len() <= 30
}

/// The gateway that a network gets when none is named: the first host.
pub(crate) fn first_host(prefix: Ipv4Net) -> Ipv4Addr {
    at(prefix, 1)
}

/// Where the service finds the prefixes of networks that name none: 172.16.0.0/12 first, as in all samples.
const PRIVATE: [(Ipv4Addr, u32); 2] =
    [(Ipv4Addr::new(172, 16, 0, 0), 256), (Ipv4Addr::new(192, 168, 0, 0), 16)];
const PRIVATE_LENGTH: u8 = 20;

/// A private /20 that overlaps none of these.
pub(crate) fn private_prefix(chance: u32, taken: &[Ipv4Net]) -> Option<Ipv4Net> {
    PRIVATE.into_iter().find_map(|(base, count)| {
        let candidates = (0..count).map(|step| nth(base, chance.wrapping_add(step) % count));
        candidates.flatten().find(|prefix| !taken.iter().any(|other| overlap(*prefix, *other)))
    })
}

fn nth(base: Ipv4Addr, index: u32) -> Option<Ipv4Net> {
    let address = u32::from(base).checked_add(index << (32 - PRIVATE_LENGTH))?;
    Ipv4Net::new(address.into(), PRIVATE_LENGTH).ok()
}

/// Do two prefixes share an address?
pub(crate) fn overlap(one: Ipv4Net, other: Ipv4Net) -> bool {
    one.contains(&other.network()) || other.contains(&one.network())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn range(prefix: &str, gateway: Option<&str>) -> Range {
        Range {
            prefix: prefix.parse().unwrap(),
            gateway: gateway.map(|text| text.parse().unwrap()),
            reserved: 0,
        }
    }

    #[test]
    fn the_ends_and_the_gateway_are_reserved() {
        let lab = range("10.1.0.0/29", Some("10.1.0.1"));
        let given: Vec<u8> = (0..8).filter(|host| lab.gives(Ipv4Addr::new(10, 1, 0, *host))).collect();
        assert_eq!(given, [2, 3, 4, 5, 6]);
        assert!(!lab.gives(Ipv4Addr::new(10, 1, 0, 9)), "outside");
    }

    #[test]
    fn all_private_prefixes_can_be_had_and_then_none() {
        let mut taken = Vec::new();
        while let Some(prefix) = private_prefix(200, &taken) {
            taken.push(prefix);
        }
        assert_eq!(taken.len(), 272);
        assert_eq!(taken[0].to_string(), "172.28.128.0/20");
        assert_eq!(
            private_prefix(0, &["172.16.0.0/16".parse().unwrap()]).unwrap().to_string(),
            "172.17.0.0/20"
        );
    }

    proptest! {
        #[test]
        fn every_address_is_given_once_and_then_none(
            length in 24u8..=30, network: u32, gateway in 1u32..4, chances: [u32; 4]
        ) {
            let prefix = Ipv4Net::new(network.into(), length).unwrap().trunc();
            let lab = Range { prefix, gateway: Some(at(prefix, gateway.into())), reserved: 0 };
            let mut given = HashSet::new();
            for chance in chances.into_iter().cycle() {
                match lab.free(chance, |address| Ok(given.contains(&address))).unwrap() {
                    Some(address) => prop_assert!(lab.gives(address) && given.insert(address)),
                    None => break,
                }
            }
            let hosts = (1usize << (32 - length)) - 2;
            let all = if lab.gateway == Some(prefix.broadcast()) { hosts } else { hosts - 1 };
            prop_assert_eq!(given.len(), all);
        }
    }
}
