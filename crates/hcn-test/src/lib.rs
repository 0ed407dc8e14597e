//! Helpers of hcn's own tests and of `cargo xtask demo`; never published.
//!
//! | a test wants | use |
//! |---|---|
//! | to run only where root, containerd, Wine … are there | [`require!`] |
//! | a folder of its own, and what is in one | [`Scratch`], [`names`] |
//! | to run a program with a deadline and look at all it said | [`Program`], [`Output::snapshot`] |
//! | a containerd with image, CNI configuration and network of its own | [`Daemon`] |
//! | to wait for something, and not for ever | [`Patience`] |
//! | a registry to pull from | [`Registry`] |
//! | to know that nothing was left behind | [`Daemon::state`] |
//! | to run a Windows program | [`Wine`] |
//! | to make a page of docs/ | [`page`] |
//!
//! What goes wrong in a helper is a panic or an `anyhow` error: a test cannot go on without it.
#![deny(unsafe_code)]

#[cfg(target_os = "linux")]
mod daemon;
#[cfg(target_os = "linux")]
mod image;
#[cfg(target_os = "linux")]
mod keeper;
#[cfg(target_os = "linux")]
mod namespaces;
mod page;
mod patience;
mod program;
#[cfg(target_os = "linux")]
mod registry;
mod require;
mod scratch;
mod snapshot;
#[cfg(target_os = "linux")]
mod standstill;
pub mod tools;
#[cfg(target_os = "linux")]
mod wine;

#[cfg(target_os = "linux")]
pub use daemon::{Daemon, IMAGE};
#[cfg(target_os = "linux")]
pub use namespaces::enter as enter_namespaces;
pub use page::page;
pub use patience::Patience;
pub use program::{Output, Program, Running};
#[cfg(target_os = "linux")]
pub use registry::Registry;
pub use require::{Need, check};
pub use scratch::{Scratch, names};
pub use snapshot::filter;
pub use tools::Release;
#[cfg(target_os = "linux")]
pub use wine::Wine;
