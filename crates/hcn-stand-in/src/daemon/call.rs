//! One call: its headers checked, its lines in the journal, a refusal that a test asked for.

use std::future::Future;
use std::sync::PoisonError;

use serde_json::{Value, json};
use tonic::{Code, Request, Response, Status};

use super::Daemon;
use super::tenant::Tenant;

/// Who calls, under which lease.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// The containerd namespace.
    pub(super) tenant: String,
    /// The lease that holds what the call makes.
    pub(super) lease: Option<String>,
}

/// A call's headers; the namespace is wanted for every call but a few.
fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let header = |name| request.metadata().get(name).and_then(|value| value.to_str().ok());
    match header("containerd-namespace") {
        None | Some("") => Err(Status::failed_precondition("namespace is required: failed precondition")),
        Some(name) => {
            check_id(name)?;
            Ok(Caller { tenant: name.to_owned(), lease: header("containerd-lease").map(str::to_owned) })
        }
    }
}

/// containerd's rule for ids, written down anew: what the client checks is not what checks the client.
pub(super) fn check_id(id: &str) -> Result<(), Status> {
    let invalid =
        |why: &str| Err(Status::invalid_argument(format!("identifier {id:?} {why}: invalid argument")));
    let mut last_was_letter = false;
    for byte in id.bytes() {
        let letter = byte.is_ascii_alphanumeric();
        let separator = last_was_letter && matches!(byte, b'.' | b'_' | b'-');
        if !(letter || separator) {
            return invalid("must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$");
        }
        last_was_letter = letter;
    }
    match id.len() {
        0 => invalid("must not be empty"),
        77.. => invalid("greater than maximum length (76 characters)"),
        _ if !last_was_letter => invalid("must match ^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$"),
        _ => Ok(()),
    }
}

impl Daemon {
    /// A call that looks at, or changes, what the tenant holds, and does not wait for anything.
    pub(super) fn answer<T, R>(
        &self,
        name: &'static str,
        request: Request<T>,
        shown: impl FnOnce(&T) -> Value,
        work: impl FnOnce(&mut Tenant, T, Caller) -> Result<R, Status>,
    ) -> Result<Response<R>, Status> {
        let begun = self.begin(name, &request, shown);
        let done = begun.and_then(|caller| {
            let tenant = caller.tenant.clone();
            self.of(&tenant, |tenant| work(tenant, request.into_inner(), caller))
        });
        self.end(name, done)
    }

    /// A call that waits.
    pub(super) async fn answer_later<T, R, F: Future<Output = Result<R, Status>>>(
        &self,
        name: &'static str,
        request: Request<T>,
        shown: impl FnOnce(&T) -> Value,
        work: impl FnOnce(T, Caller) -> F,
    ) -> Result<Response<R>, Status> {
        let done = match self.begin(name, &request, shown) {
            Ok(caller) => work(request.into_inner(), caller).await,
            Err(status) => Err(status),
        };
        self.end(name, done)
    }

    fn begin<T>(
        &self,
        name: &'static str,
        request: &Request<T>,
        shown: impl FnOnce(&T) -> Value,
    ) -> Result<Caller, Status> {
        let caller = caller(request);
        let mut fields = shown(request.get_ref());
        if let Ok(Caller { tenant, lease }) = &caller {
            fields["tenant"] = json!(tenant);
            if let Some(lease) = lease {
                fields["lease"] = json!(lease);
            }
        }
        self.journal.call(name, fields);
        self.refusal(name, false)?;
        caller
    }

    /// A call without a namespace: Version, some of Introspection, Namespaces.
    pub(super) fn answer_anybody<R>(
        &self,
        name: &'static str,
        answer: Result<R, Status>,
    ) -> Result<Response<R>, Status> {
        self.journal.call(name, json!({}));
        self.end(name, self.refusal(name, false).and(answer))
    }

    /// Before, or after it is done.
    fn refusal(&self, name: &str, done: bool) -> Result<(), Status> {
        let Some(refusal) = self.settings.refuse.get(name).filter(|one| one.done == done) else {
            return Ok(());
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let count = refused.entry(name.to_owned()).or_default();
        *count += 1;
        match refusal.times.is_some_and(|times| *count > times) {
            true => Ok(()),
            false => Err(Status::new(code_named(&refusal.code), &refusal.message)),
        }
    }

    fn end<R>(&self, name: &str, done: Result<R, Status>) -> Result<Response<R>, Status> {
        let done = done.and_then(|answer| self.refusal(name, true).map(|()| answer));
        match &done {
            Ok(_) => self.journal.answer(name, "Ok", ""),
            Err(status) => self.journal.answer(name, &format!("{:?}", status.code()), status.message()),
        }
        done.map(Response::new)
    }
}

/// The code that Rust spells like this; an unknown one is a test's mistake and shows as `Internal`.
fn code_named(name: &str) -> Code {
    (0..=16).map(Code::from).find(|code| format!("{code:?}") == name).unwrap_or(Code::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_words_with_single_separators_of_76_bytes_at_most() {
        for id in ["a", "web-1.2_x", &"x".repeat(76)] {
            assert!(check_id(id).is_ok(), "{id}");
        }
        for id in ["", "-a", "a-", "a--b", "a b", "ä", &"x".repeat(77)] {
            assert_eq!(check_id(id).unwrap_err().code(), Code::InvalidArgument, "{id}");
        }
    }

    #[test]
    fn a_call_without_a_namespace_is_refused() {
        assert_eq!(caller(&Request::new(())).unwrap_err().code(), Code::FailedPrecondition);
    }
}
