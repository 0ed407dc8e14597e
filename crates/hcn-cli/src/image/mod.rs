//! From an image's name to what a run needs of it. The decisions are pure functions over documents; reading them
//! through containerd is `resolve.rs`, unpacking layers `unpack.rs`; pulling is [`crate::pull`].

mod chain;
mod document;
mod name;
mod platform;
mod problem;
mod resolve;
mod unpack;

pub use chain::chain_id;
pub use document::{Configuration, Descriptor, Manifest, Platform, Process, RootFs};
pub(crate) use name::whole_name;
pub use platform::Host;
pub(crate) use platform::architecture;
pub(crate) use problem::{Problem, pull_command, pull_line};
pub(crate) use resolve::{Offer, Resolved, offers, resolve};
pub(crate) use unpack::{Place, unpack};

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
