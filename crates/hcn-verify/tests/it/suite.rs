//! The suite on the emulator in memory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use hcn::{Api, Hcn};
use hcn_verify::{MadeState, Options, Report, RunState, Sink, Verdict, run};

use crate::store::{dump, empty, in_use, with_verdict};

fn judged(store: &Arc<dyn Api>, disruptive: bool) -> Report {
    run(Hcn::from_arc(Arc::clone(store)), Options { disruptive, ..Options::default() }).report
}

#[test]
fn the_emulator_does_what_is_expected_and_is_left_empty() {
    let store = empty();
    let report = judged(&store, true);
    assert_eq!(with_verdict(&report, Verdict::Failure), [""; 0]);
    assert_eq!(with_verdict(&report, Verdict::Finding), [""; 0]);
    assert_eq!((dump(&*store), report.leftovers().count()), (Vec::new(), 0));
    assert_eq!(report.state, RunState::Finished);
}

#[test]
fn what_is_skipped_on_the_emulator_is_what_only_a_host_can_answer() {
    let skipped = with_verdict(&judged(&empty(), true), Verdict::Skipped);
    let ids: Vec<&str> = skipped.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(
        ids,
        [
            "dll.exports",
            "container.run",
            "disruptive.service-restart",
            "disruptive.reboot",
            "disruptive.not-elevated",
            "disruptive.pool-exhausted"
        ]
    );
}

#[test]
fn where_the_host_has_a_nat_network_none_is_made_and_its_objects_stay_as_they_are() {
    let store = in_use();
    let before = dump(&*store);
    let report = judged(&store, false);
    assert_eq!(with_verdict(&report, Verdict::Failure), [""; 0]);
    assert_eq!(with_verdict(&report, Verdict::Finding), [""; 0]);
    assert_eq!(dump(&*store), before);
    let calls = report.cases.iter().flat_map(|case| &case.calls);
    let creates = calls.filter(|call| call.function == "HcnCreateNetwork");
    let types: Vec<_> = creates.filter_map(|call| call.text.clone()).collect();
    assert!(types.iter().all(|text| !text.contains("NAT")), "{types:?}");
}

#[test]
fn documents_of_others_do_not_go_into_the_report() {
    let store = in_use();
    let report = judged(&store, false).to_json();
    assert!(report.contains("(about objects of others: left out)"));
    assert!(!report.contains(r#"\"Name\":\"NAT\""#));
}

#[test]
fn every_case_has_an_id_of_its_own_and_a_question() {
    let cases: Vec<_> = hcn_verify::cases().collect();
    let ids: BTreeSet<&str> = cases.iter().map(|case| case.id).collect();
    assert_eq!(ids.len(), cases.len());
    for case in cases {
        assert!(case.asks.contains('?') && case.asks.len() < 140, "{}", case.id);
        assert!(case.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c)));
    }
}

/// Keeps every state of the report.
#[derive(Clone, Default)]
struct States(Arc<Mutex<Vec<String>>>);

impl Sink for States {
    fn write(&self, text: &dyn Fn() -> String) -> std::io::Result<()> {
        self.0.lock().unwrap().push(text());
        Ok(())
    }
}

#[test]
fn an_id_is_in_the_report_before_the_service_has_it() {
    /// Refuses to be asked for a namespace whose id is not in the last report.
    struct Watching(Arc<dyn Api>, States);
    impl crate::faults::Around for Watching {
        fn api(&self) -> &dyn Api {
            &*self.0
        }
        fn before(&self, line: &str) {
            if let Some(id) = line.strip_prefix("create ") {
                let states = self.1.0.lock().unwrap();
                let last: serde_json::Value = serde_json::from_str(states.last().unwrap()).unwrap();
                let known = last["made"].as_array().unwrap().iter().any(|made| made["id"] == id);
                assert!(known || id == hcn::Guid::ZERO.to_string(), "{id}");
            }
        }
    }
    let states = States::default();
    let api = crate::faults::Wrapped(Watching(empty(), states.clone()));
    let done = run(Hcn::new(api), Options { sink: Box::new(states), ..Options::default() });
    assert_eq!(with_verdict(&done.report, Verdict::Failure), [""; 0]);
}

#[test]
fn a_report_that_cannot_be_written_ends_the_run_before_anything_is_made() {
    struct Full;
    impl Sink for Full {
        fn write(&self, _: &dyn Fn() -> String) -> std::io::Result<()> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
    }
    let store = empty();
    let done = run(Hcn::from_arc(Arc::clone(&store)), Options { sink: Box::new(Full), ..Options::default() });
    assert_eq!(done.unwritten.as_deref(), Some("no storage space"));
    assert_eq!((dump(&*store), done.report.made.len()), (Vec::new(), 0));
}

#[test]
fn an_interrupted_run_removes_what_it_made_and_says_so() {
    /// Interrupts when the first endpoint is made.
    struct Interrupting(Arc<dyn Api>, Arc<AtomicBool>);
    impl crate::faults::Around for Interrupting {
        fn api(&self) -> &dyn Api {
            &*self.0
        }
        fn before(&self, line: &str) {
            if line.starts_with("modify") {
                self.1.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }
    let (store, stop) = (empty(), Arc::new(AtomicBool::new(false)));
    let api = crate::faults::Wrapped(Interrupting(Arc::clone(&store), Arc::clone(&stop)));
    let report = run(Hcn::new(api), Options { stop, ..Options::default() }).report;
    assert_eq!((report.state, dump(&*store)), (RunState::Interrupted, Vec::new()));
    assert!(report.made.iter().all(|made| made.state == MadeState::Removed));
    assert_eq!(
        with_verdict(&report, Verdict::Skipped).last().unwrap(),
        "handle.modify-after-delete: interrupted"
    );
}

/// A service with a mistake: calls whose line begins so and contains this are refused.
struct Mistaken(Arc<dyn Api>, &'static str, &'static str);

impl crate::faults::Around for Mistaken {
    fn api(&self) -> &dyn Api {
        &*self.0
    }
    fn before(&self, _: &str) {}
    fn fault(&self, line: &str) -> Option<(crate::faults::When, hcn::Failure)> {
        let is = line.starts_with(self.1) && line.contains(self.2);
        is.then_some((crate::faults::When::Before, hcn::Code::UNSPECIFIED.into()))
    }
}

fn judged_with_a_mistake(start: &'static str, holds: &'static str) -> Report {
    run(Hcn::new(crate::faults::Wrapped(Mistaken(empty(), start, holds))), Options::default()).report
}

#[test]
fn a_service_that_refuses_what_hcn_depends_on_fails() {
    let report = judged_with_a_mistake("modify", "\"Remove\"");
    let failures = with_verdict(&report, Verdict::Failure);
    assert_eq!(failures[0], "membership.remove: 0x80004005 E_FAIL");
    assert!(failures.iter().any(|line| line.starts_with("story.attachment: ")), "{failures:?}");
    assert_eq!(report.leftovers().count(), 0);
}

#[test]
fn a_service_that_differs_from_what_was_inferred_is_a_finding() {
    let report = judged_with_a_mistake("open", "00000000-0000-0000-0000-000000000000");
    assert_eq!(with_verdict(&report, Verdict::Finding), ["namespace.open.zero: 0x80004005 E_FAIL"]);
    assert_eq!(with_verdict(&report, Verdict::Failure), [""; 0]);
}

#[test]
fn a_service_that_deletes_nothing_fails_and_the_report_names_what_is_left() {
    let report = judged_with_a_mistake("delete", "");
    let last = report.cases.last().unwrap();
    assert_eq!((last.id, last.verdict), ("suite.removed", Some(Verdict::Failure)));
    assert!(report.leftovers().count() > 50);
    assert!(report.leftovers().all(|made| report.to_json().contains(&made.id.to_string())));
}
