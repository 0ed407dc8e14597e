//! The same tests against a real containerd 2.x: those modules of `containerd` in which the daemon's release can make
//! a difference. Where a test stands tells which daemon it gets: see `hcn_test::Release::of`.
#![allow(clippy::duplicate_mod, reason = "the same tests, with another daemon")]

#[path = "containerd/attachment.rs"]
mod attachment;
#[path = "containerd/build.rs"]
mod build;
#[path = "containerd/detached.rs"]
mod detached;
#[path = "containerd/drop_in.rs"]
mod drop_in;
#[path = "containerd/failure.rs"]
mod failure;
#[path = "containerd/fault.rs"]
mod fault;
#[path = "containerd/gc.rs"]
mod gc;
#[path = "containerd/lab.rs"]
mod lab;
#[path = "containerd/leftover.rs"]
mod leftover;
#[path = "containerd/network.rs"]
mod network;
#[path = "containerd/process.rs"]
mod process;
mod pull;
#[path = "containerd/rootfs.rs"]
mod rootfs;
#[path = "containerd/signal.rs"]
mod signal;
#[path = "containerd/spec.rs"]
mod spec;
#[path = "containerd/stream.rs"]
mod stream;
#[path = "containerd/terminal.rs"]
mod terminal;
#[path = "containerd/tmux.rs"]
mod tmux;
