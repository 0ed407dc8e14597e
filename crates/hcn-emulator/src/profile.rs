//! The emulated Windows release: which schema its documents follow and what its service says of itself.

/// A release of Windows, as far as its Host Network Service differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// The service's version: major, minor.
    pub(crate) service: (u32, u32),
    /// The newest minor number of schema 2 whose members it knows.
    pub(crate) schema: u32,
    /// The host's DNS server, which endpoints inherit.
    pub(crate) dns_server: &'static str,
}

impl Profile {
    /// Windows Server 2019 (17763), the strictest that is in support.
    ///
    /// INFERRED: samples of that release show 9.1 and 9.2; later updates raise the minor number to an unknown value.
    /// `/globals/version` of an updated 17763 would settle it. INFERRED: endpoints inherit the host's DNS servers
    /// (seen on newer releases); the emulated host's is an address of the documentation range.
    pub(crate) const SERVER_2019: Self = Self { service: (9, 2), schema: 0, dns_server: "192.0.2.53" };

    /// `Version` of every object: major and minor in one number.
    pub(crate) const fn version(&self) -> u64 {
        ((self.service.0 as u64) << 32) | self.service.1 as u64
    }
}

/// The first release that knows something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// The one with this minor number of schema 2.
    Schema(u32),
    /// The one with this version of the service.
    Service(u32, u32),
}

impl Since {
    /// Every release with V2 documents knows it.
    pub(crate) const ALWAYS: Self = Self::Schema(0);
}

impl Profile {
    /// Does this release know what came then?
    pub(crate) fn knows(&self, since: Since) -> bool {
        match since {
            Since::Schema(minor) => minor <= self.schema,
            Since::Service(major, minor) => (major, minor) <= self.service,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_packed_as_in_the_samples() {
        assert_eq!(Profile::SERVER_2019.version(), 38_654_705_666);
    }
}
