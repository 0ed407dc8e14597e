//! The run: every case in order, each cleaned up after before the next begins.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use hcn::Hcn;

use crate::bench::{Bench, Surroundings};
use crate::case::{Case, Outcome, Seen, Stop, Verdict};
use crate::cases;
use crate::privacy::Privacy;
use crate::report::{CaseReport, HnsVersion, Host, Report, RunState};
use crate::session::{Halt, Session};
use crate::sink::{Nowhere, Sink};

/// What a run is given.
pub struct Options {
    /// What it runs on.
    pub host: Host,
    /// Ask the disruptive cases too.
    pub disruptive: bool,
    /// Ask only the cases whose ids are these or begin with one of these and a dot; empty for all.
    pub only: Vec<String>,
    /// What lies around the service.
    pub around: Surroundings,
    /// Names to leave out of the report.
    pub privacy: Privacy,
    /// Where the report goes, whole, before each call.
    pub sink: Box<dyn Sink>,
    /// Set, it stops the run after the call in flight; what was made is removed.
    pub stop: Arc<AtomicBool>,
}

impl Default for Options {
    /// Nothing disruptive, no container, no file.
    fn default() -> Self {
        Self {
            host: Host::default(),
            disruptive: false,
            only: Vec::new(),
            around: Surroundings::default(),
            privacy: Privacy::default(),
            sink: Box::new(Nowhere),
            stop: Arc::default(),
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options").field("disruptive", &self.disruptive).finish_non_exhaustive()
    }
}

/// A run that ended.
#[derive(Clone, Debug)]
pub struct Done {
    /// The report.
    pub report: Report,
    /// Why the run stopped before its end: the report could not be written.
    pub unwritten: Option<String>,
}

/// Asks every case of `hcn`'s service, and leaves it as it was.
pub fn run(hcn: Hcn, options: Options) -> Done {
    let report = Report::new(options.host, options.disruptive);
    let session = Session::new(hcn, report, options.sink, options.stop, options.privacy);
    let bench = Bench::new(session, options.around);
    let mut silent = None;
    for case in cases::all().filter(|case| is_wanted(case, &options.only)) {
        if bench.session.halted().is_some() {
            break;
        }
        let asked = cases::is_asked(case, options.disruptive);
        let verdict = match silent.map_or(asked, Err) {
            Err(reason) => skip(&bench, case, reason),
            Ok(()) => ask(&bench, case),
        };
        if case.id == cases::FIRST && verdict == Verdict::Failure {
            silent = Some("the service does not answer");
        }
    }
    finish(&bench)
}

fn is_wanted(case: &Case, only: &[String]) -> bool {
    let begins = |wanted: &String| {
        case.id.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    only.is_empty() || only.iter().any(begins)
}

fn skip(bench: &Bench, case: &Case, reason: &str) -> Verdict {
    bench.session.begin(blank(bench, case));
    conclude(bench, Verdict::Skipped, None, Some(reason.to_owned()))
}

/// Asks one case and removes what it made.
fn ask(bench: &Bench, case: &Case) -> Verdict {
    let start = Instant::now();
    bench.session.begin(blank(bench, case));
    bench.on_foreign_network.set(false);
    let outcome = asked(bench, case);
    // The network that is made by the first case that needs one stays for the others.
    bench.session.clean(bench.own_network());
    let (verdict, seen, reason) = judged(bench, case, outcome);
    bench.session.took(start.elapsed());
    conclude(bench, verdict, seen, reason)
}

/// A panic would be our own mistake: what was made has to be removed all the same.
fn asked(bench: &Bench, case: &Case) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| (case.run)(bench)))
        .unwrap_or_else(|_| Err(Stop::Broken("hcn-verify itself failed in this case".to_owned())))
}

fn judged(bench: &Bench, case: &Case, outcome: Outcome) -> (Verdict, Option<Seen>, Option<String>) {
    match (bench.session.halted(), outcome) {
        (Some(Halt::Interrupted), _) => (Verdict::Skipped, None, Some("interrupted".to_owned())),
        (Some(Halt::Unwritten(why)), _) => (Verdict::Skipped, None, Some(why)),
        (None, Err(Stop::Skip(reason))) => (Verdict::Skipped, None, Some(reason)),
        (None, Err(Stop::Broken(reason))) => (on_this_network(bench, Verdict::Failure), None, Some(reason)),
        (None, Ok(seen)) => {
            let verdict = on_this_network(bench, case.expects.judge(&seen, bench.version.get()));
            (verdict, Some(seen), None)
        }
    }
}

/// What another's network refuses says more about that network than about the service.
fn on_this_network(bench: &Bench, verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Failure if bench.on_foreign_network.get() => Verdict::Finding,
        verdict => verdict,
    }
}

fn blank(bench: &Bench, case: &Case) -> CaseReport {
    let answers = case.expects.answers(bench.version.get());
    CaseReport {
        id: case.id,
        asks: case.asks,
        expects: answers.iter().map(ToString::to_string).collect(),
        weight: case.expects.weight.word(),
        seen: None,
        verdict: None,
        reason: None,
        milliseconds: 0,
        calls: Vec::new(),
    }
}

fn conclude(bench: &Bench, verdict: Verdict, seen: Option<Seen>, reason: Option<String>) -> Verdict {
    bench.session.conclude(verdict, seen.map(|seen| seen.to_string()), reason);
    bench.session.write();
    verdict
}

/// Tries once more to remove what is left, and judges that.
fn finish(bench: &Bench) -> Done {
    let halted = bench.session.halted();
    let case = &cases::LAST;
    let start = Instant::now();
    bench.session.begin(blank(bench, case));
    bench.session.clean(None);
    if bench.session.report(|report| report.leftovers().next().is_some()) {
        bench.session.clean(None);
    }
    let seen = cases::removed(bench);
    let verdict = case.expects.judge(&seen, bench.version.get());
    bench.session.took(start.elapsed());
    bench.session.report(|report| {
        report.state = if halted.is_some() { RunState::Interrupted } else { RunState::Finished };
        report.finished = Some(crate::clock::now());
        report.host.hns_version = bench.version.get();
        report.host.features = bench.version.get().map(HnsVersion::features).unwrap_or_default();
    });
    conclude(bench, verdict, Some(seen), None);
    let unwritten = match bench.session.halted() {
        Some(Halt::Unwritten(why)) => Some(why),
        Some(Halt::Interrupted) | None => None,
    };
    Done { report: bench.session.report(|report| report.clone()), unwritten }
}
