//! Windows.

mod facts;
mod folder;
mod name_servers;
mod namespace;
mod permission;
mod security;
mod signals;
mod standard;
mod stdio;

pub(crate) use facts::*;
pub(crate) use folder::*;
pub(crate) use name_servers::*;
pub(crate) use namespace::*;
pub(crate) use permission::*;
pub(crate) use signals::*;
pub(crate) use standard::*;
pub(crate) use stdio::*;
