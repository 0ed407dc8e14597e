//! The runtime spec: made by default, read from config.json, edited along the path only.

mod edit;
mod linux;
mod mount;
mod network;
mod process;
mod tree;
mod windows;

pub use edit::{Document, Path, Step, Unfit};
pub use mount::Mount;
pub use network::{named, overridden, put};
pub use process::{Recipe, Terminal};
pub use tree::Malformed;
