//! Windows.

mod device;
mod facts;
mod folder;
mod host;
mod keeper;
mod name_servers;
mod namespace;
mod overlay;
mod permission;
mod replace;
mod routes;
mod security;
mod service;
mod signals;
mod standard;
mod stdio;
mod terminal;
mod volume;

pub(crate) use device::*;
pub(crate) use facts::*;
pub(crate) use folder::*;
pub(crate) use host::*;
pub(crate) use keeper::*;
pub(crate) use name_servers::*;
pub(crate) use namespace::*;
pub(crate) use overlay::*;
pub(crate) use permission::*;
pub(crate) use replace::*;
pub(crate) use routes::*;
pub(crate) use service::*;
pub(crate) use signals::*;
pub(crate) use standard::*;
pub(crate) use stdio::*;
pub(crate) use terminal::*;
pub(crate) use volume::*;
