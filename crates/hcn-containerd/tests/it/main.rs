//! Tests from outside: the committed code against its definitions, and the client against a real containerd.

// The lint knows tests, not what they are made of.
#![allow(clippy::unwrap_used)]

#[cfg(unix)]
mod connection;
#[cfg(target_os = "linux")]
mod containers;
#[cfg(target_os = "linux")]
mod content;
mod generated;
#[cfg(target_os = "linux")]
mod ground;
#[cfg(target_os = "linux")]
mod host;
#[cfg(all(windows, feature = "server"))]
mod pipe;
#[cfg(target_os = "linux")]
mod snapshots;
#[cfg(target_os = "linux")]
mod tasks;
