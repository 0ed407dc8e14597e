//! `hcn-emulator` as its users have it, on Linux and under Wine; stores on disks that are full or read-only.

#![cfg(target_os = "linux")]
// The lint knows tests, not what they are made of.
#![allow(clippy::unwrap_used)]

mod disk;
mod program;
