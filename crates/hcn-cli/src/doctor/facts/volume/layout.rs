//! How NTFS keeps a file, as `fsutil file layout` prints it: its names, its attributes, its last number in the journal
//! of changes.

/// How a file is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Its number on the volume, as printed.
    pub(crate) number: Option<String>,
    /// Its attributes, as printed: `0x00000020: Archive`.
    pub(crate) attributes: Option<String>,
    /// Its names, in their order.
    pub(crate) names: Vec<Name>,
    /// Its last number in the journal of changes: 0 where the volume keeps none.
    pub(crate) last_usn: Option<u64>,
}

/// A name of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Which kind: `HLINK Name` is a long one alone, `NTFS+DOS Name` one that is short enough to be both.
    pub(crate) kind: String,
    /// The name.
    pub(crate) text: String,
}

impl Layout {
    /// Read what `fsutil file layout PATH` printed; what is not known is left out. None where nothing was known: fsutil
    /// prints its errors to the same place.
    pub(crate) fn parse(printed: &str) -> Option<Self> {
        let mut layout = Self::default();
        for (label, value) in
            printed.lines().filter_map(|line| line.split_once(" : ").or(line.split_once(':')))
        {
            layout.take(label.trim(), value.trim());
        }
        (layout != Self::default()).then_some(layout)
    }

    fn take(&mut self, label: &str, value: &str) {
        match label {
            "File reference number" | "File ID" => keep_first(&mut self.number, value),
            "File attributes" => keep_first(&mut self.attributes, value),
            // Streams have one as well, behind the file's own.
            "LastUsn" if self.last_usn.is_none() => self.last_usn = number(value),
            "Link (ParentID: Name)" => self.names.extend(name(value)),
            _ => {}
        }
    }

    /// The kinds of its names, each once, in their order.
    pub(crate) fn kinds(&self) -> String {
        let mut kinds: Vec<_> = self.names.iter().map(|name| name.kind.trim_end_matches(" Name")).collect();
        kinds.dedup();
        kinds.join(", ")
    }
}

fn keep_first(known: &mut Option<String>, value: &str) {
    known.get_or_insert_with(|| value.to_owned());
}

/// `0x000c00000000002d: HLINK Name   : \cache\opam\lock`; the number is the folder's.
fn name(value: &str) -> Option<Name> {
    let (_, rest) = value.split_once(':')?;
    let (kind, text) = rest.split_once(':')?;
    Some(Name { kind: kind.trim().to_owned(), text: text.trim().to_owned() })
}

/// With the separators of whatever country: `16,897,595,224`.
fn number(text: &str) -> Option<u64> {
    let is_digit_or_separator =
        |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}');
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    text.chars().all(is_digit_or_separator).then_some(digits)?.parse().ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the author of the seed document saw of a file on his D:.
    pub(crate) const ON_D: &str = r"
********* File 0x000400000001d251 *********
File reference number   : 0x000400000001d251
File attributes         : 0x00000020: Archive
File entry flags        : 0x00000000
Link (ParentID: Name)   : 0x000c00000000002d: HLINK Name   : \cache\opam\lock
...
LastUsn                 : 0
...
";

    /// And of one on his C:.
    pub(crate) const ON_C: &str = r"
********* File 0x000300000002f382 *********
File reference number   : 0x000300000002f382
File attributes         : 0x00000020: Archive
File entry flags        : 0x00000000
Link (ParentID: Name)   : 0x000b0000000271d1: NTFS+DOS Name: \cache\opam\lock
...
LastUsn                 : 16,897,595,224
...
";

    #[test]
    fn both_files_of_the_seed_are_read() {
        let (on_d, on_c) = (Layout::parse(ON_D).unwrap(), Layout::parse(ON_C).unwrap());
        assert_eq!((on_d.kinds(), on_d.last_usn), ("HLINK".into(), Some(0)));
        assert_eq!((on_c.kinds(), on_c.last_usn), ("NTFS+DOS".into(), Some(16_897_595_224)));
        assert_eq!(on_d.number.as_deref(), Some("0x000400000001d251"));
        assert_eq!(on_c.attributes.as_deref(), Some("0x00000020: Archive"));
        assert_eq!(on_d.names[0].text, r"\cache\opam\lock");
    }

    #[test]
    fn what_is_no_layout_is_none() {
        for text in [
            "",
            "Error:  Access is denied.\r\n",
            "The FSUTIL utility requires that you have administrative privileges.",
        ] {
            assert_eq!(Layout::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stream_s_number_does_not_hide_the_file_s() {
        let text = format!("{ON_C}Stream                  : 0x080  ::$DATA\r\n    LastUsn : 7\r\n");
        assert_eq!(Layout::parse(&text).unwrap().last_usn, Some(16_897_595_224));
    }

    prop_compose! {
        fn layouts()(
            number in proptest::option::of("0x[0-9a-f]{16}"),
            names in proptest::collection::vec(("HLINK Name|NTFS Name|DOS Name|NTFS[+]DOS Name", r"(\\[a-zé: ]{0,5}[a-z]){1,3}"), 0..4),
            last_usn in proptest::option::of(any::<u64>()),
        ) -> Layout {
            let names = names.into_iter().map(|(kind, text)| Name { kind, text }).collect();
            Layout { number, attributes: None, names, last_usn }
        }
    }

    /// As fsutil prints it.
    fn printed(layout: &Layout) -> String {
        let mut text = String::from("\r\n********* File *********\r\n");
        text.extend(layout.number.iter().map(|number| format!("File reference number   : {number}\r\n")));
        text.extend(layout.names.iter().map(|Name { kind, text }| {
            format!("Link (ParentID: Name)   : 0x0001000000000005: {kind:<13}: {text}\r\n")
        }));
        text.extend(
            layout.last_usn.iter().map(|usn| format!("LastUsn                 : {}\r\n", with_commas(*usn))),
        );
        text
    }

    fn with_commas(number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    proptest! {
        #[test]
        fn any_layout_that_is_printed_is_read_back(layout in layouts()) {
            prop_assert_eq!(Layout::parse(&printed(&layout)).unwrap_or_default(), layout);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}", line in "(LastUsn|Link \\(ParentID: Name\\)) *: .{0,30}") {
            let _ = (Layout::parse(&text), Layout::parse(&line));
        }
    }
}
