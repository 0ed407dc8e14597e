//! Features of the service, and which of its versions have them.
//!
//! The ranges are those on which clients rely (hcsshim reads the same ones out of the same number): what a version
//! lacks, older updates included, it refuses as an unknown member or type. The service itself announces none of this.

use crate::ServiceVersion;

/// Versions from the first on, to the last if there is one, both included.
type Range = (ServiceVersion, Option<ServiceVersion>);

const fn from(major: u32, minor: u32) -> Range {
    (ServiceVersion { major, minor }, None)
}

/// From an update of one major version on, to its end: the next major version came without it.
const fn within(major: u32, minor: u32) -> Range {
    (ServiceVersion { major, minor }, Some(ServiceVersion { major, minor: u32::MAX }))
}

macro_rules! features {
    ($($(#[$doc:meta])* $feature:ident $name:literal [$($range:expr),+];)*) => {
        /// Something that the service can do from some version on. [`ServiceVersion::has`] asks for one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Feature {
            $($(#[$doc])* $feature,)*
        }

        impl Feature {
            /// Every feature, oldest first.
            pub const ALL: &'static [Self] = &[$(Self::$feature),*];

            /// The name, in hcsshim's words.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$feature => $name,)*
                }
            }

            /// The versions that have it, as ranges: the first, and the last where there is one; both included.
            pub const fn versions(self) -> &'static [(ServiceVersion, Option<ServiceVersion>)] {
                match self {
                    $(Self::$feature => const { &[$($range),+] },)*
                }
            }
        }
    };
}

features! {
    /// Lists of addresses in an [`Acl`](crate::Acl).
    AclAddressLists "Acl.AddressLists" [from(7, 2)];
    /// Priorities of an [`Acl`](crate::Acl) that the host applies.
    AclHostRulePriority "Acl.HostRulePriority" [from(7, 2)];
    /// Ranges of ports in an [`Acl`](crate::Acl).
    AclPortRanges "Acl.PortRanges" [from(7, 2)];
    /// Ids of an [`Acl`](crate::Acl).
    AclRuleId "Acl.RuleId" [from(7, 2)];
    /// V2 documents: all that this library needs.
    V2 "Api.V2" [from(9, 2)];
    /// The network policy RemoteSubnetRoute.
    RemoteSubnet "RemoteSubnet" [from(9, 2)];
    /// The network policy HostRoute.
    HostRoute "HostRoute" [from(9, 2)];
    /// Direct server return of load balancers.
    Dsr "DSR" [within(9, 3), from(10, 2)];
    /// Endpoints with the prefix length 32.
    Slash32EndpointPrefixes "Slash32EndpointPrefixes" [within(9, 3), from(10, 4)];
    /// The network policy VxlanPort.
    VxlanPort "VxlanPort" [from(10, 3)];
    /// The protocol 252 in an [`Acl`](crate::Acl).
    AclProtocol252 "AclSupportForProtocol252" [from(11, 0)];
    /// Networks with an IPv4 and an IPv6 subnet.
    Ipv6DualStack "IPv6DualStack" [from(11, 10)];
    /// Load balancers that lead a client to the same endpoint again.
    SessionAffinity "SessionAffinity" [from(12, 0)];
    /// The network policy SetPolicy.
    SetPolicy "SetPolicy" [from(13, 0)];
    /// The policy L4Proxy.
    L4Proxy "L4Proxy" [within(9, 5), within(10, 5), within(11, 11), within(12, 1), from(13, 1)];
    /// The endpoint policy L4WFPPROXY.
    L4WfpProxy "L4WfpProxy" [from(13, 2)];
    /// The endpoint policy TierAcl.
    TierAcl "TierAcl" [from(14, 0)];
    /// The network policy NetworkACL: an [`Acl`](crate::Acl) on a network.
    NetworkAcl "NetworkACL" [from(15, 0)];
    /// Sets of sets in SetPolicy.
    NestedIpSet "NestedIpSet" [from(15, 0)];
    /// [`NetworkFlags::DISABLE_HOST_PORT`](crate::NetworkFlags::DISABLE_HOST_PORT).
    DisableHostPort "DisableHostPort" [from(15, 1)];
    /// Changing a load balancer. 15.4 accepts the request and does not apply it, by one report.
    ModifyLoadBalancer "ModifyLoadbalancer" [from(15, 4)];
    /// Accelerated networking.
    Accelnet "Accelnet" [from(15, 4)];
}

impl ServiceVersion {
    /// Do clients take a service of this version to have it?
    ///
    /// ```
    /// use hcn::{Feature, ServiceVersion};
    ///
    /// assert!(ServiceVersion::SERVER_2022.has(Feature::Ipv6DualStack));
    /// assert!(!ServiceVersion::SERVER_2019.has(Feature::Ipv6DualStack));
    /// ```
    pub fn has(self, feature: Feature) -> bool {
        let holds = |(first, last): &Range| self >= *first && last.is_none_or(|last| self <= last);
        feature.versions().iter().any(holds)
    }

    /// All that it has.
    pub fn features(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.iter().copied().filter(move |feature| self.has(*feature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(major: u32, minor: u32, feature: Feature) -> bool {
        ServiceVersion { major, minor }.has(feature)
    }

    #[test]
    fn ranges_end_where_a_later_release_lacked_the_update() {
        assert!(!has(9, 2, Feature::Dsr) && has(9, 3, Feature::Dsr) && has(9, 99, Feature::Dsr));
        assert!(!has(10, 1, Feature::Dsr) && has(10, 2, Feature::Dsr) && has(15, 4, Feature::Dsr));
        assert!(!has(13, 0, Feature::L4Proxy) && has(13, 3, Feature::SetPolicy) && !has(8, 0, Feature::V2));
    }

    #[test]
    fn server_2025_has_all_and_nothing_has_none() {
        assert_eq!(ServiceVersion::SERVER_2025.features().collect::<Vec<_>>(), Feature::ALL);
        assert_eq!(ServiceVersion::default().features().count(), 0);
    }

    #[test]
    fn features_are_in_the_order_of_their_first_version_where_none_was_ported_back() {
        let names: std::collections::HashSet<_> = Feature::ALL.iter().map(|feature| feature.name()).collect();
        assert_eq!(names.len(), Feature::ALL.len());
        let plain = Feature::ALL.iter().filter(|feature| feature.versions().len() == 1);
        assert!(plain.map(|feature| feature.versions()[0].0).is_sorted());
    }
}
