//! The one line that Windows gives a program for its arguments.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::process::wide;

const QUOTE: u16 = b'"' as u16;
const BACKSLASH: u16 = b'\\' as u16;

/// The line that the programs' own libraries take apart into these words, ended by a zero.
pub(super) fn of(program: &Path, args: &[OsString]) -> io::Result<Vec<u16>> {
    if is_batch_file(program) && !args.is_empty() {
        let why = "cmd.exe reads arguments otherwise: a batch file is given none";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let mut line = Vec::new();
    for word in [program.as_os_str()].into_iter().chain(args.iter().map(OsString::as_os_str)) {
        line.extend(quoted(word)?);
        line.push(u16::from(b' '));
    }
    line.pop();
    line.push(0);
    Ok(line)
}

fn is_batch_file(program: &Path) -> bool {
    let ending = program.extension().unwrap_or_default();
    ["bat", "cmd"].iter().any(|batch| ending.eq_ignore_ascii_case(batch))
}

/// In quotes; a backslash stands for itself but before a quote, where it is doubled.
fn quoted(word: &OsStr) -> io::Result<Vec<u16>> {
    let mut text = vec![QUOTE];
    let mut backslashes = 0;
    let mut word = wide(word)?;
    word.pop();
    for unit in word {
        if unit == QUOTE {
            text.extend(std::iter::repeat_n(BACKSLASH, backslashes + 1));
        }
        backslashes = if unit == BACKSLASH { backslashes + 1 } else { 0 };
        text.push(unit);
    }
    text.extend(std::iter::repeat_n(BACKSLASH, backslashes));
    text.push(QUOTE);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(program: &str, args: &[&str]) -> io::Result<String> {
        let args: Vec<_> = args.iter().map(OsString::from).collect();
        of(program.as_ref(), &args).map(|line| String::from_utf16(&line).unwrap())
    }

    #[test]
    fn every_word_is_quoted_and_backslashes_are_doubled_before_quotes_alone() {
        let plain = line(r"C:\a b\p.exe", &["get", "", r"a\b", r"end\", r#"a\"b"#]).unwrap();
        let words = [r#""C:\a b\p.exe""#, r#""get""#, r#""""#, r#""a\b""#, r#""end\\""#, "\"a\\\\\\\"b\"\0"];
        assert_eq!(plain, words.join(" "));
    }

    #[test]
    fn a_zero_is_refused() {
        assert_eq!(line("p.exe", &["a\0b"]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_batch_file_is_given_no_arguments() {
        assert_eq!(line(r"C:\p.bat", &[]).unwrap(), "\"C:\\p.bat\"\0");
        assert_eq!(line(r"C:\p.CMD", &["a"]).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
