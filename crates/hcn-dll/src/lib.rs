//! computenetwork.dll over the emulator: the exact C ABI, for programs under Wine and for tests of the ABI.
//!
//! Every function of ComputeNetwork.h, and those that the real DLL exports without declaring them, with
//! `HNSCall` for the forwarder that stands in for vmcompute.dll. What the emulator does not model answers
//! E_NOTIMPL, with a record where the signature has one.
//!
//! An export clears its out-parameters, checks its pointers, calls safe code behind a guard that turns a panic
//! into a record, and writes the answer back. One file per kind of object; [`abi`] has the types, [`param`] the
//! pointers, `guard` the frame around every call, `service` the one emulator of the process.
//!
//! The store is `HCN_EMULATOR_STORE`, else the emulator's default. On a real Windows the exports refuse to play
//! unless that variable is set.

#![allow(non_snake_case, reason = "the exports are named as Windows names them")]

pub mod abi;
mod endpoint;
mod guard;
mod guest_network_service;
mod hns_call;
mod load_balancer;
mod memory;
mod namespace;
mod network;
mod notification;
pub mod param;
mod platform;
mod route;
mod service;

pub use endpoint::*;
pub use guest_network_service::*;
pub use hns_call::HNSCall;
pub use load_balancer::*;
pub use namespace::*;
pub use network::*;
pub use notification::*;
pub use route::*;
