//! Linux.

mod facts;

pub(crate) use facts::*;
