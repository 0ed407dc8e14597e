//! The minifilters on a volume, as `fltmc instances -v VOLUME` prints them: a table whose headings are in the language of
//! the system, and whose rows are not.

/// A filter driver of Windows that sees what goes to a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Its name.
    pub(crate) name: String,
    /// Its height in the stack, as printed: the higher one sees a request first.
    pub(crate) altitude: String,
}

/// Read what fltmc printed: the rows below the line of dashes, one a filter, each filter once. None where there is no such
/// line: what it prints without the rights is a sentence.
pub(crate) fn parse(printed: &str) -> Option<Vec<Filter>> {
    let mut lines = printed.lines();
    let ruler = lines.by_ref().find(|line| is_ruler(line))?;
    let width = ruler.trim_start().find(' ').unwrap_or(ruler.len());
    let mut found: Vec<Filter> = Vec::new();
    for filter in lines.filter_map(|line| row(line, width)) {
        if !found.contains(&filter) {
            found.push(filter);
        }
    }
    Some(found)
}

fn is_ruler(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("---") && line.chars().all(|c| c == '-' || c == ' ')
}

/// A name may be wider than its column; then it ends at the first space behind.
fn row(line: &str, width: usize) -> Option<Filter> {
    let beside = line.char_indices().nth(width).map_or(line.len(), |(at, _)| at);
    let end = beside + line[beside..].find(' ').unwrap_or(line.len() - beside);
    let name = line[..end].trim();
    let altitude = line[end..].split_whitespace().find(|word| is_altitude(word))?;
    (!name.is_empty()).then(|| Filter { name: name.to_owned(), altitude: altitude.to_owned() })
}

/// Digits, maybe with a fraction: 409800, 385810.5.
fn is_altitude(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Is it there? Windows minds no case.
pub(crate) fn has(filters: &[Filter], name: &str) -> bool {
    filters.iter().any(|filter| filter.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PRINTED: &str = "\
Filter                Volume Name                              Altitude        Instance Name       Frame   SprtFtrs  VlStatus
--------------------  -------------------------------------  ------------  ----------------------  -----   --------  --------
bindflt               C:                                        409800     bindflt Instance          0     0000000f            \r
WdFilter              C:                                        328010     WdFilter Instance         0     0000000f            \r
wcifs                 C:\\Program Files\\Epic Games\\UE_5.0        189900     wcifs Instance            0     0000000f\r
FileInfo                                                         40500     FileInfo                  0     00000003\r
FileInfo              C:                                         40500     FileInfo                  0     00000003\r
\r
";

    #[test]
    fn each_filter_is_read_once_whatever_the_volume_s_name() {
        let found = parse(PRINTED).unwrap();
        let told: Vec<_> =
            found.iter().map(|filter| format!("{} {}", filter.name, filter.altitude)).collect();
        assert_eq!(told, ["bindflt 409800", "WdFilter 328010", "wcifs 189900", "FileInfo 40500"]);
        assert!(has(&found, "BindFlt") && !has(&found, "PrjFlt"));
    }

    #[test]
    fn a_sentence_is_no_table_and_an_empty_table_has_no_filter() {
        assert_eq!(parse("Could not communicate with driver: 0x80070005\nAccess is denied.\n"), None);
        assert_eq!(parse("Filtro\n------  ---\n"), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn any_table_that_is_printed_is_read_back(
            rows in proptest::collection::btree_map("[A-Za-z][A-Za-z0-9]{0,30}", (0_u32..500_000, "|C:|C:[\\\\]a b"), 0..6)
        ) {
            let mut text = format!("Filter\n{}  {}\n", "-".repeat(20), "-".repeat(36));
            for (name, (altitude, volume)) in &rows {
                text.push_str(&format!("{name:<20}  {volume:<37}  {altitude:>8}     {name} Instance   0     0000000f\r\n"));
            }
            let found = parse(&text).unwrap();
            let expected: Vec<_> = rows.iter()
                .map(|(name, (altitude, _))| Filter { name: name.clone(), altitude: altitude.to_string() }).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}", row in ".{0,40}") {
            let _ = (parse(&text), parse(&format!("---- --\n{row}")));
        }
    }
}
