//! Host Compute Networks (HCN, version 2 of the Windows container networking API), typed and safe.
//!
//! A *network* is a switch, an *endpoint* a NIC with addresses and policies on it, a *namespace* the network
//! compartment that a container sees. This library lists, reads, makes, changes and deletes them through the
//! system's computenetwork.dll, or through anything else that implements [`Api`]: here an emulator, so that the
//! example runs everywhere.
//!
//! ```
//! use hcn::{Endpoint, EndpointId, Hcn, Namespace, Network, NetworkKind};
//!
//! # fn main() -> Result<(), hcn::Error> {
//! let hcn = Hcn::new(hcn_emulator::Emulator::in_memory()); // on Windows: Hcn::system()
//!
//! let namespace = hcn.namespaces().create(&Namespace::for_container())?;
//! let id = namespace.id.unwrap_or_default(); // goes into windows.network.networkNamespace of a config.json
//!
//! let lab = hcn.networks().create(&Network::new(NetworkKind::Nat, "lab"))?; // the service chooses the subnet
//!
//! let endpoint = Endpoint::on(lab.id.unwrap_or_default());
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
//! | a utility VM to learn of a new endpoint | [`Hcn::sync`] |
//! | to delete a namespace that a dead container is in | [`Hcn::take_out`] |
//! | to list, read, find, make, change, delete | [`Hcn::networks`], [`Hcn::endpoints`], [`Hcn::namespaces`]: see below |
//! | a policy, known or not | [`Policy`], [`Settings`] |
//! | what a newer Windows wrote and hcn does not know | [`Extra`], kept byte for byte |
//! | to know what this Windows can do | [`Hcn::version`], [`Feature`] |
//! | to know what failed and what to do | [`Error::kind`], [`Error::hint`]; all codes are on [`Code`] |
//!
//! # Every kind, every verb
//!
//! The three kinds of object have the same verbs, those of [`Objects`]. A document is a plain struct of `Option`s;
//! constructors fill in what is usual, and `..` does the rest. What is not set is not written: older releases refuse
//! members that they do not know.
//!
//! ```
//! # let hcn = hcn::Hcn::new(hcn_emulator::Emulator::in_memory());
//! use hcn::{Dns, EndpointFlags, Filter, Modify, PortMapping, RequestType, Subnet};
//! use hcn::{Endpoint, Namespace, Network, NetworkKind, Policy};
//!
//! // create: the document comes back as the service made it, with what it chose
//! let subnet = Subnet::new("10.1.0.0/24").with_gateway("10.1.0.1");
//! let lab = Network { dns: Some(Dns::servers(["10.1.0.53"])), ..Network::new(NetworkKind::Nat, "lab") };
//! let lab = hcn.networks().create(&lab.with_subnet(subnet))?;
//! let nic = Endpoint {
//!     name: Some("nic".to_owned()),
//!     flags: Some(EndpointFlags::ENABLE_LOW_INTERFACE_METRIC),
//!     ..Endpoint::on(lab.id.unwrap_or_default())
//! };
//! let nic = hcn.endpoints().create(&nic.with_address("10.1.0.5").with_policy(PortMapping::tcp(80, 8080)))?;
//! let team = hcn.namespaces().create(&Namespace::for_container())?;
//! let (lab, nic, team) =
//!     (lab.id.unwrap_or_default(), nic.id.unwrap_or_default(), team.id.unwrap_or_default());
//!
//! // list, get, find
//! assert_eq!(hcn.networks().list()?.len(), 1);
//! assert_eq!(hcn.endpoints().list_where(&Filter::on(lab))?.len(), 1);
//! assert_eq!(hcn.namespaces().get(team)?.endpoints().count(), 0);
//! assert!(hcn.networks().find("lab")?.is_some());
//!
//! // modify: a part of the object is added, removed, or put in the place of what was there
//! let published = Policy::from(PortMapping::tcp(443, 8443));
//! hcn.endpoints().modify(nic, &Modify::policies(RequestType::Update, [published]))?;
//! hcn.namespaces().modify(team, &Modify::endpoint(RequestType::Add, nic))?;
//! assert_eq!(hcn.endpoints().get(nic)?.namespace(), Some(team));
//!
//! // delete
//! hcn.namespaces().delete(team)?;
//! hcn.endpoints().delete(nic)?;
//! hcn.networks().delete(lab)?;
//! assert_eq!(hcn.networks().get(lab).unwrap_err().kind(), hcn::ErrorKind::NotFound);
//! # Ok::<(), hcn::Error>(())
//! ```
//!
//! docs/kinds.md of the repository has this as a table, with the C ABI and the command `hcn` beside it.
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
mod sync;
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
