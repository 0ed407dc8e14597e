//! Host Compute Networks, typed and safe.

#![deny(unsafe_code)]

mod api;
mod error;
mod guid;

pub use api::{Api, Failure, Handle, Kind, Query};
pub use error::Code;
pub use guid::{EndpointId, Guid, InvalidGuid, NamespaceId, NetworkId};
