//! `hcn` from outside: what it prints and how it exits.

#[cfg(target_os = "linux")]
mod containerd;
mod usage;
