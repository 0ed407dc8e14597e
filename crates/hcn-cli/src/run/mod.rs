//! `hcn run`: a container with a network, in one command, and nothing left behind.

pub mod plan;
