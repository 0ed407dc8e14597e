//! Windows.

mod facts;
mod namespace;
mod signals;
mod stdio;

pub(crate) use facts::*;
pub(crate) use namespace::*;
pub(crate) use signals::*;
pub(crate) use stdio::*;
