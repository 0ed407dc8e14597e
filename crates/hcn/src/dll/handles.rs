//! Handles: tokens that stand for the service's pointers.
//!
//! The service's own handle is a pointer that it may hand out again after a close; a token is never reused, so a
//! double close is an error instead of closing someone else's object.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use crate::{Code, Failure, Handle, Kind};

type Tokens<T> = HashMap<Handle, (Kind, Arc<Shared<T>>)>;

/// The open handles of one [`super::Dll`].
#[derive(Debug)]
pub(super) struct Handles<T> {
    last: AtomicU64,
    // Only ever held for a look-up, never during a call of the service.
    open: Mutex<Tokens<T>>,
}

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self { last: AtomicU64::new(0), open: Mutex::default() }
    }
}

impl<T> Handles<T> {
    /// A token for `object`.
    pub(super) fn insert(&self, kind: Kind, object: T) -> Handle {
        let token = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        let handle = Handle(NonZeroU64::new(token).expect("no process opens 2^64 handles"));
        self.lock().insert(handle, (kind, Arc::new(Shared(RwLock::new(Some(object))))));
        handle
    }

    /// The object behind an open handle of this kind.
    pub(super) fn find(&self, kind: Kind, handle: Handle) -> Result<Arc<Shared<T>>, Failure> {
        match self.lock().get(&handle) {
            Some((known, shared)) if *known == kind => Ok(Arc::clone(shared)),
            _ => Err(Failure::bare(Code::INVALID_HANDLE)),
        }
    }

    /// Takes the object out, once every call that uses it has returned.
    pub(super) fn remove(&self, kind: Kind, handle: Handle) -> Result<T, Failure> {
        let shared = self.find(kind, handle)?;
        self.lock().remove(&handle);
        let taken = shared.0.write().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or(Failure::bare(Code::INVALID_HANDLE))
    }

    /// A panic can't leave the map half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Tokens<T>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object that calls share and a close takes.
#[derive(Debug)]
pub(super) struct Shared<T>(RwLock<Option<T>>);

impl<T> Shared<T> {
    /// The object, held open for as long as the answer lives.
    pub(super) fn open(&self) -> Result<Open<'_, T>, Failure> {
        let guard = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match guard.is_some() {
            true => Ok(Open(guard)),
            false => Err(Failure::bare(Code::INVALID_HANDLE)),
        }
    }
}

/// An object that cannot be closed meanwhile.
pub(super) struct Open<'a, T>(RwLockReadGuard<'a, Option<T>>);

impl<T> Deref for Open<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("checked when it was opened, and only a writer takes it out")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSED: Failure = Failure::bare(Code::INVALID_HANDLE);

    #[test]
    fn a_handle_is_of_its_kind_and_closes_once() {
        let handles = Handles::default();
        let handle = handles.insert(Kind::Network, "lab");
        assert_eq!(handles.find(Kind::Endpoint, handle).unwrap_err(), CLOSED);
        assert_eq!(handles.remove(Kind::Endpoint, handle).unwrap_err(), CLOSED);
        assert_eq!(*handles.find(Kind::Network, handle).unwrap().open().unwrap(), "lab");
        assert_eq!(handles.remove(Kind::Network, handle).unwrap(), "lab");
        assert_eq!(handles.remove(Kind::Network, handle).unwrap_err(), CLOSED);
    }

    #[test]
    fn a_token_is_never_used_again() {
        let handles = Handles::default();
        let first = handles.insert(Kind::Network, ());
        handles.remove(Kind::Network, first).unwrap();
        assert_ne!(handles.insert(Kind::Network, ()), first);
    }

    #[test]
    fn a_close_waits_for_the_calls_that_use_the_handle() {
        let handles = Handles::default();
        let handle = handles.insert(Kind::Network, ());
        let shared = handles.find(Kind::Network, handle).unwrap();
        let in_use = shared.open().unwrap();
        assert!(shared.0.try_write().is_err(), "a close would have to wait");
        drop(in_use);
        handles.remove(Kind::Network, handle).unwrap();
        assert_eq!(shared.open().err(), Some(CLOSED), "found before the close, used after it");
    }

    #[test]
    fn of_many_threads_one_closes() {
        let handles = Handles::default();
        let handle = handles.insert(Kind::Network, ());
        let closed = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| handles.remove(Kind::Network, handle))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(Result::is_ok).count()
        });
        assert_eq!(closed, 1);
    }
}
