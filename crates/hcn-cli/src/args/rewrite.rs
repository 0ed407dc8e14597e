//! Command lines as ctr's users type them, turned into what clap reads.
//!
//! Go's flags may have one dash or two (`-cni`, `-mount type=bind,…`), booleans may carry a value (`--rm=true`), and
//! flags end at the first operand: what follows belongs to the container. Which flags there are and which take a
//! value is read from the command itself, so that there is one table.

use std::ffi::{OsStr, OsString};

use clap::{Arg, Command, Id};

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
    let mut words = Words::default();
    words.extend(rest.next());
    let named = flags(command, &mut rest, &mut words);
    let name = named.as_ref().map(|word| word.to_string_lossy().into_owned());
    words.extend(named);
    let run = name.as_deref().filter(|name| *name == "run").and_then(|run| command.find_subcommand(run));
    if let Some(operand) = run.and_then(|run| flags(run, &mut rest, &mut words)) {
        words.extend(["--".into(), operand]);
    }
    words.extend(rest);
    Line { words: words.0.into_iter().map(Piece::into_word).collect(), command: name }
}

/// The words for clap, so far.
#[derive(Default)]
struct Words(Vec<Piece>);

/// One of them.
enum Piece {
    /// A flag, or short ones in one word.
    Flag(String),
    /// The value of one, however it looks, or something else.
    Other(OsString),
}

impl Words {
    fn extend(&mut self, words: impl IntoIterator<Item = OsString>) {
        self.0.extend(words.into_iter().map(Piece::Other));
    }

    /// As if this switch had not been given: what is given last counts.
    fn take_back(&mut self, command: &Command, switch: &Id) {
        let kept = std::mem::take(&mut self.0).into_iter().filter_map(|piece| match piece {
            Piece::Flag(text) => without(command, switch, text).map(Piece::Flag),
            other @ Piece::Other(_) => Some(other),
        });
        self.0 = kept.collect();
    }
}

impl Piece {
    fn into_word(self) -> OsString {
        match self {
            Self::Flag(text) => text.into(),
            Self::Other(word) => word,
        }
    }
}

/// What stays of a flag's word without this switch.
fn without(command: &Command, switch: &Id, text: String) -> Option<String> {
    let is_it = |arg: Option<&Arg>| arg.is_some_and(|arg| arg.get_id() == switch);
    if let Some(name) = text.strip_prefix("--") {
        return if is_it(long(command, name)) { None } else { Some(text) };
    }
    let (switches, value) = text.split_at(valued(command, &text).unwrap_or(text.len()));
    let kept: String = switches.chars().filter(|letter| !is_it(short(command, *letter))).collect();
    Some(kept + value).filter(|kept| kept != "-")
}

/// Move flags and their values to `words`; the answer is the first operand. A `--` ends the flags and moves as it is.
fn flags(
    command: &Command,
    rest: &mut impl Iterator<Item = OsString>,
    words: &mut Words,
) -> Option<OsString> {
    while let Some(word) = rest.next() {
        match Word::read(command, &word) {
            Word::Operand => return Some(word),
            Word::End => {
                words.extend([word]);
                return None;
            }
            Word::Off(switch) => words.take_back(command, &switch),
            Word::Whole(flag) => words.0.push(Piece::Flag(flag)),
            Word::ValueFollows(flag) => {
                words.0.push(Piece::Flag(flag));
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
    /// A boolean that is switched off: as if it were not there, and had not been before.
    Off(Id),
    /// A flag, with its value if it takes one.
    Whole(String),
    /// A flag whose value is the next word.
    ValueFollows(String),
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
            _ => match (switch(command, name), value) {
                (Some((arg, long)), Some(_)) => Self::long(arg, long, value),
                _ => Self::cluster(command, text),
            },
        }
    }

    fn long(arg: &Arg, name: &str, value: Option<&str>) -> Self {
        let flag = format!("--{name}");
        match (arg.get_action().takes_values(), value) {
            (true, None) => Self::ValueFollows(flag),
            (false, Some("true" | "1" | "t" | "T" | "TRUE" | "True")) | (false, None) => Self::Whole(flag),
            (false, Some("false" | "0" | "f" | "F" | "FALSE" | "False")) if !IMPLIED.contains(&name) => {
                Self::Off(arg.get_id().clone())
            }
            (_, Some(value)) => Self::Whole(format!("{flag}={value}")),
        }
    }

    /// Short flags in one word, `-iq` or `-eA=B`: does the last one want the next word?
    fn cluster(command: &Command, text: &str) -> Self {
        match valued(command, text) {
            Some(at) if text[at..].chars().count() == 1 => Self::ValueFollows(text.into()),
            _ => Self::Whole(text.into()),
        }
    }
}

/// Where among short flags in one word is the first that takes a value? What follows it is that.
fn valued(command: &Command, text: &str) -> Option<usize> {
    let takes_value = |letter| short(command, letter).is_some_and(|arg| arg.get_action().takes_values());
    text.char_indices().skip(1).find(|(_, letter)| takes_value(*letter)).map(|(at, _)| at)
}

/// The boolean with this short form, and its long one.
fn switch<'a>(command: &'a Command, name: &str) -> Option<(&'a Arg, &'a str)> {
    let mut letters = name.chars();
    let arg = letters.next().filter(|_| letters.as_str().is_empty()).and_then(|it| short(command, it))?;
    arg.get_long().filter(|_| !arg.get_action().takes_values()).map(|long| (arg, long))
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
    fn a_boolean_that_is_switched_off_was_not_given_before() {
        let cases = [
            ("--read-only --read-only=false", ""),
            ("-read-only=false --read-only", "--read-only "),
            ("-i -q --interactive=false", "-q "),
            ("-iqe A=B -i=false", "-qe A=B "),
            ("-d -d=0 -q=true", "--quiet "),
            ("-e -i -e=-d -eid -detach=f -i=F", "-e -i -e=-d -eid "),
            ("--env --tty --label=--tty --tty -t -tty=false", "--env --tty --label=--tty "),
        ];
        for (line, flags) in cases {
            let words: Vec<_> = ["hcn", "run"].into_iter().chain(line.split(' ')).chain(["image"]).collect();
            assert_eq!(rewritten(&words), format!("hcn run {flags}-- image"), "{line}");
        }
        assert_eq!(rewritten(&["hcn", "-debug", "run", "--debug=false", "image"]), "hcn run -- image");
        assert_eq!(rewritten(&["hcn", "run", "-e", "", "-i=0", "image"]), "hcn run -e  -- image");
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
