//! What the commands for networks, endpoints and namespaces share: the flags of their verbs, how an object is named,
//! how documents come in and how objects are printed.

mod args;
mod document;
mod print;
mod table;
mod value;
mod verb;
mod which;

pub use args::{Delete, Format, List, Modify, Shape, Show};
pub(super) use document::{Source, document};
pub(super) use print::{Described, print};
pub(super) use table::{Table, joined};
pub use value::Published;
pub(super) use value::{address, default_route, dns, mac, one_of, policy, prefix, published};
pub(super) use verb::{all, created, delete, modify, show, usage};
pub(super) use which::Index;
