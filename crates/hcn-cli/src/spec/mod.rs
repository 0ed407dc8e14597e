//! The runtime spec: made by default, read from config.json, edited along the path only.

mod change;
mod check;
mod device;
mod edit;
mod limits;
mod linux;
mod mount;
mod network;
mod place;
mod problem;
mod process;
mod rights;
mod rule;
mod shape;
mod snapshot;
mod source;
mod template;
mod tree;
mod windows;

pub use change::{Change, User};
pub use check::{MOST, check, check_file, system_of};
pub use device::{Device, Node};
pub use edit::{Document, Path, Step, Unfit};
pub use limits::Limits;
pub use linux::is_covered;
pub use mount::Mount;
pub(crate) use mount::is_absolute;
pub use network::{named, overridden, put};
pub use problem::{Kind, Problem};
pub use process::{Recipe, Root, Terminal, check_user, linux_ids};
pub use rights::{Privileged, Rights};
pub use snapshot::{Files, files};
pub use source::{Unread, is_stdin, read};
pub use template::template;
pub use tree::Malformed;
