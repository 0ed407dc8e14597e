//! Host Compute Networks, typed and safe.

#![deny(unsafe_code)]

mod api;
mod attach;
mod client;
mod dll;
mod document;
mod error;
mod guid;
#[cfg(test)]
mod recorder;

pub use api::{Api, Failure, Handle, Kind, Query};
pub use attach::Attachment;
pub use client::{Hcn, Object, Objects};
pub use dll::Dll;
pub use document::*;
pub use error::{Code, Error, ErrorKind, Record};
pub use guid::{EndpointId, Guid, InvalidGuid, NamespaceId, NetworkId};
