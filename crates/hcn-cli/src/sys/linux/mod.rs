//! Linux.

mod facts;
mod loopback;
mod namespace;
mod permission;
mod signals;
mod standard;
mod stdio;

pub(crate) use facts::*;
pub(crate) use namespace::*;
pub(crate) use permission::*;
pub(crate) use signals::*;
pub(crate) use standard::*;
pub(crate) use stdio::*;
