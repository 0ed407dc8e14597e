//! The runhcs shim: it dials the standard streams, runs a script for a process, and tells how that ended.

mod play;
mod script;
mod spec;
mod streams;
mod task;
mod words;

pub use play::pattern;
pub(crate) use spec::Spec;
pub(crate) use task::{Phase, Task};
