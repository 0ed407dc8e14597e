//! What happened, in order: a file with one JSON object a line, to which several processes append.
//!
//! A call has two lines: `{"call": "Tasks/Create", …}` when it came and `{"answer": "Tasks/Create", "code": "Ok"}` when
//! it was answered; a plugin's verbs are called `CNI/ADD` and so on. `{"violation": "…"}` is a rule that a client broke
//! although no daemon need have noticed.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A journal's file.
#[derive(Debug, Clone)]
pub struct Journal {
    file: PathBuf,
}

impl Journal {
    /// The journal in this file, which is made with the first line.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }

    /// A call that came, with what it says.
    pub fn call(&self, name: &str, fields: Value) {
        let mut line = json!({"call": name});
        if let (Some(line), Value::Object(fields)) = (line.as_object_mut(), fields) {
            line.extend(fields);
        }
        self.write(&line);
    }

    /// How it was answered.
    pub fn answer(&self, name: &str, code: &str, message: &str) {
        match message {
            "" => self.write(&json!({"answer": name, "code": code})),
            _ => self.write(&json!({"answer": name, "code": code, "message": message})),
        }
    }

    /// A rule that a client broke.
    pub fn violation(&self, what: &str) {
        self.write(&json!({"violation": what}));
    }

    /// A line that cannot be written is a test that must fail.
    fn write(&self, line: &Value) {
        if let Err(why) = append(&self.file, &format!("{line}\n")) {
            panic!("cannot write the journal {}: {why}", self.file.display());
        }
    }
}

/// Under a lock: Wine appends by looking for the end first.
fn append(file: &Path, line: &str) -> io::Result<()> {
    let guard = OpenOptions::new().create(true).append(true).open(file.with_extension("lock"))?;
    guard.lock()?;
    OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
}
