//! The journals in the state folder.

use std::collections::HashSet;
use std::path::PathBuf;

use hcn::Guid;

use super::absent;
use crate::command::namespace::prune::journals;
use crate::doctor::facts::runs::{Run, Runs};
use crate::doctor::facts::{Absent, Fact};
use crate::run::known::{self, Known, Standing};

/// A state folder.
pub(crate) struct Journals(pub(crate) PathBuf);

impl Runs for Journals {
    fn all(&self) -> Fact<Vec<Run>> {
        let found = known::all(&self.0).map_err(|why| Absent::Unreadable(why.to_string()))?;
        Ok(found.runs.iter().filter_map(run).collect())
    }

    fn guids(&self) -> Fact<HashSet<Guid>> {
        journals(&self.0).map_err(|error| absent(&self.0.display().to_string(), &error))
    }
}

/// One of which nothing is left is none.
fn run(known: &Known) -> Option<Run> {
    // A lock that cannot be looked at may be held.
    let standing = known.standing().unwrap_or(Standing::Lives);
    let is_there = standing != Standing::Unmade;
    is_there.then(|| Run {
        name: known.plan.run.clone(),
        container: known.plan.container.clone(),
        namespace: known.plan.containerd_namespace.clone(),
        lives: standing == Standing::Lives,
    })
}
