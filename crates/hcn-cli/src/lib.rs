//! The command line `hcn`, as a library: what it understands, what it plans, and how it ends.
//!
//! | I look for | it is in |
//! |---|---|
//! | a flag | [`args`], checked into [`settings`] and [`run::options`] |
//! | an environment variable, an exit code | [`mod@env`], [`exit`] |
//! | a command beside `run` | [`command`]: a file or folder a group |
//! | what a run makes, and in which order | [`run::plan`], [`run::planner`] |
//! | a command beside `run` | [`command`] |
//! | the runtime spec, and what is wrong with one | [`spec`] |
//! | which manifest of an image runs here | [`image`] |
//! | how an image is pulled | [`pull`] |
//! | what is printed | [`output`] |
//!
//! Only [`output`] prints; only [`mod@env`] reads the environment; decisions are pure and their inputs are gathered once,
//! in [`run::facts`].

#![deny(unsafe_code)]

pub mod args;
pub mod command;
mod connect;
mod daemon_address;
mod doctor;
pub mod duration;
pub mod env;
pub mod exit;
mod failure;
pub mod image;
pub mod log;
mod mountinfo;
pub mod os;
pub mod output;
pub mod pull;
pub mod run;
pub mod runtime;
pub mod settings;
mod shell;
pub mod spec;
// What only Linux needs stays beside its twins.
#[cfg_attr(windows, allow(dead_code))]
#[allow(unsafe_code)]
mod sys;
mod whole_file;

pub use failure::Failure;
