//! What a version of the service stands for: the features that clients read out of it, by ranges of versions.
//!
//! The ranges are hcsshim's, on which clients rely; whether the service keeps them is for other cases to see.

use crate::report::HnsVersion;

/// A range of versions, both ends included; without an end it goes on.
type Range = ((u32, u32), Option<(u32, u32)>);

const LAST: u32 = u32::MAX;

const FEATURES: &[(&str, &[Range])] = &[
    ("Acl.AddressLists", &[((7, 2), None)]),
    ("Acl.HostRulePriority", &[((7, 2), None)]),
    ("Acl.PortRanges", &[((7, 2), None)]),
    ("Acl.RuleId", &[((7, 2), None)]),
    ("Api.V2", &[((9, 2), None)]),
    ("RemoteSubnet", &[((9, 2), None)]),
    ("HostRoute", &[((9, 2), None)]),
    ("DSR", &[((9, 3), Some((9, LAST))), ((10, 2), None)]),
    ("Slash32EndpointPrefixes", &[((9, 3), Some((9, LAST))), ((10, 4), None)]),
    ("VxlanPort", &[((10, 3), None)]),
    ("AclSupportForProtocol252", &[((11, 0), None)]),
    ("IPv6DualStack", &[((11, 10), None)]),
    ("SessionAffinity", &[((12, 0), None)]),
    ("SetPolicy", &[((13, 0), None)]),
    (
        "L4Proxy",
        &[
            ((9, 5), Some((9, LAST))),
            ((10, 5), Some((10, LAST))),
            ((11, 11), Some((11, LAST))),
            ((12, 1), Some((12, LAST))),
            ((13, 1), None),
        ],
    ),
    ("L4WfpProxy", &[((13, 2), None)]),
    ("TierAcl", &[((14, 0), None)]),
    ("NetworkACL", &[((15, 0), None)]),
    ("NestedIpSet", &[((15, 0), None)]),
    ("DisableHostPort", &[((15, 1), None)]),
    ("ModifyLoadbalancer", &[((15, 4), None)]),
    ("Accelnet", &[((15, 4), None)]),
];

/// The features that clients take a service of this version to have.
pub(crate) fn features(version: HnsVersion) -> Vec<&'static str> {
    let version = (version.major, version.minor);
    let holds = |(first, last): &Range| version >= *first && last.is_none_or(|last| version <= last);
    FEATURES.iter().filter(|(_, ranges)| ranges.iter().any(holds)).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(major: u32, minor: u32, feature: &str) -> bool {
        features(HnsVersion { major, minor }).contains(&feature)
    }

    #[test]
    fn ranges_end_where_a_later_release_lacked_the_update() {
        assert!(!has(9, 2, "DSR") && has(9, 3, "DSR") && has(9, 99, "DSR"));
        assert!(!has(10, 1, "DSR") && has(10, 2, "DSR") && has(15, 4, "DSR"));
        assert!(has(13, 3, "SetPolicy") && !has(13, 0, "L4Proxy") && !has(8, 0, "Api.V2"));
    }

    #[test]
    fn server_2025_has_all() {
        assert_eq!(features(HnsVersion { major: 15, minor: 4 }).len(), FEATURES.len());
    }
}
