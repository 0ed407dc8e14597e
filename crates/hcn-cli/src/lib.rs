//! The library of the command line.

#![deny(unsafe_code)]

pub mod run;
#[allow(unsafe_code, dead_code, unused_imports)]
mod sys;
