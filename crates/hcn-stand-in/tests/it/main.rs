//! The stand-ins, tried on Linux: against a real containerd, and with one another.

#![cfg(target_os = "linux")]
// The lint knows tests, not what they are made of.
#![allow(clippy::unwrap_used)]

mod guest;
mod journal;
mod lab;
mod load;
mod peer;
mod plugin;
mod story;
