//! The emulated Windows release: which schema its documents follow and what its service says of itself.

use hcn::Guid;

/// A release of Windows, as far as its Host Network Service differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Profile {
    /// The service's version: major, minor.
    pub(crate) service: (u32, u32),
    /// The newest minor number of schema 2 whose members it knows.
    pub(crate) schema: u32,
    /// The host's DNS server, which endpoints inherit.
    pub(crate) dns_server: &'static str,
    /// The host's own address, which Overlay networks take as their provider address.
    pub(crate) management_address: &'static str,
    /// What can be plugged into a switch, and whether it is by default.
    pub(crate) extensions: &'static [Extension],
}

/// A switch extension of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) id: Guid,
    pub(crate) name: &'static str,
    pub(crate) is_enabled: bool,
}

const fn extension(id: u128, name: &'static str, is_enabled: bool) -> Extension {
    Extension { id: Guid::from_u128(id), name, is_enabled }
}

/// Those of Server 2019, as its networks listed them.
const EXTENSIONS: &[Extension] = &[
    extension(0xe7c3b2f0_f3c5_48df_af2b_10fed6d72e7a, "Microsoft Windows Filtering Platform", false),
    extension(0xe9b59cfa_2be1_4b21_828f_b6fbdbddc017, "Microsoft Azure VFP Switch Extension", false),
    extension(0xea24cd6c_d17a_4348_9190_09f0d5be83dd, "Microsoft NDIS Capture", true),
];

impl Profile {
    /// Windows Server 2019 (17763), the strictest that is in support.
    ///
    /// INFERRED: samples of that release show 9.1 and 9.2; later updates raise the minor number to an unknown value.
    /// `/globals/version` of an updated 17763 would settle it. INFERRED: endpoints inherit the host's DNS servers
    /// (seen on newer releases); the emulated host's is an address of the documentation range.
    pub(crate) const SERVER_2019: Self = Self {
        service: (9, 2),
        schema: 0,
        dns_server: "192.0.2.53",
        management_address: "192.0.2.10",
        extensions: EXTENSIONS,
    };

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
