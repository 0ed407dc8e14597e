//! The runtime with real programs.
//!
//! `processes`: shell scripts that stand in for plugins and do what plugins should not.
//! `bridge`: a host's own plugins in a network namespace; needs root and the plugins.
#![allow(clippy::unwrap_used, reason = "clippy allows it in #[test] functions, and helpers are part of them")]

#[cfg(target_os = "linux")]
mod bridge;
#[cfg(unix)]
mod processes;
