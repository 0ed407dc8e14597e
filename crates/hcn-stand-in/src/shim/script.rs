//! What a container's process does, from its own command: `play STEP…`, each step a word of its own.
//!
//! | step | what |
//! |---|---|
//! | `out N`, `err N` | writes N bytes of [`pattern`](super::pattern) to stdout, stderr |
//! | `say TEXT`, `warn TEXT` | writes a line to stdout, stderr |
//! | `bytes 81 ff` | writes these bytes, hexadecimal, to stdout |
//! | `echo` | copies stdin to stdout until it ends |
//! | `hex N` | reads N bytes from stdin and writes them to stdout, hexadecimal, on a line |
//! | `wait` | waits for ever |
//! | `exit N` | ends with this code of 32 bits, decimal or `0x…`; without it the code is 0 |
//! | `on SIGNAL N` | from the start: ends with this code at that signal |
//! | `deaf` | from the start: does not hear any signal but KILL |

use std::collections::BTreeMap;

/// What a process does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) steps: Vec<Step>,
    pub(super) traps: BTreeMap<u32, u32>,
    pub(super) deaf: bool,
}

/// One thing after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Out(Vec<u8>),
    Err(Vec<u8>),
    Echo,
    Hex(usize),
    Wait,
    Exit(u32),
}

/// Why a command cannot be run, in the words of Windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unrunnable {
    Absent,
    Denied,
    NoProgram,
}

impl Unrunnable {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Absent => "The system cannot find the file specified.",
            Self::Denied => "Access is denied.",
            Self::NoProgram => "%1 is not a valid Win32 application.",
        }
    }
}

impl Script {
    /// Reads a command. There are three files in every image: the program `play`, a folder `folder`, a text `text.txt`.
    pub(super) fn read(words: &[String]) -> Result<Self, Unrunnable> {
        let Some((program, steps)) = words.split_first() else { return Err(Unrunnable::Absent) };
        match program.trim_end_matches(".exe").rsplit('\\').next() {
            Some("play") => Ok(steps.iter().map(String::as_str).fold(Self::default(), Self::and)),
            Some("folder") => Err(Unrunnable::Denied),
            Some("text.txt") => Err(Unrunnable::NoProgram),
            _ => Err(Unrunnable::Absent),
        }
    }

    /// A step that nobody knows is a test's mistake: the process says so and ends.
    fn and(mut self, word: &str) -> Self {
        let (verb, rest) = word.split_once(' ').unwrap_or((word, ""));
        match (verb, rest) {
            ("deaf", "") => self.deaf = true,
            ("on", rest) => match rest.split_once(' ').map(|(signal, code)| (signal.parse(), number(code))) {
                Some((Ok(signal), Some(code))) => drop(self.traps.insert(signal, code)),
                _ => self.steps.extend(unknown(word)),
            },
            _ => match step(verb, rest) {
                Some(step) => self.steps.push(step),
                None => self.steps.extend(unknown(word)),
            },
        }
        self
    }
}

fn step(verb: &str, rest: &str) -> Option<Step> {
    match verb {
        "out" => Some(Step::Out(super::pattern(rest.parse().ok()?))),
        "err" => Some(Step::Err(super::pattern(rest.parse().ok()?))),
        "say" => Some(Step::Out(format!("{rest}\r\n").into_bytes())),
        "warn" => Some(Step::Err(format!("{rest}\r\n").into_bytes())),
        "bytes" => {
            let bytes = rest.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok());
            Some(Step::Out(bytes.collect::<Option<_>>()?))
        }
        "echo" => Some(Step::Echo),
        "hex" => Some(Step::Hex(rest.parse().ok()?)),
        "wait" => Some(Step::Wait),
        "exit" => Some(Step::Exit(number(rest)?)),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn unknown(word: &str) -> [Step; 2] {
    [Step::Err(format!("play: no such step: {word}\r\n").into_bytes()), Step::Exit(2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Script, Unrunnable> {
        Script::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_command_is_a_list_of_steps() {
        let script =
            read(&[r"C:\bin\play.exe", "say a b", "bytes 81 0a", "echo", "exit 0xC000013A"]).unwrap();
        let say = Step::Out(b"a b\r\n".to_vec());
        assert_eq!(script.steps, [say, Step::Out(vec![0x81, 10]), Step::Echo, Step::Exit(3_221_225_786)]);
    }

    #[test]
    fn traps_hold_from_the_start() {
        let script = read(&["play", "wait", "on 15 3", "deaf"]).unwrap();
        assert_eq!((script.steps, script.traps, script.deaf), (vec![Step::Wait], [(15, 3)].into(), true));
    }

    #[test]
    fn what_is_no_program_says_why() {
        assert_eq!(read(&["nope"]), Err(Unrunnable::Absent));
        assert_eq!(read(&[r"C:\text.txt"]), Err(Unrunnable::NoProgram));
        assert_eq!(read(&["folder"]), Err(Unrunnable::Denied));
    }
}
