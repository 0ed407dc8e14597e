//! The library of the command line.

pub mod run;
