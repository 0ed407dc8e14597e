//! `hcn doctor` on real hosts: one that is well, and ones that are broken in one way each. There it names the cause, and
//! what it offers is pasted into a shell, and mends it.

mod broken;
mod config;
mod general;
mod host;
mod image;
mod linux;
mod network;
