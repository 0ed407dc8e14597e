//! Where a container's output goes when containerd's shim takes it: a URI.

use std::path::PathBuf;

use crate::os::Os;

/// The file that a URI names; none for one of another scheme.
pub(crate) fn file_of(uri: &str, os: Os) -> Option<PathBuf> {
    let path = uri.strip_prefix("file://")?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = decoded(path)?;
    // A drive stands behind the path's first slash.
    let path = match os {
        Os::Windows => path.trim_start_matches('/').replace('/', r"\"),
        Os::Linux => path,
    };
    Some(path.into())
}

/// Without the percent signs: two hexadecimal digits stand for a byte.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?].map(char::from);
                let [high, low] = digits.map(|digit| digit.to_digit(16));
                (high? * 16 + low?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_file_s_uri_names_its_path() {
        let linux = |uri| file_of(uri, Os::Linux);
        assert_eq!(linux("file:///var/log/a%20b.log").as_deref(), Some(Path::new("/var/log/a b.log")));
        assert_eq!(linux("file:///x?maxSize=1").as_deref(), Some(Path::new("/x")));
        assert_eq!(
            file_of("file:///C:/logs/a.log", Os::Windows).as_deref(),
            Some(Path::new(r"C:\logs\a.log"))
        );
    }

    #[test]
    fn what_is_no_file_or_cannot_be_read_names_none() {
        assert_eq!(
            ["binary:///x", "file:///%", "file:///%zz", "file:///%ff"].map(|uri| file_of(uri, Os::Linux)),
            [const { None }; 4]
        );
    }
}
