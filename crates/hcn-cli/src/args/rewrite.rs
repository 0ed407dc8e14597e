//! Command lines as ctr's users type them, turned into what clap reads.
//!
//! Go's flags may have one dash or two (`-cni`, `-mount type=bind,…`), booleans may carry a value (`--rm=true`), and
//! flags end at the first operand: what follows belongs to the container. Which flags there are and which take a
//! value is read from the command itself, so that there is one table.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command};

/// A rewritten command line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The words for clap, the program's name first.
    pub(super) words: Vec<OsString>,
    /// The command that was named.
    pub(super) command: Option<String>,
}

/// Booleans that cannot be switched off, because they are implied: clap answers to a value.
const IMPLIED: &[&str] = &["rm", "cni"];

/// Rewrite the flags before the command, and those of `run` up to its first operand.
pub(super) fn rewrite(command: &Command, line: Vec<OsString>) -> Line {
    let mut rest = line.into_iter();
    let mut words: Vec<OsString> = rest.next().into_iter().collect();
    let named = flags(command, &mut rest, &mut words);
    let name = named.as_ref().map(|word| word.to_string_lossy().into_owned());
    words.extend(named);
    let run = name.as_deref().filter(|name| *name == "run").and_then(|run| command.find_subcommand(run));
    if let Some(operand) = run.and_then(|run| flags(run, &mut rest, &mut words)) {
        words.extend(["--".into(), operand]);
    }
    words.extend(rest);
    Line { words, command: name }
}

/// Move flags and their values to `words`; the answer is the first operand. A `--` ends the flags and moves as it is.
fn flags(
    command: &Command,
    rest: &mut impl Iterator<Item = OsString>,
    words: &mut Vec<OsString>,
) -> Option<OsString> {
    while let Some(word) = rest.next() {
        match Word::read(command, &word) {
            Word::Operand => return Some(word),
            Word::End => {
                words.push(word);
                return None;
            }
            Word::Nothing => {}
            Word::Whole(flag) => words.push(flag),
            Word::ValueFollows(flag) => {
                words.push(flag);
                words.extend(rest.next());
            }
        }
    }
    None
}

/// What one word before the first operand is.
enum Word {
    Operand,
    /// `--`.
    End,
    /// A boolean that is switched off: as if it were not there.
    Nothing,
    /// A flag, with its value if it takes one.
    Whole(OsString),
    /// A flag whose value is the next word.
    ValueFollows(OsString),
}

impl Word {
    fn read(command: &Command, word: &OsStr) -> Self {
        match word.to_str() {
            Some("--") => Self::End,
            Some(text) if text.len() > 1 && text.starts_with('-') => Self::flag(command, text),
            _ => Self::Operand,
        }
    }

    fn flag(command: &Command, text: &str) -> Self {
        let bare = text.trim_start_matches('-');
        let (name, value) = match bare.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (bare, None),
        };
        match long(command, name) {
            // A short flag is one letter, so a longer name behind one dash can only be Go's way.
            Some(arg) if text.starts_with("--") || name.chars().count() > 1 => Self::long(arg, name, value),
            _ if text.starts_with("--") => Self::Whole(text.into()),
            _ => Self::cluster(command, text),
        }
    }

    fn long(arg: &Arg, name: &str, value: Option<&str>) -> Self {
        let flag = format!("--{name}");
        match (arg.get_action().takes_values(), value) {
            (true, None) => Self::ValueFollows(flag.into()),
            (false, Some("true" | "1" | "t" | "T" | "TRUE" | "True")) | (false, None) => {
                Self::Whole(flag.into())
            }
            (false, Some("false" | "0" | "f" | "F" | "FALSE" | "False")) if !IMPLIED.contains(&name) => {
                Self::Nothing
            }
            (_, Some(value)) => Self::Whole(format!("{flag}={value}").into()),
        }
    }

    /// Short flags in one word, `-iq` or `-eA=B`: does the last one want the next word?
    fn cluster(command: &Command, text: &str) -> Self {
        for (at, letter) in text.char_indices().skip(1) {
            if short(command, letter).is_some_and(|arg| arg.get_action().takes_values()) {
                let last = at + letter.len_utf8() == text.len();
                return if last { Self::ValueFollows(text.into()) } else { Self::Whole(text.into()) };
            }
        }
        Self::Whole(text.into())
    }
}

fn long<'a>(command: &'a Command, name: &str) -> Option<&'a Arg> {
    let is_named = |arg: &&Arg| {
        arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name))
    };
    command.get_arguments().find(is_named)
}

fn short(command: &Command, letter: char) -> Option<&Arg> {
    command.get_arguments().find(|arg| arg.get_short() == Some(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words that clap is given for these, joined by blanks.
    fn rewritten(line: &[&str]) -> String {
        let mut command = crate::args::command();
        command.build();
        let words = rewrite(&command, line.iter().map(OsString::from).collect()).words;
        words.join(OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn single_dashes_of_long_flags_are_doubled() {
        assert_eq!(
            rewritten(&["hcn", "run", "-cni", "-user", "Admin", "-mount", "type=bind", "image", "id"]),
            "hcn run --cni --user Admin --mount type=bind -- image id"
        );
    }

    #[test]
    fn what_follows_the_first_operand_is_left_alone() {
        assert_eq!(
            rewritten(&["hcn", "run", "image", "id", "cmd", "-cni", "--rm"]),
            "hcn run -- image id cmd -cni --rm"
        );
        assert_eq!(rewritten(&["hcn", "run", "--", "-cni"]), "hcn run -- -cni");
    }

    #[test]
    fn a_value_that_looks_like_a_flag_stays_a_value() {
        assert_eq!(rewritten(&["hcn", "run", "-e", "-cni", "image"]), "hcn run -e -cni -- image");
        assert_eq!(rewritten(&["hcn", "run", "-env=-cni", "image"]), "hcn run --env=-cni -- image");
    }

    #[test]
    fn global_flags_before_the_command_are_rewritten_too() {
        assert_eq!(
            rewritten(&["hcn", "-address", "/x", "-n", "k8s.io", "-debug", "run", "image"]),
            "hcn --address /x -n k8s.io --debug run -- image"
        );
    }

    #[test]
    fn booleans_take_go_s_values() {
        assert_eq!(
            rewritten(&["hcn", "run", "--rm=true", "-read-only=false", "image"]),
            "hcn run --rm -- image"
        );
        assert_eq!(rewritten(&["hcn", "run", "--rm=false", "image"]), "hcn run --rm=false -- image");
    }

    #[test]
    fn short_flags_in_one_word_stay_short() {
        assert_eq!(
            rewritten(&["hcn", "run", "-iq", "-v", "/a:/b", "image"]),
            "hcn run -iq -v /a:/b -- image"
        );
        assert_eq!(rewritten(&["hcn", "run", "-iqe", "A=B", "image"]), "hcn run -iqe A=B -- image");
    }
}
