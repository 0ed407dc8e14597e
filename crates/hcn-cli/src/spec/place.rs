//! A place in a document, for reading: what stands there, what stands below it, how it is called. What is absent, `null`
//! or of another kind reads as nothing: the shapes tell about it, so that no rule has to.

use super::problem::{Kind, Problem};
use super::tree::{Content, Node};

/// A place, and what stands there.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    text: &'a str,
    node: Option<&'a Node>,
    path: String,
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(super) fn root(text: &'a str, node: &'a Node) -> Self {
        Self { text, node: Some(node), path: String::new() }
    }

    /// Is it the whole document?
    pub(super) fn is_root(&self) -> bool {
        self.path.is_empty()
    }

    fn below(&self, node: Option<&'a Node>, path: String) -> Self {
        Self { text: self.text, node, path }
    }

    /// A member of the object here.
    pub(super) fn member(&self, key: &str) -> Self {
        let found = match self.content() {
            Some(Content::Object(members)) => members.iter().find(|member| member.key == key),
            _ => None,
        };
        self.below(found.map(|member| &member.value), self.path_of(key))
    }

    /// Every member of the object here, with its key.
    pub(super) fn members(&self) -> Vec<(&'a str, Self)> {
        let Some(Content::Object(members)) = self.content() else { return Vec::new() };
        let place = |key: &str, value| self.below(Some(value), self.path_of(key));
        members.iter().map(|member| (member.key.as_str(), place(&member.key, &member.value))).collect()
    }

    /// Every element of the array here.
    pub(super) fn elements(&self) -> Vec<Self> {
        let Some(Content::Array(elements)) = self.content() else { return Vec::new() };
        let place = |(at, node)| self.below(Some(node), format!("{}[{at}]", self.path));
        elements.iter().enumerate().map(place).collect()
    }

    fn path_of(&self, key: &str) -> String {
        let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        match (plain, self.path.as_str()) {
            (true, "") => key.to_owned(),
            (true, path) => format!("{path}.{key}"),
            (false, path) => format!("{path}[{}]", serde_json::Value::from(key)),
        }
    }

    /// What stands here, in its own spelling; `null` is nothing.
    pub(super) fn raw(&self) -> Option<&'a str> {
        self.node.map(|node| &self.text[node.span.clone()]).filter(|raw| *raw != "null")
    }

    /// Does something stand here?
    pub(super) fn is_there(&self) -> bool {
        self.raw().is_some()
    }

    /// What it consists of.
    pub(super) fn content(&self) -> Option<&'a Content> {
        self.raw().and(self.node).map(|node| &node.content)
    }

    /// A text; Go reads half of a surrogate pair as the replacement character, here it is nothing.
    pub(super) fn string(&self) -> Option<String> {
        serde_json::from_str(self.raw()?).ok()
    }

    /// A text that says something.
    pub(super) fn filled(&self) -> Option<String> {
        self.string().filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(super) fn number(&self) -> Option<i128> {
        self.raw()?.parse().ok()
    }

    /// A problem of what stands here.
    pub(super) fn problem(&self, kind: Kind, why: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem { kind, path: self.path.clone(), why: why.into(), fix: fix.into() }
    }

    /// A rule that is broken here.
    pub(super) fn broken(&self, why: impl Into<String>, fix: impl Into<String>) -> Problem {
        self.problem(Kind::Rule, why, fix)
    }

    /// Something has still to be put here.
    pub(super) fn missing(&self, fix: impl Into<String>) -> Problem {
        self.problem(Kind::Missing, "is missing", fix)
    }
}
