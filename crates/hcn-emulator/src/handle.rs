//! Open objects of this process: a token for each open, never used twice.
//!
//! A token stands for one object of one epoch, not for an id: neither re-creating an object under the same id nor a
//! restart of the service revives an old handle.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hcn::{Code, Handle, Kind};

use crate::refusal::{Refusal, Ruling};

/// What a handle stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// The kind of function that opened it.
    pub(crate) kind: Kind,
    /// The object's row in the store.
    pub(crate) seq: i64,
    /// The service's run in which it was opened.
    pub(crate) epoch: i64,
}

/// The table of open handles.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    issued: AtomicU64,
    table: Mutex<HashMap<Handle, Open>>,
}

impl Handles {
    /// A new handle.
    pub(crate) fn issue(&self, open: Open) -> Handle {
        let before = self.issued.fetch_add(1, Ordering::Relaxed);
        let token = NonZeroU64::MIN.saturating_add(before);
        self.table().insert(Handle(token), open);
        Handle(token)
    }

    /// What this handle of this kind stands for.
    pub(crate) fn find(&self, kind: Kind, handle: Handle) -> Ruling<Open> {
        self.table().get(&handle).filter(|open| open.kind == kind).copied().ok_or_else(invalid)
    }

    /// Forget a handle; a second time, or as another kind, is an error.
    pub(crate) fn close(&self, kind: Kind, handle: Handle) -> Ruling<()> {
        let mut table = self.table();
        table.get(&handle).filter(|open| open.kind == kind).ok_or_else(invalid)?;
        table.remove(&handle);
        Ok(())
    }

    /// The table is only ever changed by one insert or remove, so a panic elsewhere cannot leave it half-changed.
    fn table(&self) -> MutexGuard<'_, HashMap<Handle, Open>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// INFERRED: E_HANDLE (only NULL is known to be E_INVALIDARG); closing a handle twice on a real Windows would
/// settle it.
fn invalid() -> Refusal {
    Refusal::from(Code::INVALID_HANDLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: Open = Open { kind: Kind::Network, seq: 7, epoch: 1 };

    #[test]
    fn every_open_has_a_handle_of_its_own() {
        let handles = Handles::default();
        let (one, two) = (handles.issue(LAB), handles.issue(LAB));
        assert_ne!(one, two);
        handles.close(Kind::Network, one).unwrap();
        assert_eq!(handles.find(Kind::Network, two), Ok(LAB));
    }

    #[test]
    fn closing_twice_is_an_error_even_after_new_opens() {
        let handles = Handles::default();
        let old = handles.issue(LAB);
        handles.close(Kind::Network, old).unwrap();
        handles.issue(LAB);
        assert_eq!(handles.close(Kind::Network, old), Err(invalid()));
        assert_eq!(handles.find(Kind::Network, old), Err(invalid()));
    }

    #[test]
    fn a_handle_of_another_kind_is_refused_and_stays_open() {
        let handles = Handles::default();
        let network = handles.issue(LAB);
        assert_eq!(handles.close(Kind::Endpoint, network), Err(invalid()));
        assert_eq!(handles.close(Kind::Network, network), Ok(()));
    }
}
