//! Text made comparable: what differs from run to run (GUIDs, MACs, times, run ids, scratch paths)
//! is replaced by its name in brackets. A snapshot that hides a value asserts it elsewhere.

/// `x` stands for a hexadecimal digit, `9` for a decimal one, any other byte for itself.
const PATTERNS: &[(&str, &str)] = &[
    ("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "[GUID]"),
    ("xx-xx-xx-xx-xx-xx", "[MAC]"),
    ("xx:xx:xx:xx:xx:xx", "[MAC]"),
    ("9999-99-99T99:99:99", "[TIME]"),
    ("hcn-xxxxxxxx", "[RUN]"),
];

/// Replaces every GUID, MAC, RFC 3339 time, run id (`hcn-` and 8 hex digits) and every path that
/// starts with one of `folders` (longest first; they become `[SCRATCH]`).
pub fn filter(text: &str, folders: &[&str]) -> String {
    let mut text = text.to_owned();
    let mut folders: Vec<_> = folders.iter().filter(|folder| !folder.is_empty()).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.len()));
    for folder in folders {
        text = text.replace(*folder, "[SCRATCH]");
    }
    replace_patterns(&text)
}

/// One pass from left to right; a match starts and ends at the edge of a word.
fn replace_patterns(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = ' ';
    while let Some(next) = rest.chars().next() {
        let found = (!before.is_ascii_alphanumeric()).then(|| match_at(rest)).flatten();
        let taken = match found {
            Some((length, name)) => {
                out.push_str(name);
                length
            }
            None => {
                out.push(next);
                next.len_utf8()
            }
        };
        before = next;
        rest = &rest[taken..];
        if found.is_some() {
            before = ']';
        }
    }
    out
}

/// The length and name of the pattern that the text starts with.
fn match_at(text: &str) -> Option<(usize, &'static str)> {
    let fits = |pattern: &str| {
        let word = text.as_bytes().get(..pattern.len())?;
        let ends = text
            .as_bytes()
            .get(pattern.len())
            .is_none_or(|&byte| byte == b'Z' || !byte.is_ascii_alphanumeric());
        let same = pattern.bytes().zip(word).all(|(wanted, &byte)| matches(wanted, byte));
        (ends && same).then_some(pattern.len())
    };
    let (length, name) = PATTERNS.iter().find_map(|(pattern, name)| Some((fits(pattern)?, *name)))?;
    Some((length + if name == "[TIME]" { time_tail(&text[length..]) } else { 0 }, name))
}

fn matches(wanted: u8, byte: u8) -> bool {
    match wanted {
        b'x' => byte.is_ascii_hexdigit(),
        b'9' => byte.is_ascii_digit(),
        other => byte == other,
    }
}

/// The length of a time's fraction and zone.
fn time_tail(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let fraction = text.strip_prefix('.').map_or(0, |tail| 1 + digits(tail));
    let zone = &text[fraction..];
    let offset = ["+99:99", "-99:99"].iter().find(|pattern| {
        zone.len() >= 6 && pattern.bytes().zip(zone.bytes()).all(|(wanted, byte)| matches(wanted, byte))
    });
    fraction + offset.map_or(usize::from(zone.starts_with('Z')), |_| 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_from_run_to_run_is_named() {
        let text = "id 0a1B2c3d-0000-1111-2222-333344445555, mac 00-15-5D-0a-0b-0c, run hcn-0123abcd ends";
        assert_eq!(filter(text, &[]), "id [GUID], mac [MAC], run [RUN] ends");
    }

    #[test]
    fn times_lose_their_fraction_and_zone() {
        assert_eq!(filter("at 2026-11-24T17:00:01.123456+02:00.", &[]), "at [TIME].");
        assert_eq!(filter("2026-11-24T17:00:01Z", &[]), "[TIME]");
    }

    #[test]
    fn the_longest_folder_wins() {
        assert_eq!(filter("/tmp/a/b/c /tmp/a/x", &["/tmp/a", "/tmp/a/b"]), "[SCRATCH]/c [SCRATCH]/x");
    }

    #[test]
    fn longer_words_and_other_letters_stay() {
        let text = "hcn-0123abcdef xhcn-0123abcd — 12:34 ünïcode";
        assert_eq!(filter(text, &[]), text);
    }
}
