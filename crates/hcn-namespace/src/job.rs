//! What the three verbs do.

use std::error::Error;
use std::fmt;

use hcn::{Hcn, InvalidDocument, Namespace, NamespaceId};

use crate::output;

/// One verb and its operand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Create,
    Delete(NamespaceId),
    List,
}

impl Job {
    /// Does it and prints what it has to.
    pub(crate) fn run(&self, hcn: &Hcn) -> Result<(), Box<dyn Error>> {
        match self {
            Self::Create => create(hcn),
            Self::Delete(id) => delete(hcn, *id),
            Self::List => list(hcn),
        }
    }
}

/// A namespace whose GUID nobody was told would never be deleted: if it cannot be printed, it goes again.
fn create(hcn: &Hcn) -> Result<(), Box<dyn Error>> {
    let made = hcn.namespaces().create(&Namespace::for_container())?;
    let id = made.id.ok_or_else(|| {
        hcn::Error::document("create a namespace", InvalidDocument::new("ID", "the service gave it no id"))
    })?;
    output::print_or_fail(&format!("{id}\n")).or_else(|error| {
        hcn.namespaces().delete(id)?;
        Err(error.into())
    })
}

fn delete(hcn: &Hcn, id: NamespaceId) -> Result<(), Box<dyn Error>> {
    hcn.namespaces().delete(id).map_err(|error| match error.is_absence() {
        true => AlreadyGone(id, error).into(),
        false => error.into(),
    })
}

fn list(hcn: &Hcn) -> Result<(), Box<dyn Error>> {
    let ids = hcn.namespaces().ids()?;
    let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
    Ok(output::print(&lines)?)
}

/// What should be deleted is not there. Scripts that clean up twice look for these words.
#[derive(Debug)]
struct AlreadyGone(NamespaceId, hcn::Error);

impl fmt::Display for AlreadyGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.1.code();
        write!(
            f,
            "cannot delete namespace `{}`: already gone ({code} {}); nothing is left to do",
            self.0,
            code.name().unwrap_or_default()
        )
    }
}

impl Error for AlreadyGone {}
