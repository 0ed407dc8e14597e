//! The kernel's table of mounts, as mountinfo of proc(5) writes it.

use std::path::{Path, PathBuf};

/// Where a process reads its own table.
pub(crate) const FILE: &str = "/proc/self/mountinfo";

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The volume's number, `MAJOR:MINOR`: one volume may be mounted at several places.
    pub(crate) number: String,
    /// Where it is mounted.
    pub(crate) point: PathBuf,
    /// The options of this mount of it.
    pub(crate) options: Vec<String>,
    /// The kind of its file system.
    pub(crate) file_system: String,
    /// What is mounted: a device, an address, or a word.
    pub(crate) source: String,
    /// The options of the volume itself.
    pub(crate) volume_options: Vec<String>,
}

/// Every mount, in the order of mounting. A line that is none is left out.
pub(crate) fn entries(text: &str) -> impl Iterator<Item = Entry> {
    text.lines().filter_map(entry)
}

/// The mount that a path is on: the deepest, and of two at one place the later one, which covers the other.
pub(crate) fn holder<'a>(entries: impl IntoIterator<Item = &'a Entry>, path: &Path) -> Option<&'a Entry> {
    let over = entries.into_iter().filter(|entry| path.starts_with(&entry.point));
    over.max_by_key(|entry| entry.point.components().count())
}

/// `ID PARENT NUMBER ROOT POINT OPTIONS [shared:N …] - TYPE SOURCE OPTIONS`.
fn entry(line: &str) -> Option<Entry> {
    let (left, right) = line.split_once(" - ")?;
    let mut left = left.split(' ').skip(2);
    let (number, point, options) = (left.next()?, left.nth(1)?, left.next()?);
    let mut right = right.split(' ');
    let (file_system, source) = (right.next()?, right.next()?);
    let listed = |options: &str| options.split(',').map(str::to_owned).collect();
    Some(Entry {
        number: number.to_owned(),
        point: PathBuf::from(unescaped(point)),
        options: listed(options),
        file_system: file_system.to_owned(),
        source: unescaped(source),
        volume_options: listed(right.next().unwrap_or_default()),
    })
}

/// Spaces and the like are written as `\040`.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let octal = behind.get(..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = octal.filter(|_| *first == b'\\').and_then(|digits| u8::from_str_radix(digits, 8).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[3..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_place_that_is_escaped_is_read_back(point in "/[a-z \\t\\\\é]{0,12}") {
            let escape = |c: char| match c {
                ' ' | '\t' | '\\' => format!("\\{:03o}", c as u32),
                c => c.to_string(),
            };
            let line = format!("1 2 0:1 / {} rw - ext4 /dev/x rw", point.chars().map(escape).collect::<String>());
            prop_assert_eq!(entry(&line).unwrap().point, PathBuf::from(point));
        }
    }
}
