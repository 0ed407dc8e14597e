//! Host Compute Networks, typed and safe.

#![deny(unsafe_code)]

mod api;
mod document;
mod error;
mod guid;

pub use api::{Api, Failure, Handle, Kind, Query};
pub use document::*;
pub use error::{Code, Error, ErrorKind, Record};
pub use guid::{EndpointId, Guid, InvalidGuid, NamespaceId, NetworkId};
