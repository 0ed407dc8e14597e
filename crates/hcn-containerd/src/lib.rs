//! A small gRPC client of containerd: connection, messages, nothing else.
//!
//! It speaks to containerd 1.6 and 2.x, over a Unix socket or, on Windows, a named pipe.
//!
//! | I want | use |
//! |---|---|
//! | a connection | [`Client::connect`], [`Address`], [`Options`] |
//! | an image, and the documents behind it | [`Client::images`], [`Client::content`] |
//! | a root file system for a container | [`Client::leases`], then [`Client::snapshots`] |
//! | a container, and a process in it | [`Client::containers`], [`Client::tasks`] |
//! | to have the daemon pull an image | [`Client::transfer`] |
//! | to know what the daemon can do | [`Client::introspection`], [`Client::version`] |
//! | to know how a process ended while the daemon was away | [`wait_at_shim`] |
//! | to know what failed | [`Error::kind`] |
//! | a message's fields, or a stand-in of the daemon (feature `server`) | [`pb`] |
//!
//! ```no_run
//! use hcn_containerd::{Address, Client, NO_LABELS, Options, any};
//! use hcn_containerd::{Container, CreateTaskRequest, Runtime};
//!
//! # async fn run(spec: String, chain: &str) -> Result<u32, hcn_containerd::Error> {
//! let client = Client::connect(&Address::default(), &Options::default()).await?;
//!
//! // A lease holds the snapshot until the container does.
//! client.leases().create("my-lease", NO_LABELS, None).await?;
//! client.snapshots("overlayfs").prepare("my-snapshot", chain, NO_LABELS, "my-lease").await?;
//! let container = Container {
//!     id: "my-container".into(),
//!     runtime: Some(Runtime { name: "io.containerd.runc.v2".into(), options: None }),
//!     spec: Some(any::spec(spec)),
//!     snapshotter: "overlayfs".into(),
//!     snapshot_key: "my-snapshot".into(),
//!     ..Container::default()
//! };
//! client.containers().create(container).await?;
//! client.leases().delete("my-lease").await?;
//!
//! let rootfs = client.snapshots("overlayfs").mounts("my-snapshot").await?;
//! let task = CreateTaskRequest { container_id: "my-container".into(), rootfs, ..CreateTaskRequest::default() };
//! client.tasks().create(task).await?;
//! let waiting = client.clone();
//! let exit = tokio::spawn(async move { waiting.tasks().wait("my-container").await });
//! client.tasks().start("my-container").await?;
//! # let exit = exit.await.unwrap()?;
//! # Ok(exit.status)
//! # }
//! ```
//!
//! It never starts a process, prints, or reads the environment. It needs a tokio runtime with I/O and time, of one
//! thread or more.

#![forbid(unsafe_code)]

mod address;
pub mod any;
mod call;
mod client;
mod connect;
mod containers;
mod content;
mod diff;
mod digest;
mod error;
mod events;
mod id;
mod images;
mod introspection;
mod leases;
mod namespaces;
/// The messages and services as they are on the wire, generated from the definitions in `proto/`.
#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, clippy::all, rustdoc::all)]
pub mod pb;
mod shim;
mod snapshots;
mod streaming;
mod sys;
mod tasks;
mod transfer;

pub use address::Address;
pub use client::{Client, Limits, Options};
pub use containers::Containers;
pub use content::ContentStore;
pub use diff::Diff;
pub use error::{CommandProblem, Error, ErrorKind, Result};
pub use events::{EventStream, Events};
pub use id::{IdProblem, Namespace, check_id};
pub use images::Images;
pub use introspection::Introspection;
pub use leases::Leases;
pub use namespaces::Namespaces;
pub use prost_types::{Any, Timestamp};
pub use shim::wait_at_shim;
pub use snapshots::Snapshots;
pub use tasks::{Exit, Tasks};
pub use transfer::{Pull, PullEvent, Pulling, Transfers};

pub use pb::containerd::services::containers::v1::{Container, container::Runtime};
pub use pb::containerd::services::content::v1::Info as ContentInfo;
pub use pb::containerd::services::images::v1::Image;
pub use pb::containerd::services::introspection::v1::{Plugin, ServerResponse as Server};
pub use pb::containerd::services::leases::v1::{Lease, Resource};
pub use pb::containerd::services::snapshots::v1::{Info as SnapshotInfo, Kind as SnapshotKind};
pub use pb::containerd::services::tasks::v1::CreateTaskRequest;
pub use pb::containerd::services::version::v1::VersionResponse as Version;
pub use pb::containerd::types::transfer::{AuthRequest, AuthResponse, AuthType, Progress};
pub use pb::containerd::types::{Descriptor, Envelope, Mount, Platform};
pub use pb::containerd::v1::types::{Process, ProcessInfo, Status};

/// For calls that take labels, when there are none.
pub const NO_LABELS: [(&str, &str); 0] = [];

/// Labels as a message holds them.
fn labels(
    of: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
) -> std::collections::HashMap<String, String> {
    of.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
}
