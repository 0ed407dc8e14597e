//! Windows.

mod facts;
mod folder;
mod namespace;
mod output;
mod permission;
mod security;
mod signals;
mod stdio;

pub(crate) use facts::*;
pub(crate) use folder::*;
pub(crate) use namespace::*;
pub(crate) use output::*;
pub(crate) use permission::*;
pub(crate) use signals::*;
pub(crate) use stdio::*;
