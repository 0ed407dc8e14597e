//! Linux.

mod device;
mod facts;
mod holders;
mod host;
mod keeper;
mod loopback;
mod namespace;
mod nftables;
mod overlay;
mod permission;
mod replace;
mod routes;
mod shims;
mod signals;
mod standard;
mod stdio;
mod terminal;
mod volume;

pub(crate) use device::*;
pub(crate) use facts::*;
pub(crate) use holders::*;
pub(crate) use host::*;
pub(crate) use keeper::*;
pub(crate) use namespace::*;
pub(crate) use nftables::*;
pub(crate) use overlay::*;
pub(crate) use permission::*;
pub(crate) use replace::*;
pub(crate) use routes::*;
pub(crate) use shims::*;
pub(crate) use signals::*;
pub(crate) use standard::*;
pub(crate) use stdio::*;
pub(crate) use terminal::*;
pub(crate) use volume::*;
