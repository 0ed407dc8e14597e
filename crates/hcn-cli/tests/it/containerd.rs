//! `hcn run` against a real containerd (the host's or its suite's: 1.6 in Debian 12) and real CNI plugins, in mount and network namespaces of its own: what it
//! does, how it fails, and that nothing is left either way.
//!
//! One daemon serves the tests one after the other; see [`lab`].

mod attachment;
mod build;
mod detached;
mod drop_in;
mod failure;
mod fault;
mod gc;
mod image;
mod lab;
mod leftover;
mod locks;
mod names;
mod namespace;
mod network;
mod process;
mod rootfs;
mod signal;
mod spec;
mod stream;
mod terminal;
mod tmux;
mod user;
