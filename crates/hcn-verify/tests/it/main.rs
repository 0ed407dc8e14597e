//! The suite on the emulator, with every call failing once, and the program from outside.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

#[cfg(not(windows))]
mod faults;
#[cfg(unix)]
mod program;
#[cfg(not(windows))]
mod store;
#[cfg(not(windows))]
mod suite;
#[cfg(target_os = "linux")]
mod wine;
