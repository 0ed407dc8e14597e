//! Documents from files and standard input, read whole before anything is asked of the service.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hcn::InvalidDocument;

use crate::Failure;
use crate::exit::Exit;

/// The longest document that is read, in bytes. Real ones have a few thousand.
const LONGEST: u64 = 4 << 20;

/// Where a document comes from: a file, or `-`, which is standard input.
#[derive(Debug, Clone, Copy)]
pub(in crate::command) struct Source<'a>(pub(in crate::command) &'a Path);

impl Source<'_> {
    fn read(self) -> Result<String, Failure> {
        let read = match self.0 {
            path if path == Path::new("-") => whole(io::stdin().lock()),
            path => File::open(path).and_then(whole),
        };
        let bytes = read.map_err(|why| {
            self.failed(
                exit_of(&why),
                format!("{why}; name a file that can be read, or - for standard input"),
            )
        })?;
        if bytes.len() as u64 > LONGEST {
            return Err(
                self.failed(Exit::Failure, "it is longer than 4 MiB; no document is; name another file")
            );
        }
        String::from_utf8(bytes)
            .map_err(|why| self.failed(Exit::Failure, format!("it is not UTF-8 ({why}); save it as UTF-8")))
    }

    fn failed(self, exit: Exit, why: impl std::fmt::Display) -> Failure {
        Failure::new(exit, format!("cannot read {}: {why}", self.name()))
    }

    fn name(self) -> String {
        match self.0 {
            path if path == Path::new("-") => "standard input".to_owned(),
            path => format!("`{}`", path.display()),
        }
    }
}

/// One byte more than is taken tells that there is more.
fn whole(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn exit_of(why: &io::Error) -> Exit {
    match why.kind() {
        io::ErrorKind::NotFound => Exit::NotFound,
        io::ErrorKind::PermissionDenied => Exit::AccessDenied,
        _ => Exit::Failure,
    }
}

/// The document that the source holds.
pub(in crate::command) fn document<T>(
    source: Source<'_>,
    read: impl FnOnce(&str) -> Result<T, InvalidDocument>,
) -> Result<T, Failure> {
    let text = source.read()?;
    // Windows' editors put a mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    read(text)
        .map_err(|why| source.failed(Exit::Failure, format!("{why}; correct it there, nothing was changed")))
}
