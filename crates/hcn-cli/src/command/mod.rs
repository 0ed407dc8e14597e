//! The commands beside `run`. A group is one file or folder: its arguments as clap knows them, and one function from
//! them, the global flags and the environment to the exit code.

pub mod cni;
pub mod doctor;
pub mod endpoint;
pub mod gc;
pub mod logs;
pub mod look;
pub mod namespace;
pub mod network;
pub mod object;
pub mod ps;
pub mod rm;
mod service;
pub mod spec;
pub mod stop;
