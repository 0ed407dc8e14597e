//! Mounts as they are typed: ctr's `--mount`, one CSV record, and the short `-v SOURCE:DESTINATION[:ro]`, whose colons
//! are those of drive letters as well.

use serde::Serialize;

use crate::Failure;
use crate::os::Os;

/// A mount of the runtime spec.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mount {
    /// Where it is seen in the container.
    pub destination: String,
    /// Its type; absent on Windows, where the shims refuse `bind`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What is mounted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its options.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Mount {
    /// Read ctr's `--mount`: `type=bind,src=/a,dst=/b,options=rbind:ro`.
    ///
    /// # Errors
    /// Names the flag, the reason and the form.
    pub fn from_csv(text: &str, os: Os) -> Result<Self, Failure> {
        let wrong = |why: String| {
            Failure::run(format!(
                "cannot use --mount `{text}`: {why}; write type=bind,src=SOURCE,dst=DESTINATION,options=rbind:ro"
            ))
        };
        let mut mount = Self::default();
        for field in csv_record(text).map_err(wrong)? {
            mount.set(&field).map_err(wrong)?;
        }
        mount.check(os).map_err(wrong)?;
        Ok(mount)
    }

    fn set(&mut self, field: &str) -> Result<(), String> {
        let (key, value) = field.split_once('=').ok_or_else(|| format!("`{field}` is not KEY=VALUE"))?;
        match key {
            "type" => self.kind = Some(value.to_owned()),
            "src" | "source" => self.source = Some(value.to_owned()),
            "dst" | "destination" => self.destination = value.to_owned(),
            "options" => self.options = value.split(':').map(str::to_owned).collect(),
            other => return Err(format!("the key `{other}` is none of type, src, dst, options")),
        }
        Ok(())
    }

    fn check(&self, os: Os) -> Result<(), String> {
        if self.destination.is_empty() {
            return Err("it has no dst".to_owned());
        }
        // runc hands such a mount to the kernel as it is, and that knows no file system called `bind`.
        let bind = self.kind.as_deref() == Some("bind");
        let bound = self.options.iter().any(|option| option == "bind" || option == "rbind");
        match os {
            Os::Linux if bind && !bound => Err("a bind needs the option `bind` or `rbind`".to_owned()),
            Os::Linux | Os::Windows => Ok(()),
        }
    }

    /// Read `-v SOURCE:DESTINATION[:ro]`.
    ///
    /// # Errors
    /// Names the flag, the reason and the form.
    pub fn from_volume(text: &str, os: Os) -> Result<Self, Failure> {
        let parts = match os {
            Os::Linux => text.split(':').collect(),
            Os::Windows => split_at_colons(text),
        };
        let (source, destination, option) = match parts[..] {
            [source, destination] => (source, destination, None),
            [source, destination, option] => (source, destination, Some(option)),
            _ => return Err(wrong_volume(text, "it is not SOURCE:DESTINATION[:ro]", os)),
        };
        let read_only = match option {
            None | Some("rw") => false,
            Some("ro") => true,
            Some(_) => {
                return Err(wrong_volume(text, "what follows the destination is neither ro nor rw", os));
            }
        };
        for path in [source, destination] {
            if !is_absolute(path, os) {
                return Err(wrong_volume(text, &format!("`{path}` is no absolute path"), os));
            }
        }
        Ok(Self::bind(source, destination, read_only, os))
    }

    fn bind(source: &str, destination: &str, read_only: bool, os: Os) -> Self {
        let mut options: Vec<String> = Vec::new();
        if os == Os::Linux {
            options.push("rbind".to_owned());
        }
        if read_only {
            options.push("ro".to_owned());
        }
        let kind = (os == Os::Linux).then(|| "bind".to_owned());
        Self { destination: destination.to_owned(), kind, source: Some(source.to_owned()), options }
    }
}

fn wrong_volume(text: &str, why: &str, os: Os) -> Failure {
    let example = match os {
        Os::Linux => "/host:/container:ro",
        Os::Windows => r"D:\host:C:\container:ro",
    };
    Failure::run(format!("cannot use -v `{text}`: {why}; write whole paths, as in -v {example}"))
}

/// Split at the colons that are not those of drive letters.
fn split_at_colons(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        if !is_drive_colon(&text[start..at], &text[at + 1..]) {
            parts.push(&text[start..at]);
            start = at + 1;
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A colon behind a lone letter that begins a path (`C:\x`, `\\?\C:\x`), and in front of a separator or the path's end.
fn is_drive_colon(before: &str, after: &str) -> bool {
    let device = before.strip_prefix(r"\\?\").or_else(|| before.strip_prefix(r"\\.\"));
    let drive = device.unwrap_or(before);
    let letter = drive.len() == 1 && drive.starts_with(|c: char| c.is_ascii_alphabetic());
    letter && (after.is_empty() || after.starts_with(['\\', '/', ':']))
}

/// Does the path start at a root, by the rules of its system?
pub(crate) fn is_absolute(path: &str, os: Os) -> bool {
    match os {
        Os::Linux => path.starts_with('/'),
        Os::Windows => match path.as_bytes() {
            [b'\\', b'\\', ..] => true,
            [letter, b':'] | [letter, b':', b'\\' | b'/', ..] => letter.is_ascii_alphabetic(),
            _ => false,
        },
    }
}

/// One record by the rules of Go's CSV reader: a field with a comma or a quote is quoted as a whole.
fn csv_record(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, behind) =
            if let Some(quoted) = rest.strip_prefix('"') { quoted_field(quoted)? } else { bare_field(rest)? };
        fields.push(field);
        match behind {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// A field and what follows its comma, if there is one.
type Field<'a> = Result<(String, Option<&'a str>), String>;

fn bare_field(text: &str) -> Field<'_> {
    let (field, behind) = match text.split_once(',') {
        Some((field, behind)) => (field, Some(behind)),
        None => (text, None),
    };
    if field.contains('"') {
        return Err(format!("the quote in `{field}` is not the field's first character"));
    }
    Ok((field.to_owned(), behind))
}

fn quoted_field(text: &str) -> Field<'_> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"').ok_or("a quote is not closed")?;
        field.push_str(part);
        match behind.chars().next() {
            None => return Ok((field, None)),
            Some(',') => return Ok((field, Some(&behind[1..]))),
            Some('"') => {
                field.push('"');
                rest = &behind[1..];
            }
            Some(_) => return Err("something follows a closing quote".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mount(destination: &str, kind: Option<&str>, source: &str, options: &[&str]) -> Mount {
        Mount {
            destination: destination.into(),
            kind: kind.map(str::to_owned),
            source: Some(source.into()),
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        }
    }

    #[test]
    fn the_seeds_mount_is_read_with_its_drives() {
        let text = r"type=bind,src=d:\cache\opam,dst=c:\Users\ContainerAdministrator\AppData\Local\opam";
        let destination = r"c:\Users\ContainerAdministrator\AppData\Local\opam";
        assert_eq!(
            Mount::from_csv(text, Os::Windows),
            Ok(mount(destination, Some("bind"), r"d:\cache\opam", &[]))
        );
    }

    #[test]
    fn a_quoted_field_may_hold_a_comma_and_a_quote() {
        assert_eq!(
            Mount::from_csv(r#"type=bind,"src=/a,""b""",dst=/c,options=rbind:ro"#, Os::Linux),
            Ok(mount("/c", Some("bind"), "/a,\"b\"", &["rbind", "ro"]))
        );
    }

    #[test]
    fn what_ctr_refuses_is_refused() {
        for text in
            ["", "type", "target=/a,dst=/b", "dst=/a,readonly", "type=tmpfs", "\"dst=/a", "dst=\"/a\""]
        {
            assert!(Mount::from_csv(text, Os::Windows).is_err(), "{text}");
        }
    }

    #[test]
    fn a_bind_that_linux_would_refuse_is_refused_early() {
        let refused = Mount::from_csv("type=bind,src=/a,dst=/b", Os::Linux).unwrap_err();
        insta::assert_snapshot!(refused, @"cannot use --mount `type=bind,src=/a,dst=/b`: a bind needs the option `bind` or `rbind`; write type=bind,src=SOURCE,dst=DESTINATION,options=rbind:ro");
    }

    #[test]
    fn volumes_of_windows_are_split_beside_their_drives() {
        for (text, destination, source, options) in [
            (r"C:\a:C:\b:ro", r"C:\b", r"C:\a", &["ro"][..]),
            (r"d:/a:c:/b:rw", "c:/b", "d:/a", &[]),
            (r"D::C:\d", r"C:\d", "D:", &[]),
            (r"\\.\pipe\x:\\.\pipe\y", r"\\.\pipe\y", r"\\.\pipe\x", &[]),
            (r"\\?\C:\a:C:\b", r"C:\b", r"\\?\C:\a", &[]),
        ] {
            assert_eq!(
                Mount::from_volume(text, Os::Windows),
                Ok(mount(destination, None, source, options)),
                "{text}"
            );
        }
    }

    #[test]
    fn volumes_of_linux_are_recursive_binds() {
        assert_eq!(Mount::from_volume("/a:/b", Os::Linux), Ok(mount("/b", Some("bind"), "/a", &["rbind"])));
        assert_eq!(
            Mount::from_volume("/a:/b:ro", Os::Linux),
            Ok(mount("/b", Some("bind"), "/a", &["rbind", "ro"]))
        );
    }

    #[test]
    fn volumes_without_whole_paths_are_refused() {
        for text in ["/a", "a:/b", "/a:b", "/a:/b:z", "/a:/b:ro:ro", ""] {
            assert!(Mount::from_volume(text, Os::Linux).is_err(), "{text}");
        }
        for text in [r"C:\a", r"a:C:\b", r"C:\a:b", r"C:\a:C:\b:x", "C:a:C:b"] {
            assert!(Mount::from_volume(text, Os::Windows).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_mount_that_is_written_is_read_back(source in "/[a-z,\"=]{0,12}", destination in "/[a-z,\"=]{0,12}") {
            let quoted = |field: String| format!("\"{}\"", field.replace('"', "\"\""));
            let text = [quoted(format!("src={source}")), quoted(format!("dst={destination}"))].join(",");
            let read = Mount::from_csv(&text, Os::Linux).unwrap();
            prop_assert_eq!((read.source, read.destination), (Some(source), destination));
        }

        #[test]
        fn any_volume_of_windows_that_is_written_is_read_back(
            source in "[a-zA-Z]:\\\\[a-z\\\\ ]{0,12}", destination in "[a-zA-Z]:\\\\[a-z\\\\ ]{0,12}", ro in any::<bool>()
        ) {
            let text = format!("{source}:{destination}{}", if ro { ":ro" } else { "" });
            let read = Mount::from_volume(&text, Os::Windows).unwrap();
            prop_assert_eq!((read.source, read.destination, read.options.len()), (Some(source), destination, usize::from(ro)));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in ".{0,40}") {
            for os in [Os::Linux, Os::Windows] {
                let _ = (Mount::from_csv(&text, os), Mount::from_volume(&text, os));
            }
        }
    }
}
