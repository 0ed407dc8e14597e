//! What is wrong with a runtime spec: where, why, and what to do about it.

use std::fmt;

/// One thing that is wrong. Shown as *path why; fix*; whoever shows it puts the file in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Of which sort it is.
    pub kind: Kind,
    /// The JSON path, as in `linux.namespaces[4].path`; empty for the document as a whole.
    pub path: String,
    /// What is wrong there, to follow the path.
    pub why: String,
    /// What to do about it.
    pub fix: String,
}

/// The sorts of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is no JSON, or a key stands twice in an object.
    Syntax,
    /// A value is of another kind than containerd can read there, or its key is spelled in another case.
    Shape,
    /// A value that the runtime refuses, or reads otherwise than it was meant.
    Rule,
    /// Nothing is wrong with what is there, but no container can be made of it yet.
    Missing,
}

impl Kind {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Shape => "shape",
            Self::Rule => "rule",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "{}; {}", self.why, self.fix),
            path => write!(f, "`{path}` {}; {}", self.why, self.fix),
        }
    }
}
