//! The helpers on the real thing.
#[cfg(target_os = "linux")]
mod daemon;
#[cfg(target_os = "linux")]
mod wine;
