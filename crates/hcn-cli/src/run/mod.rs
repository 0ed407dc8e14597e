//! `hcn run`: from options to a plan, from the plan to an exit code.

pub mod folder;
pub mod options;
pub mod plan;
#[allow(dead_code)]
pub(crate) mod undo;
