//! A service whose every call goes into the report: what is asked before the call, what came back after it.
//!
//! It implements [`Api`], so that the cases and hcn's own client can both use it. It knows what was made and what
//! is open, and takes both away again; it makes nothing once it was stopped or the report cannot be written.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hcn::{Api, Code, Failure, Guid, Handle, Hcn, Kind, Query};

use crate::Verdict;
use crate::privacy::Privacy;
use crate::report::{Call, CaseReport, Made, MadeKind, MadeState, Report};
use crate::sink::Sink;

/// E_ABORT: what a call is answered that was not made because the run is over.
pub(crate) const ABORTED: Code = Code(0x8000_4004);

/// In an answer's place.
const LEFT_OUT: &str = "(about objects of others: left out)";

/// The service, recorded.
pub(crate) struct Session {
    hcn: Hcn,
    sink: Box<dyn Sink>,
    stop: Arc<AtomicBool>,
    privacy: Privacy,
    state: Mutex<State>,
}

struct State {
    report: Report,
    open: Vec<(Kind, Handle)>,
    /// The report could not be written.
    unwritten: Option<String>,
    /// What is made now is taken away: no stop and no full disk keeps it from that.
    cleaning: bool,
    /// Answers are of no concern to the reader of the report.
    discreet: bool,
}

/// Why nothing more is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// The report could not be written.
    Unwritten(String),
}

impl Session {
    pub(crate) fn new(
        hcn: Hcn,
        report: Report,
        sink: Box<dyn Sink>,
        stop: Arc<AtomicBool>,
        privacy: Privacy,
    ) -> Self {
        let state = State { report, open: Vec::new(), unwritten: None, cleaning: false, discreet: false };
        Self { hcn, sink, stop, privacy, state: Mutex::new(state) }
    }

    /// A panic leaves nothing half changed that a report could not say.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Is the run over before its end?
    pub(crate) fn halted(&self) -> Option<Halt> {
        match &self.state().unwritten {
            Some(why) => Some(Halt::Unwritten(why.clone())),
            None => self.stop.load(Ordering::Relaxed).then_some(Halt::Interrupted),
        }
    }

    /// Looks at the report, or changes it.
    pub(crate) fn report<T>(&self, with: impl FnOnce(&mut Report) -> T) -> T {
        with(&mut self.state().report)
    }

    /// A case begins: the calls that follow are its own.
    pub(crate) fn begin(&self, case: CaseReport) {
        self.state().report.cases.push(case);
    }

    /// How long the case took.
    pub(crate) fn took(&self, time: Duration) {
        if let Some(case) = self.state().report.cases.last_mut() {
            case.milliseconds = time.as_millis().try_into().unwrap_or(u64::MAX);
        }
    }

    /// The case is over.
    pub(crate) fn conclude(&self, verdict: Verdict, seen: Option<String>, reason: Option<String>) {
        let mut state = self.state();
        state.report.summary.count(verdict);
        if let Some(case) = state.report.cases.last_mut() {
            case.verdict = Some(verdict);
            case.seen = seen.map(|seen| self.privacy.hide(&seen));
            case.reason = reason.map(|reason| self.privacy.hide(&reason));
        }
        state.report.finish_case();
    }

    /// Writes the report down.
    pub(crate) fn write(&self) {
        let mut state = self.state();
        if let Err(error) = self.sink.write(&|| state.report.to_json()) {
            state.unwritten.get_or_insert(error.to_string());
        }
    }

    /// The answers to these calls are about objects of others: they do not go into the report.
    pub(crate) fn discreetly<T>(&self, calls: impl FnOnce() -> T) -> T {
        self.state().discreet = true;
        let done = calls();
        self.state().discreet = false;
        done
    }

    /// These calls are made even if the run is over before its end.
    pub(crate) fn although_halted<T>(&self, calls: impl FnOnce() -> T) -> T {
        self.state().cleaning = true;
        let done = calls();
        self.state().cleaning = false;
        done
    }

    /// Notes an id that a create is about to use.
    pub(crate) fn note(&self, kind: MadeKind, id: Guid) {
        let mut state = self.state();
        let made = &mut state.report.made;
        match made.iter_mut().find(|made| (made.kind, made.id) == (kind, id)) {
            // Tried again under an id that was there before.
            Some(made) if made.state == MadeState::Removed => made.state = MadeState::Chosen,
            Some(_) => {}
            None => made.push(Made { kind, id, state: MadeState::Chosen, containers: Vec::new() }),
        }
    }

    /// Notes a container that is about to be put into a namespace.
    pub(crate) fn note_container(&self, namespace: Guid, container: &str) {
        self.report(|report| {
            let mut made = report.made.iter_mut();
            if let Some(made) = made.find(|made| made.id == namespace) {
                made.containers.push(container.to_owned());
            }
        });
    }

    fn now(&self, kind: Kind, id: Guid, is: MadeState) {
        let mut state = self.state();
        let mut made = state.report.made.iter_mut();
        if let Some(made) = made.find(|made| Kind::from(made.kind) == kind && made.id == id) {
            made.state = is;
        }
    }

    /// Closes what is open and removes what was made, but for `keep`. What is absent is removed already.
    pub(crate) fn clean(&self, keep: Option<Guid>) {
        self.although_halted(|| self.take_away(keep));
    }

    fn take_away(&self, keep: Option<Guid>) {
        let open = std::mem::take(&mut self.state().open);
        for (kind, handle) in open.into_iter().rev() {
            let _ = self.close(kind, handle);
        }
        let made: Vec<Made> = self.report(|report| report.leftovers().cloned().collect());
        for made in made.iter().rev().filter(|made| Some(made.id) != keep) {
            self.unmake(made);
        }
    }

    /// What fails here is seen by its state, which stays as it was.
    fn unmake(&self, made: &Made) {
        if !made.containers.is_empty() {
            self.empty(made);
        }
        let deleted = self.delete(made.kind.into(), made.id);
        if deleted.is_err_and(|failure| failure.code.is_absence()) {
            self.now(made.kind.into(), made.id, MadeState::Removed);
        }
    }

    fn empty(&self, made: &Made) {
        let Ok(handle) = self.open(Kind::Namespace, made.id) else { return };
        for container in &made.containers {
            let settings = format!(
                r#"{{"ResourceType":"Container","RequestType":"Remove","Settings":{{"ContainerId":"{container}"}}}}"#
            );
            let _ = self.modify(Kind::Namespace, handle, &settings);
        }
        let _ = self.close(Kind::Namespace, handle);
    }

    fn call<T>(&self, asked: Call, call: impl FnOnce(&dyn Api) -> Result<T, Failure>) -> Result<T, Failure> {
        self.before(asked)?;
        let start = Instant::now();
        let result = call(self.hcn.api());
        self.after(start.elapsed(), &result);
        result
    }

    /// On disk before the call, so that what was chosen is known even if nothing ever comes back.
    fn before(&self, asked: Call) -> Result<(), Failure> {
        if !self.state().cleaning && self.halted().is_some() {
            return Err(ABORTED.into());
        }
        if let Some(case) = self.state().report.cases.last_mut() {
            case.calls.push(asked);
        }
        self.write();
        let state = self.state();
        if state.unwritten.is_some() && !state.cleaning { Err(ABORTED.into()) } else { Ok(()) }
    }

    fn after<T>(&self, took: Duration, result: &Result<T, Failure>) {
        self.last(|call, _| {
            call.microseconds = Some(took.as_micros().try_into().unwrap_or(u64::MAX));
            match result {
                Ok(_) => call.ended(Code(0), None),
                Err(failure) => {
                    let record = failure.record.as_deref().map(|record| self.privacy.hide(record));
                    call.ended(failure.code, record.as_deref());
                }
            }
        });
    }

    /// Completes the call that just returned.
    fn last(&self, with: impl FnOnce(&mut Call, bool)) {
        let mut state = self.state();
        let discreet = state.discreet;
        if let Some(call) = state.report.cases.last_mut().and_then(|case| case.calls.last_mut()) {
            with(call, discreet);
        }
    }

    fn answered(&self, text: &str) {
        self.last(|call, discreet| {
            let shown = if discreet { LEFT_OUT.to_owned() } else { self.privacy.hide(text) };
            call.answer = Some(shown);
        });
    }

    fn opened(&self, kind: Kind, handle: Handle) {
        self.last(|call, _| call.opened = Some(handle.0.get()));
        self.state().open.push((kind, handle));
    }
}

/// A kind as the functions' names spell it.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => "Network",
        Kind::Endpoint => "Endpoint",
        Kind::Namespace => "Namespace",
        Kind::LoadBalancer => "LoadBalancer",
        Kind::SdnRoute => "SdnRoute",
        Kind::GuestNetworkService => "GuestNetworkService",
    }
}

fn function(verb: &str, kind: Kind, rest: &str) -> Call {
    Call { function: format!("Hcn{verb}{}{rest}", noun(kind)), ..Call::default() }
}

impl Api for Session {
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, Failure> {
        let asked = Call { text: query.map(Into::into), ..function("Enumerate", kind, "s") };
        let ids = self.call(asked, |api| api.enumerate(kind, query))?;
        self.answered(&ids);
        Ok(ids)
    }

    fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Handle, Failure> {
        let handle = parent.map(|parent| parent.0.get());
        let asked =
            Call { id: Some(id), handle, text: Some(settings.into()), ..function("Create", kind, "") };
        if let Some(made) = MadeKind::of(kind).filter(|_| !id.is_zero()) {
            self.note(made, id);
        }
        let handle = self.call(asked, |api| api.create(kind, parent, id, settings))?;
        self.opened(kind, handle);
        self.now(kind, id, MadeState::Made);
        Ok(handle)
    }

    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure> {
        let asked = Call { id: Some(id), ..function("Open", kind, "") };
        let handle = self.call(asked, |api| api.open(kind, id))?;
        self.opened(kind, handle);
        Ok(handle)
    }

    fn query(&self, kind: Kind, handle: Handle, what: Query, text: Option<&str>) -> Result<String, Failure> {
        let rest = match what {
            Query::Properties => "Properties",
            Query::Stats => "Stats",
            Query::Addresses => "Addresses",
        };
        let asked = Call {
            handle: Some(handle.0.get()),
            text: text.map(Into::into),
            ..function("Query", kind, rest)
        };
        let document = self.call(asked, |api| api.query(kind, handle, what, text))?;
        self.answered(&document);
        Ok(document)
    }

    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure> {
        let handle_number = Some(handle.0.get());
        let asked =
            Call { handle: handle_number, text: Some(settings.into()), ..function("Modify", kind, "") };
        self.call(asked, |api| api.modify(kind, handle, settings))
    }

    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        let asked = Call { id: Some(id), ..function("Delete", kind, "") };
        self.call(asked, |api| api.delete(kind, id))?;
        self.now(kind, id, MadeState::Removed);
        Ok(())
    }

    /// Tried once: what a close leaves open goes with this process.
    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure> {
        self.state().open.retain(|open| *open != (kind, handle));
        let asked = Call { handle: Some(handle.0.get()), ..function("Close", kind, "") };
        self.call(asked, |api| api.close(kind, handle))
    }

    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        let asked =
            Call { function: format!("HNSCall {method} {path}"), text: Some(body.into()), ..Call::default() };
        let answer = self.call(asked, |api| api.hns_call(method, path, body))?;
        self.answered(&answer);
        Ok(answer)
    }
}
