//! Tests from outside: the committed code against its definitions, and the client against a real containerd.

// The lint knows tests, not what they are made of.
#![allow(clippy::unwrap_used)]

mod generated;
