//! The C ABI: natively with raw pointers, and from outside by a program of nobody's under Wine.

#![allow(clippy::unwrap_used, reason = "helpers of tests, as the tests themselves")]

mod bad_input;
mod calls;
mod pointers;
mod service;
#[cfg(target_os = "linux")]
mod wine;
