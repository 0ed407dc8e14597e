//! The Windows Host Network Service, emulated behind hcn's [`Api`](hcn::Api).
//!
//! It keeps networks, endpoints and namespaces in one SQLite file that any number of processes use at once, obeys
//! the service's rules, and refuses with the service's codes and records. It answers as Windows Server 2019 does,
//! the strictest release; what it does not model it says it does not (E_NOTIMPL with a record), and no packet ever
//! flows.
//!
//! ```
//! use hcn::{Api, Guid, Kind};
//! use hcn_emulator::Emulator;
//!
//! let hns = Emulator::in_memory();
//! let settings = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;
//! let namespace = hns.create(Kind::Namespace, None, Guid::ZERO, settings)?;
//! hns.close(Kind::Namespace, namespace)?;
//! assert_ne!(hns.enumerate(Kind::Namespace, None)?, "[]");
//! # Ok::<(), hcn::Failure>(())
//! ```
//!
//! | I want | use |
//! |---|---|
//! | a service for one test | [`Emulator::in_memory`] |
//! | one that other processes see too | [`Emulator::open`] |
//! | to know where the user's store lies | [`default_store`] |
//! | to read `--hns` | [`Choice`] |
//! | to save, load or check a whole store | [`Emulator::dump`], [`Emulator::seed`], [`Emulator::check`] |
//! | the service that `--hns` or `HCN_HNS` chooses | [`select`] |

#![forbid(unsafe_code)]

mod audit;
mod backup;
mod choice;
mod dialect;
mod emulator;
mod filter;
mod handle;
mod ipam;
#[cfg(test)]
mod lab;
mod mac;
mod message;
mod profile;
mod refusal;
mod rule;
mod select;
mod shape;
mod store;

pub use choice::{Choice, Environment, HCN_EMULATOR_STORE, NoDefaultStore, UnknownChoice, default_store};
pub use emulator::Emulator;
pub use refusal::{StoreError, record, refused};
pub use select::{HCN_HNS, SelectError, Selected, select};
pub use store::OpenError;
