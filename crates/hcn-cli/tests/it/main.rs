//! `hcn` from outside: what it prints, what it plans, and how it exits.

#[cfg(target_os = "linux")]
mod cni;
#[cfg(target_os = "linux")]
mod containerd;
#[cfg(target_os = "linux")]
mod containerd_2;
#[cfg(target_os = "linux")]
mod doctor;
mod dry_run;
#[cfg(target_os = "linux")]
mod help;
#[cfg(target_os = "linux")]
mod kinds;
#[cfg(target_os = "linux")]
mod mount;
#[cfg(not(windows))]
mod object;
mod spec;
mod usage;
#[cfg(target_os = "linux")]
mod windows;
#[cfg(target_os = "linux")]
mod wine;
