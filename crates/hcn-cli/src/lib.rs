//! The library of the command line.

#![deny(unsafe_code)]

pub mod args;
pub mod duration;
pub mod env;
pub mod exit;
mod failure;
pub mod image;
pub mod log;
pub mod os;
pub mod output;
pub mod run;
pub mod settings;
pub mod spec;
#[allow(unsafe_code, dead_code, unused_imports)]
mod sys;

pub use failure::Failure;
