//! Windows.

mod facts;

pub(crate) use facts::*;
