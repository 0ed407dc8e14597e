//! Where every value of a JSON text is: the tree that editing in place needs. Duplicate keys are refused here,
//! with the path at which they stand, because Go and others take the last of them in silence.

use std::fmt;
use std::ops::Range;

use serde_json::value::RawValue;

/// How deep a document may be nested; a runtime spec needs eight.
const DEPTH: usize = 64;

/// A value's place in the text, and what it consists of.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) content: Content,
}

/// What a value consists of.
#[derive(Debug)]
pub(super) enum Content {
    Object(Vec<Member>),
    Array(Vec<Node>),
    Scalar,
}

/// A member of an object: its key as it reads, where the key starts, its value.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) start: usize,
    pub(super) value: Node,
}

/// The text is not a document that can be edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// It is not JSON.
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What was expected.
        why: String,
    },
    /// A key stands twice in one object.
    Duplicate {
        /// The path of the key.
        path: String,
        /// The line of the second one, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
    },
    /// It is nested too deeply.
    TooDeep,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { line, column, why } => {
                write!(f, "line {line}, column {column}: {why}; correct it there")
            }
            Self::Duplicate { path, line, column } => {
                write!(f, "line {line}, column {column}: `{path}` stands there twice; remove one of the two")
            }
            Self::TooDeep => write!(f, "it is nested more than {DEPTH} levels deep; no runtime spec is"),
        }
    }
}

impl Malformed {
    /// Where, why and what to do, apart.
    pub(super) fn parts(&self) -> (String, String, String) {
        match self {
            Self::Syntax { line, column, why } => {
                (String::new(), format!("line {line}, column {column}: {why}"), "correct it there".to_owned())
            }
            Self::Duplicate { path, line, column } => (
                path.clone(),
                format!("stands there twice, again in line {line}, column {column}"),
                "remove one of the two".to_owned(),
            ),
            Self::TooDeep => {
                let why = format!("it is nested more than {DEPTH} levels deep");
                (String::new(), why, "no runtime spec is: name another file".to_owned())
            }
        }
    }
}

/// How many duplicates are remembered.
const DUPLICATES: usize = 100;

/// The tree of a JSON text without duplicate keys.
pub(super) fn read(text: &str) -> Result<Node, Malformed> {
    let (tree, duplicates) = survey(text)?;
    duplicates.into_iter().next().map_or(Ok(tree), Err)
}

/// The tree of a JSON text, and every duplicate key in it.
pub(super) fn survey(text: &str) -> Result<(Node, Vec<Malformed>), Malformed> {
    // serde_json judges the syntax without looking at what numbers and strings mean; behind it the walk can be plain.
    serde_json::from_str::<&RawValue>(text).map_err(syntax)?;
    let mut walk = Walk { text, at: 0, path: Vec::new(), duplicates: Vec::new() };
    walk.blanks();
    let tree = walk.value()?;
    Ok((tree, walk.duplicates))
}

/// serde_json's message without the place that it appends.
fn syntax(error: serde_json::Error) -> Malformed {
    let text = error.to_string();
    let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why).to_owned();
    Malformed::Syntax { line: error.line(), column: error.column(), why }
}

/// A walk over a text that is known to be JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    path: Vec<String>,
    duplicates: Vec<Malformed>,
}

impl Walk<'_> {
    fn value(&mut self) -> Result<Node, Malformed> {
        if self.path.len() > DEPTH {
            return Err(Malformed::TooDeep);
        }
        let start = self.at;
        let content = match self.peek() {
            b'{' => Content::Object(self.members()?),
            b'[' => Content::Array(self.elements()?),
            b'"' => self.string(),
            _ => self.word(),
        };
        Ok(Node { span: start..self.at, content })
    }

    fn members(&mut self) -> Result<Vec<Member>, Malformed> {
        let mut members: Vec<Member> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while self.next_item(b'}') {
            let start = self.at;
            self.string();
            let key = self.key(start)?;
            self.path.push(format!(".{key}"));
            if !seen.insert(key.clone()) && self.duplicates.len() < DUPLICATES {
                self.duplicates.push(self.duplicate(start));
            }
            self.blanks();
            self.at += 1; // the colon
            self.blanks();
            members.push(Member { key, start, value: self.value()? });
            self.path.pop();
        }
        Ok(members)
    }

    fn elements(&mut self) -> Result<Vec<Node>, Malformed> {
        let mut elements = Vec::new();
        while self.next_item(b']') {
            self.path.push(format!("[{}]", elements.len()));
            elements.push(self.value()?);
            self.path.pop();
        }
        Ok(elements)
    }

    /// Step over the opening bracket or a comma to the next item; false at the end, which is stepped over.
    fn next_item(&mut self, end: u8) -> bool {
        self.blanks();
        if self.peek() == end {
            self.at += 1;
            return false;
        }
        self.at += 1;
        self.blanks();
        let empty = self.peek() == end;
        self.at += usize::from(empty);
        !empty
    }

    fn string(&mut self) -> Content {
        self.at += 1;
        while self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        Content::Scalar
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Content {
        let rest = &self.text.as_bytes()[self.at..];
        let end = rest.iter().position(|byte| b",]} \t\r\n".contains(byte));
        self.at += end.unwrap_or(rest.len());
        Content::Scalar
    }

    fn key(&self, start: usize) -> Result<String, Malformed> {
        serde_json::from_str(&self.text[start..self.at]).map_err(|error| {
            let (line, column) = place(self.text, start);
            Malformed::Syntax { line, column, why: format!("the key is no text: {error}") }
        })
    }

    fn duplicate(&self, start: usize) -> Malformed {
        let (line, column) = place(self.text, start);
        let path = self.path.concat();
        Malformed::Duplicate { path: path.trim_start_matches('.').to_owned(), line, column }
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.at += 1;
        }
    }

    /// The byte here; 0, which stands nowhere in JSON, at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }
}

/// Line and column of a place, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}
