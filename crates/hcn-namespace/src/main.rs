//! The drop-in tool.
fn main() {}
