//! Every check, in the order of the report: a line here and a file each.

mod containerd_reachable;

use super::check::Check;

/// All of them.
pub(crate) const ALL: &[&dyn Check] = &[&containerd_reachable::Reachable];
