//! From an image's name to what a run needs of it. The decisions are pure functions over documents.

mod document;

pub use document::{Configuration, Descriptor, Manifest, Platform, Process, RootFs};

/// What a run needs of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// Its name, as containerd has it.
    pub name: String,
    /// The chain id of its layers; empty without layers.
    pub chain: String,
    /// Its configuration.
    pub configuration: Configuration,
}
