//! The report of a run, `--report FILE`: one JSON object, written whole at the end, also of a run that failed. What its
//! members mean is in docs/report.md.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use super::draft;
use super::plan::Plan;
use crate::Failure;

/// The version of the document.
const VERSION: u32 = 1;

/// What is known of a run so far.
#[derive(Debug)]
pub(crate) struct Report {
    /// Where it is to be, if anywhere.
    file: Option<PathBuf>,
    /// Where it is noted while it is written.
    state: PathBuf,
    began: Instant,
    phase: Cell<Instant>,
    document: RefCell<Document>,
}

/// One step that was unmade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Cleaned {
    pub(crate) what: String,
    pub(crate) name: String,
    /// Is it gone?
    pub(crate) gone: bool,
}

#[derive(Debug, Default, Serialize)]
struct Document {
    version: u32,
    exit_code: u32,
    errors: Vec<String>,
    run: Option<String>,
    container: Option<String>,
    containerd_namespace: Option<String>,
    image: Option<String>,
    network_namespace: Option<String>,
    addresses: Vec<String>,
    snapshot: Option<String>,
    committed: Option<String>,
    seconds: BTreeMap<&'static str, f64>,
    cleaned_up: Vec<Cleaned>,
}

impl Report {
    /// Of a run that begins now, for this file.
    pub(super) fn begin(file: Option<&Path>, state: &Path) -> Self {
        let now = Instant::now();
        let document = Document { version: VERSION, ..Document::default() };
        let (file, state) = (file.map(Path::to_owned), state.to_owned());
        Self { file, state, began: now, phase: Cell::new(now), document: RefCell::new(document) }
    }

    /// Ends a phase.
    pub(super) fn phase(&self, name: &'static str) {
        let now = Instant::now();
        let length = now - self.phase.replace(now);
        self.document.borrow_mut().seconds.insert(name, length.as_secs_f64());
    }

    /// What the run makes.
    pub(super) fn plan(&self, plan: &Plan) {
        let mut document = self.document.borrow_mut();
        document.run = Some(plan.run.clone());
        document.container = Some(plan.container.clone());
        document.containerd_namespace = Some(plan.containerd_namespace.clone());
        document.network_namespace.clone_from(&plan.network_namespace);
        let record = plan.record();
        document.image = record.and_then(|record| record.image.clone());
        document.snapshot = record.and_then(|record| Some(record.snapshot.as_ref()?.key.clone()));
    }

    /// What the run got and gave back.
    pub(super) fn ended(&self, addresses: Vec<String>, committed: Option<String>, cleaned_up: Vec<Cleaned>) {
        let mut document = self.document.borrow_mut();
        document.addresses = addresses;
        document.committed = committed;
        document.cleaned_up = cleaned_up;
    }

    /// What failed.
    pub(super) fn failed(&self, why: &Failure) {
        self.document.borrow_mut().errors.push(why.error.clone());
    }

    /// Writes it, if there is to be one. It may be written again.
    pub(super) fn write(&self, exit_code: u32) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut document = self.document.borrow_mut();
        document.exit_code = exit_code;
        document.seconds.insert("all", self.began.elapsed().as_secs_f64());
        let failed = |why: &dyn std::fmt::Display| {
            Failure::run(format!("cannot write the report `{}`: {why}; choose another file", file.display()))
        };
        let mut text = serde_json::to_vec_pretty(&*document).map_err(|why| failed(&why))?;
        text.push(b'\n');
        draft::put(&self.state, file, &text).map_err(|why| failed(&why))
    }
}

/// Can there be a file? Asked before anything is made.
pub(super) fn check(file: &Path) -> Result<(), Failure> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder.is_none_or(Path::is_dir) && !file.is_dir() {
        true => Ok(()),
        false => Err(Failure::run(format!(
            "cannot write the report `{}`: its folder is not there, or it is a folder itself; choose another file",
            file.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_report_of_a_run_without_a_plan_says_why() {
        let (state, scratch) = (hcn_test::Scratch::new(), hcn_test::Scratch::new());
        let report = Report::begin(Some(&scratch.join("report.json")), state.path());
        report.phase("acquire");
        report.failed(&Failure::run("no"));
        report.write(125).unwrap();
        report.write(125).unwrap();
        let text = std::fs::read_to_string(scratch.join("report.json")).unwrap();
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (&read["version"], &read["exit_code"], &read["errors"][0]),
            (&1.into(), &125.into(), &"no".into())
        );
        assert!(read["seconds"]["all"].as_f64() >= read["seconds"]["acquire"].as_f64());
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 1, "and nothing else");
    }

    #[test]
    fn reports_are_in_nobody_s_way() {
        let (state, scratch) = (hcn_test::Scratch::new(), hcn_test::Scratch::new());
        let stale = scratch.file("report.new", "somebody's");
        for name in ["report.json", "report.txt", "x.new", "x.new"] {
            Report::begin(Some(&scratch.join(name)), state.path()).write(0).unwrap();
        }
        assert_eq!(fs::read_to_string(stale).unwrap(), "somebody's");
        let folder = scratch.folder("folder");
        assert!(Report::begin(Some(&folder), state.path()).write(0).is_err());
        assert!(Report::begin(None, state.path()).write(0).is_ok());
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 5, "and nothing else");
    }

    #[test]
    fn a_place_that_cannot_be_is_refused_early() {
        assert!(check(Path::new("report.json")).is_ok());
        assert!(check(Path::new("/nosuch/report.json")).is_err());
        assert!(check(&std::env::temp_dir()).is_err());
    }
}
