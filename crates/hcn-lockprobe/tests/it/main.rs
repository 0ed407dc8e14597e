//! `hcn-lockprobe` from outside: what it finds, how it ends, and that nothing of it is left.

#[cfg(target_os = "linux")]
mod lab;
#[cfg(target_os = "linux")]
mod native;
mod page;
#[cfg(target_os = "linux")]
mod wine;
