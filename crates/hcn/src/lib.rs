//! Host Compute Networks (HCN, version 2 of the Windows container networking API), typed and safe.
//!
//! A *network* is a switch, an *endpoint* a NIC with addresses and policies on it, a *namespace* the network
//! compartment that a container sees. This library lists, reads, makes, changes and deletes them through the
//! system's computenetwork.dll, or through anything else that implements [`Api`]: here an emulator, so that the
//! example runs everywhere.
//!
//! ```
//! use hcn::{Endpoint, EndpointId, Hcn, Namespace, Network, SchemaVersion};
//!
//! # fn main() -> Result<(), hcn::Error> {
//! let hcn = Hcn::new(hcn_emulator::Emulator::in_memory()); // on Windows: Hcn::system()
//!
//! let namespace = hcn.namespaces().create(&Namespace::for_container())?;
//! let id = namespace.id.unwrap_or_default(); // goes into windows.network.networkNamespace of a config.json
//!
//! let lab = Network {
//!     name: Some("lab".to_owned()),
//!     schema_version: Some(SchemaVersion::V2),
//!     ..Network::default()
//! };
//! let lab = hcn.networks().create(&lab)?; // a NAT network: the service chooses the subnet
//!
//! let endpoint = Endpoint { host_compute_network: lab.id, ..Endpoint::default() };
//! let attachment = hcn.attach(EndpointId::random(), &endpoint, id)?;
//! println!("{:?}", attachment.endpoint().addresses().collect::<Vec<_>>());
//!
//! attachment.detach()?; // a drop would do the same, but could not say if it failed
//! hcn.namespaces().delete(id)?;
//! # Ok(())
//! # }
//! ```
//!
//! | I want | use |
//! |---|---|
//! | the service of this Windows | [`Hcn::system`] |
//! | another one: an emulator, a fake of my own | [`Hcn::new`] and [`Api`] |
//! | a namespace for a container | [`Namespace::for_container`] and [`Objects::create`] |
//! | an endpoint in it, undone on failure | [`Hcn::attach`], [`Hcn::detach`] |
//! | to delete a namespace that a dead container is in | [`Hcn::take_out`] |
//! | to list, read, find, change, delete | [`Hcn::networks`], [`Hcn::endpoints`], [`Hcn::namespaces`] |
//! | a policy, known or not | [`Policy`], [`Settings`] |
//! | what a newer Windows wrote and hcn does not know | [`Extra`], kept byte for byte |
//! | to know what failed and what to do | [`Error::kind`], [`Error::hint`]; all codes are on [`Code`] |
//!
//! It compiles for every platform. Off Windows [`Hcn::system`] answers each call with
//! [`ErrorKind::ServiceUnavailable`]; so does a Windows without the feature Containers or Hyper-V.
//!
//! It starts no thread, prints nothing and reads no environment; spans and events go to `tracing`.

#![deny(unsafe_code)]

mod api;
mod attach;
mod client;
mod dll;
mod document;
mod error;
mod feature;
mod guid;
#[cfg(test)]
mod recorder;
mod version;

pub use api::{Api, Failure, Handle, Kind, Query};
pub use attach::Attachment;
pub use client::{Hcn, Object, Objects};
pub use dll::Dll;
pub use document::*;
pub use error::{Code, Error, ErrorKind, Record};
pub use feature::Feature;
pub use guid::{EndpointId, Guid, InvalidGuid, NamespaceId, NetworkId};
pub use version::ServiceVersion;
