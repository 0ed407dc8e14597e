//! Linux.

mod facts;
mod loopback;
mod namespace;
mod output;
mod permission;
mod signals;
mod stdio;

pub(crate) use facts::*;
pub(crate) use namespace::*;
pub(crate) use output::*;
pub(crate) use permission::*;
pub(crate) use signals::*;
pub(crate) use stdio::*;
