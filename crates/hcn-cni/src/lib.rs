//! CNI for container runtimes: configuration, plugins, results, cache.
//!
//! The runtime's side of the [CNI specification](https://www.cni.dev/docs/spec/) 1.1 and of every version before it:
//! it finds a host's network configuration, runs the plugins that it names, undoes what a failure leaves, and keeps
//! results where other runtimes find them. Blocking, without async.
//!
//! ```no_run
//! use std::path::Path;
//! use hcn_cni::{Attachment, Conflist, Runtime};
//!
//! let runtime = Runtime::new(vec!["/opt/cni/bin".into()], "/var/lib/cni");
//! let network = Conflist::discover(Path::new("/etc/cni/net.d"))?;
//! let container = Attachment::new("default-t1", "/run/netns/t1", "eth0");
//! let added = runtime.add(&network, &container)?;
//! for ip in added.result.ips() {
//!     println!("{:?} through {:?}", ip.address, ip.gateway);
//! }
//! runtime.del(&network, &container)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | I want | use |
//! |---|---|
//! | the host's network, as containerd finds it | [`Conflist::discover`] |
//! | a container on it, and off it again | [`Runtime::add`], [`Runtime::del`] |
//! | to delete with the configuration as it was | [`Conflist::raw`], [`Conflist::from_raw`], [`CacheEntry::conflist`] |
//! | addresses, routes, DNS of a container | [`CniResult`] |
//! | to know what failed and what to do | [`Error::kind`], [`Error::code()`], [`Error::hint`] |
//! | an attachment that somebody made, from the cache | [`Cache::entry`], [`Cache::entries`] |
//! | to test without plugins | [`Exec`] |
//!
//! On Linux a network namespace is a path, on Windows the GUID of an HCN namespace; a plugin's children die with it
//! on both when it is killed. It never prints; the environment is read only to be inherited by plugins.

#![deny(unsafe_code)]

mod answer;
mod attachment;
mod base64;
mod cache;
mod call;
mod code;
mod conflist;
mod convert;
mod discover;
mod error;
mod exec;
#[cfg(test)]
mod fake;
mod object;
mod plugin;
mod record;
mod result;
mod runtime;
mod sys;
mod version;

pub use attachment::Attachment;
pub use cache::{Cache, CacheEntry};
pub use code::{CODES, Code, code};
pub use conflist::Conflist;
pub use discover::configuration_files;
pub use error::{Error, ErrorKind, Errors};
pub use exec::{Exec, ExecError, Invocation, Output, Processes};
pub use object::Object;
pub use plugin::Plugin;
pub use result::{CniResult, Dns, Interface, Ip, Route};
pub use runtime::{Added, Runtime};
pub use sys::patiently;
pub use version::{ParseVersionError, Version};

pub use ipnet;
pub use serde_json::value::RawValue;
