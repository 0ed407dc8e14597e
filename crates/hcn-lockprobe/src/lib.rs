//! Does a folder take lock files? Each step that a program goes through with one is tried alone, so that the first that
//! fails is known, with the code of the operating system.
//!
//! | I want | use |
//! |---|---|
//! | the steps, their ids, what a failure means | [`Stage`], [`STAGES`] |
//! | to try them in a folder | [`probe`], which the program `hcn-lockprobe` is made of |
//! | what was found, and its JSON | [`Report`], [`Row`] |
//! | how long that may take | [`LIMIT`], [`longest`] |
//! | to remove what a killed probe left | [`remove`] |
//!
//! A second process is the same program, started anew: so it works in a container without a shell. Nothing but files of
//! its own is touched; their names are told apart by a token. Every step has a time limit, for a lock on a file system
//! that hangs is a result too.

#![deny(unsafe_code)]

mod fault;
mod files;
mod limit;
mod lock;
mod opens;
mod peer;
mod probe;
mod report;
mod stage;
mod trial;

pub use files::{Left, Token, remove};
pub use lock::Kind;
pub use opens::open_from_many_threads;
pub use peer::serve;
pub use probe::{LIMIT, NoReport, Options, longest, probe};
pub use report::{Outcome, Report, Row, VERSION};
pub use stage::{About, STAGES, Stage};
