//! The filters that a Dev Drive lets in, as `fsutil devdrv query VOLUME` prints them: lists below headings, which are in the
//! language of the system.

/// Filters by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    /// Those that may be attached.
    pub(crate) allowed: Vec<String>,
    /// Those that are.
    pub(crate) attached: Vec<String>,
}

impl Filters {
    /// Read what fsutil printed. The last list is of those that are attached; what precedes it, of those that may be: on any
    /// Dev Drive, and on this one. None where there is no list.
    ///
    /// INFERRED: the order of the lists, and that they are below lines that end in a colon, from two printed answers of
    /// Windows 11; a real one in another language would settle it.
    pub(crate) fn parse(printed: &str) -> Option<Self> {
        let mut lists: Vec<Vec<String>> = Vec::new();
        for line in printed.lines() {
            match lists.last_mut() {
                _ if line.trim_end().ends_with(':') => lists.push(Vec::new()),
                Some(list) if line.starts_with([' ', '\t']) => list.extend(names(line)),
                _ => {}
            }
        }
        let attached = lists.pop()?;
        let mut allowed: Vec<String> = Vec::new();
        for name in lists.into_iter().flatten() {
            if !allowed.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                allowed.push(name);
            }
        }
        Some(Self { allowed, attached })
    }

    /// May it be attached?
    pub(crate) fn allow(&self, name: &str) -> bool {
        self.allowed.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

fn names(line: &str) -> impl Iterator<Item = String> {
    line.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRINTED: &str = "\
This is a trusted developer volume.\r
\r
Developer volumes are protected by antivirus filter.\r
\r
Filters allowed on any developer volume:\r
    PrjFlt, bindFlt, wcifs, WdFilter\r
\r
Filters allowed on this developer volume:\r
    PrjFlt, bindFlt\r
\r
Filters currently attached to this developer volume:\r
    WdFilter\r
";

    #[test]
    fn what_may_be_attached_is_told_from_what_is() {
        let found = Filters::parse(PRINTED).unwrap();
        assert_eq!(found.allowed, ["PrjFlt", "bindFlt", "wcifs", "WdFilter"]);
        assert_eq!(found.attached, ["WdFilter"]);
        assert!(found.allow("bindflt") && !found.allow("MsSecFlt"));
    }

    #[test]
    fn without_a_list_of_its_own_nothing_is_allowed() {
        let text = "This is a trusted developer volume.\n\nFilters currently attached to this developer volume:\n    WdFilter\n";
        assert_eq!(
            Filters::parse(text).unwrap(),
            Filters { allowed: vec![], attached: vec!["WdFilter".into()] }
        );
        assert_eq!(Filters::parse("This is not a developer volume.\n"), None);
    }

    proptest! {
        #[test]
        fn any_lists_that_are_printed_are_read_back(
            allowed in proptest::collection::btree_set("[a-z]{1,9}", 0..5), attached in proptest::collection::vec("[a-z]{1,9}", 0..5)
        ) {
            let allowed: Vec<_> = allowed.into_iter().collect();
            let text = format!("Frei:\n    {}\n\nDran:\n    {}\n", allowed.join(", "), attached.join(", "));
            prop_assert_eq!(Filters::parse(&text).unwrap(), Filters { allowed, attached });
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[ :,a-zé\n]{0,80}") {
            let _ = Filters::parse(&text);
        }
    }
}
