//! Every call of the suite fails once: before it has an effect, and after. Nothing is left, or the report names it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hcn::{Api, Code, Failure, Guid, Handle, Hcn, Kind, Query};
use hcn_verify::{Options, Report, Verdict, run};

use crate::store::{dump, empty, in_use, with_verdict};

/// What happens around each call.
pub(crate) trait Around: Send + Sync {
    fn api(&self) -> &dyn Api;
    fn before(&self, line: &str);
    /// Fail a call: before it is made, or after. Reading calls have no effect.
    fn fault(&self, _line: &str) -> Option<(When, Failure)> {
        None
    }
}

/// When a call fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Before,
    After,
}

/// A service with something around it.
pub(crate) struct Wrapped<A>(pub(crate) A);

impl<A: Around> Wrapped<A> {
    fn call<T>(&self, line: String, call: impl FnOnce(&dyn Api) -> Result<T, Failure>) -> Result<T, Failure> {
        self.0.before(&line);
        match self.0.fault(&line) {
            Some((When::Before, failure)) => Err(failure),
            Some((When::After, failure)) => call(self.0.api()).and(Err(failure)),
            None => call(self.0.api()),
        }
    }
}

impl<A: Around> Api for Wrapped<A> {
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, Failure> {
        self.call("enumerate".into(), |api| api.enumerate(kind, query))
    }
    fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Handle, Failure> {
        self.call(format!("create {id}"), |api| api.create(kind, parent, id, settings))
    }
    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure> {
        self.call(format!("open {id}"), |api| api.open(kind, id))
    }
    fn query(&self, kind: Kind, handle: Handle, what: Query, text: Option<&str>) -> Result<String, Failure> {
        self.call("query".into(), |api| api.query(kind, handle, what, text))
    }
    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure> {
        self.call(format!("modify {settings}"), |api| api.modify(kind, handle, settings))
    }
    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        self.call(format!("delete {id}"), |api| api.delete(kind, id))
    }
    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure> {
        self.call("close".into(), |api| api.close(kind, handle))
    }
    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        self.call(format!("{method} {path}"), |api| api.hns_call(method, path, body))
    }
}

/// Fails the calls from `first` to `last`, counted from 0.
struct Failing {
    api: Arc<dyn Api>,
    count: Arc<AtomicUsize>,
    first: usize,
    last: usize,
    when: When,
}

impl Around for Failing {
    fn api(&self) -> &dyn Api {
        &*self.api
    }
    fn before(&self, _: &str) {}
    fn fault(&self, line: &str) -> Option<(When, Failure)> {
        let effect = ["create", "modify", "delete"].iter().any(|verb| line.starts_with(verb));
        if self.when == When::After && !effect {
            return None;
        }
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let died = Failure::bare(Code::CALL_FAILED);
        (self.first..=self.last).contains(&number).then_some((self.when, died))
    }
}

/// The report of one case, or of all, and how many calls there were.
fn judged(store: &Arc<dyn Api>, only: &[&str], (first, last): (usize, usize), when: When) -> (Report, usize) {
    let count = Arc::new(AtomicUsize::new(0));
    let api = Wrapped(Failing { api: Arc::clone(store), count: Arc::clone(&count), first, last, when });
    let only = only.iter().map(ToString::to_string).collect();
    let report = run(Hcn::new(api), Options { disruptive: true, only, ..Options::default() }).report;
    (report, count.load(Ordering::Relaxed))
}

const NONE: (usize, usize) = (usize::MAX, usize::MAX);

/// Every id starts so.
const ALL: &[&str] = &[""];

/// In every case about these subjects every call fails once, on a store that is in use throughout or not.
fn each_call_fails_once(store: &Arc<dyn Api>, subjects: &[&str], when: When) {
    let before = dump(&**store);
    let about = |id: &str| subjects.iter().any(|subject| id.starts_with(subject));
    for case in hcn_verify::cases().filter(|case| about(case.id)) {
        let (_, calls) = judged(store, &[case.id], NONE, when);
        for number in 0..calls {
            let (report, _) = judged(store, &[case.id], (number, number), when);
            let left = (report.leftovers().count(), dump(&**store));
            assert_eq!(left, (0, before.clone()), "call {number} of {calls} of {} failed {when:?}", case.id);
        }
    }
}

#[test]
fn a_call_that_fails_before_its_effect_leaves_nothing() {
    each_call_fails_once(&empty(), ALL, When::Before);
}

#[test]
fn a_call_that_fails_after_its_effect_leaves_nothing() {
    each_call_fails_once(&empty(), ALL, When::After);
}

#[test]
fn a_call_that_fails_where_the_host_has_a_network_leaves_that_alone() {
    each_call_fails_once(&in_use(), &["network", "membership", "story", "disruptive"], When::Before);
}

#[test]
fn a_service_that_dies_for_good_leaves_what_the_report_names() {
    let store = empty();
    let (_, calls) = judged(&store, &[], (usize::MAX, usize::MAX), When::Before);
    for first in (0..calls).step_by(97) {
        let store = empty();
        let (report, _) = judged(&store, &[], (first, usize::MAX), When::Before);
        let mut left: Vec<String> = report.leftovers().map(|made| made.id.to_string()).collect();
        left.retain(|id| dump(&*store).iter().any(|document| document.contains(id.as_str())));
        assert_eq!(left.len(), dump(&*store).len(), "dead from call {first}");
        assert!(report.summary.failure > 0);
    }
}

#[test]
fn a_service_that_never_answers_is_asked_once_and_the_rest_is_skipped() {
    let store = empty();
    let (report, _) = judged(&store, &[], (0, usize::MAX), When::Before);
    assert_eq!(with_verdict(&report, Verdict::Failure), ["service.answers: 0x800706BE RPC_S_CALL_FAILED"]);
    assert_eq!(report.summary.as_expected, 1, "nothing was left");
    assert_eq!(report.made.len(), 0);
}
