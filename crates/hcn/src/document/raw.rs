//! JSON that nobody has looked into: kept as the bytes that came, read on demand.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One JSON value as the text that came. Two are equal when their texts are.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// The value as compact JSON.
    ///
    /// # Errors
    /// A value that JSON cannot hold, such as a map whose keys are not text.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Self, InvalidDocument> {
        serde_json::value::to_raw_value(value).map(Self).map_err(|error| InvalidDocument::new("", error))
    }

    /// The text itself, which has to be one JSON value; blanks around it are dropped.
    ///
    /// # Errors
    /// A text that is not JSON.
    pub fn parse(text: &str) -> Result<Self, InvalidDocument> {
        InvalidDocument::check(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Reads the value as a `T`.
    ///
    /// # Errors
    /// A value of another shape: the error names the path inside this value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, InvalidDocument> {
        InvalidDocument::check(self.as_str())
    }
}

impl PartialEq for Raw {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Raw {}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is not the document that it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDocument {
    path: String,
    reason: String,
}

impl InvalidDocument {
    /// The member at `path` (such as `Ipams[0].Subnets`; empty for the whole) is wrong for `reason`.
    pub fn new(path: impl Into<String>, reason: impl fmt::Display) -> Self {
        let path: String = path.into();
        // How serde_path_to_error spells the whole, and a place that it could not name.
        let path = path.strip_suffix(".?").unwrap_or(&path);
        let path = if [".", "?"].contains(&path) { "" } else { path };
        Self { path: path.to_owned(), reason: reason.to_string() }
    }

    /// Where it is wrong: `Ipams[0].Subnets`; empty when it is the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Reads `text` to its end; what is wrong is named by its path.
    pub(crate) fn check<T: DeserializeOwned>(text: &str) -> Result<T, Self> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let value = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| Self::new(error.path().to_string(), error.inner()))?;
        deserializer.end().map_err(|error| Self::new("", error))?;
        Ok(value)
    }
}

impl fmt::Display for InvalidDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the document is invalid: {}", self.reason),
            path => write!(f, "the document is invalid at `{path}`: {}", self.reason),
        }
    }
}

impl std::error::Error for InvalidDocument {}
