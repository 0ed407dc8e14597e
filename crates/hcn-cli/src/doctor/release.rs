//! The releases of Windows by their builds: what people call them, and the tag of Microsoft's images for each.

/// A release: its first build, its name, and the tag of its images where there are some.
struct Release(u32, &'static str, Option<&'static str>);

/// Sources: Microsoft's pages on the version compatibility of Windows containers and on the lifecycle of base images.
const TABLE: &[Release] = &[
    Release(14393, "Server 2016", Some("ltsc2016")),
    Release(17763, "Server 2019", Some("ltsc2019")),
    Release(18362, "Windows 10 1903", Some("1903")),
    Release(18363, "Windows 10 1909", Some("1909")),
    Release(19041, "Windows 10 2004", Some("2004")),
    Release(19042, "Windows 10 20H2", Some("20H2")),
    Release(19043, "Windows 10 21H1", None),
    Release(19044, "Windows 10 21H2", None),
    Release(19045, "Windows 10 22H2", None),
    Release(20348, "Server 2022", Some("ltsc2022")),
    Release(22000, "Windows 11 21H2", None),
    Release(22621, "Windows 11 22H2", None),
    Release(22631, "Windows 11 23H2", None),
    Release(25398, "Server 23H2", None),
    Release(26100, "Server 2025 or Windows 11 24H2", Some("ltsc2025")),
    Release(26200, "Windows 11 25H2", None),
];

/// A build with the name of its release, as in `20348 (Server 2022)`.
pub(crate) fn named(build: u32) -> String {
    match TABLE.iter().find(|Release(known, ..)| *known == build) {
        Some(Release(_, name, _)) => format!("{build} ({name})"),
        None => build.to_string(),
    }
}

/// The tag of Microsoft's newest images among those that this says run.
pub(crate) fn tag(runs: impl Fn(u32) -> bool) -> Option<&'static str> {
    TABLE.iter().rev().find_map(|Release(build, _, tag)| tag.filter(|_| runs(*build)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_called_by_its_release_where_it_has_one() {
        assert_eq!(named(20348), "20348 (Server 2022)");
        assert_eq!(named(99999), "99999");
    }

    #[test]
    fn the_newest_images_that_run_are_chosen() {
        assert_eq!(tag(|build| build <= 20348), Some("ltsc2022"));
        assert_eq!(tag(|build| build == 17763), Some("ltsc2019"));
        assert_eq!(tag(|build| build == 22000), None);
    }

    #[test]
    fn the_table_is_in_the_order_of_builds() {
        assert!(TABLE.is_sorted_by_key(|Release(build, ..)| *build));
    }
}
