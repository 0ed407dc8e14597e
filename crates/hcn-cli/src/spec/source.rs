//! The text of a config.json or of a snapshot's mounts: bounded, UTF-8, without a byte order mark.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::problem::{Kind, Problem};

/// The longest document, in bytes. containerd takes 16 MiB in one message, with everything around it; real specs have
/// some ten KiB.
const LONGEST: u64 = 8 << 20;

/// Why there is no text.
#[derive(Debug)]
pub enum Unread {
    /// The system refused.
    Io(io::Error),
    /// It is no text that could be a document: why, and what to do.
    NoText(&'static str, &'static str),
}

impl Unread {
    /// The same as a problem of the document.
    pub fn problem(&self) -> Problem {
        let (why, fix) = match self {
            Self::Io(why) => (format!("it cannot be read: {why}"), "correct the path"),
            Self::NoText(why, fix) => ((*why).to_owned(), *fix),
        };
        Problem { kind: Kind::Syntax, path: String::new(), why, fix: fix.to_owned() }
    }
}

/// Read a file, or standard input for `-`.
///
/// # Errors
/// [`Unread`]
pub fn read(file: &Path) -> Result<String, Unread> {
    let bytes = match is_stdin(file) {
        true => take(io::stdin().lock()),
        false => File::open(file).and_then(take),
    };
    text(bytes.map_err(Unread::Io)?)
}

/// Does the path stand for standard input?
pub fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

/// One byte more than is allowed, so that it can be told.
fn take(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text in these bytes. A byte order mark, which editors of Windows write and containerd refuses, is left out.
fn text(bytes: Vec<u8>) -> Result<String, Unread> {
    if bytes.len() as u64 > LONGEST {
        let why = "it is longer than 8 MiB";
        return Err(Unread::NoText(why, "no such document is that long: name another file"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let fix = "save it as UTF-8, in PowerShell with Set-Content -Encoding utf8";
        return Err(Unread::NoText("it is UTF-16", fix));
    }
    let text = String::from_utf8(bytes).map_err(|_| Unread::NoText("it is not UTF-8", "save it as UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}
