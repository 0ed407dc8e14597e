//! The command line, read without a crate: the program is carried into containers, and is small.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use hcn_lockprobe::{Kind, LIMIT, Token};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Tries every step that a program goes through with a lock file, in a folder, with a second process, and says the first that
fails. It removes its own files and touches no others.

Usage: hcn-lockprobe FOLDER [-o table|json] [--limit SECONDS]

  -o, --output FORMAT  how to print: table or json [default: table]
      --limit SECONDS  the time of each stage, after which it counts as hanging [default: 10]
      --token TOKEN    what tells its files from others, 16 hexadecimal digits [default: random]
  -h, --help           this text
  -V, --version        the version

It exits with 0 where every stage passed, with 1 where one failed or a file could not be removed, with 2 for wrong usage,
with 125 where it failed itself, and with 128 and the number of the signal that ended it.
";

/// What `--version` prints.
pub(crate) const VERSION: &str = concat!("hcn-lockprobe ", env!("CARGO_PKG_VERSION"), "\n");

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    /// Say how it is used.
    Help,
    /// Say its version.
    Version,
    /// Probe a folder.
    Probe(Job),
    /// Be the second process of a probe.
    Second { file: PathBuf, kind: Kind },
    /// Open a file from many threads, for a probe.
    Opens { name: OsString, path: PathBuf },
}

/// A probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) folder: PathBuf,
    pub(crate) form: Form,
    pub(crate) token: Option<Token>,
    pub(crate) limit: Duration,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Understand the words behind the program's name.
pub(crate) fn parse(words: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let words: Vec<OsString> = words.collect();
    let first = words.first().and_then(|word| word.to_str());
    match (first, &words[..]) {
        (Some("-h" | "--help"), _) => Ok(Command::Help),
        (Some("-V" | "--version"), _) => Ok(Command::Version),
        (Some("--second"), [_, file, kind]) => second(file, kind),
        (Some("--opens"), [_, name, path]) => Ok(Command::Opens { name: name.clone(), path: path.into() }),
        _ => job(words).map(Command::Probe),
    }
}

fn second(file: &OsString, kind: &OsString) -> Result<Command, String> {
    let kind = kind.to_str().and_then(|kind| kind.parse().ok());
    let kind = kind.ok_or("the kind of lock is none; --second is for the probe itself")?;
    Ok(Command::Second { file: file.into(), kind })
}

fn job(words: Vec<OsString>) -> Result<Job, String> {
    let (mut folder, mut form, mut token, mut limit) = (None, Form::Table, None, LIMIT);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.to_str().unwrap_or_default() {
            "-o" | "--output" => form = parse_form(&value(&mut words, "--output")?)?,
            "--token" => token = Some(value(&mut words, "--token")?.parse()?),
            "--limit" => limit = parse_limit(&value(&mut words, "--limit")?)?,
            flag if flag.starts_with('-') => {
                return Err(format!("there is no flag `{flag}`; `hcn-lockprobe --help` lists them"));
            }
            _ if folder.is_none() => folder = Some(PathBuf::from(word)),
            more => return Err(format!("`{more}` is one folder too many; name one")),
        }
    }
    let folder = folder.ok_or("no folder is named; `hcn-lockprobe FOLDER`")?;
    Ok(Job { folder, form, token, limit })
}

fn value(words: &mut impl Iterator<Item = OsString>, flag: &str) -> Result<String, String> {
    let word = words.next().and_then(|word| word.into_string().ok());
    word.ok_or_else(|| format!("{flag} has no value; `hcn-lockprobe --help` says what it takes"))
}

fn parse_form(text: &str) -> Result<Form, String> {
    match text {
        "table" => Ok(Form::Table),
        "json" => Ok(Form::Json),
        _ => Err(format!("`{text}` is no format; take table or json")),
    }
}

fn parse_limit(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u32>().ok().filter(|seconds| (1..=3600).contains(seconds));
    let seconds = seconds.ok_or_else(|| format!("`{text}` is no time limit; take 1 to 3600 seconds"))?;
    Ok(Duration::from_secs(seconds.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn a_folder_is_enough_and_every_flag_is_taken_before_and_behind_it() {
        let job = |form, token: Option<&str>, seconds| {
            let token = token.map(|token| token.parse().unwrap());
            Ok(Command::Probe(Job { folder: "/d".into(), form, token, limit: Duration::from_secs(seconds) }))
        };
        assert_eq!(parsed("/d"), job(Form::Table, None, 10));
        let all = job(Form::Json, Some("0123456789abcdef"), 3);
        assert_eq!(parsed("-o json /d --token 0123456789abcdef --limit 3"), all);
        assert_eq!(parsed("--help"), Ok(Command::Help));
        assert_eq!(parsed("-V"), Ok(Command::Version));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_right() {
        let lines =
            ["", "/a /b", "--loud /a", "-o xml /a", "-o", "--limit 0 /a", "--token xyz /a", "--second f sem"];
        let told: Vec<_> = lines.iter().map(|line| parsed(line).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        no folder is named; `hcn-lockprobe FOLDER`
        `/b` is one folder too many; name one
        there is no flag `--loud`; `hcn-lockprobe --help` lists them
        `xml` is no format; take table or json
        --output has no value; `hcn-lockprobe --help` says what it takes
        `0` is no time limit; take 1 to 3600 seconds
        `xyz` is not 16 hexadecimal digits
        the kind of lock is none; --second is for the probe itself
        ");
    }
}
