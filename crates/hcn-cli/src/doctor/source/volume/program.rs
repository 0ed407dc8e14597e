//! Programs that come with Windows, where no call of the system gives the same answer: what is printed is read elsewhere.

use std::process::{Command, Stdio};

use super::absent;
use crate::doctor::facts::{Absent, Fact};
use crate::sys;

/// What a program told.
pub(super) struct Told {
    /// The program.
    name: &'static str,
    /// Its exit code.
    pub(super) exit: Option<i32>,
    /// All that it printed.
    pub(super) text: String,
}

impl Told {
    /// It told nothing of use, but maybe why.
    pub(super) fn nothing(&self) -> Absent {
        let line =
            self.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it printed nothing");
        Absent::NotHere(format!("{} tells nothing of it: {line}", self.name))
    }
}

/// Run a program to its end. None of them waits for anything.
pub(super) fn told(name: &'static str, args: &[&str]) -> Fact<Told> {
    let program = sys::system_program(name).map_err(|error| absent(name, &error))?;
    let ended = Command::new(program).args(args).stdin(Stdio::null()).output();
    let output = ended.map_err(|error| absent(name, &error))?;
    let text = [output.stdout, output.stderr].concat();
    Ok(Told { name, exit: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() })
}
