//! The report: what was asked, what was seen, and everything that was made. docs/verify.md describes it.
//!
//! Documents, answers and records stand in it as texts, byte for byte as they crossed the ABI.

use hcn::{Code, Guid, Kind};
use serde::{Deserialize, Serialize};

use crate::Verdict;

/// The number of the report's own schema.
pub const SCHEMA: u32 = 1;

/// One run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: u32,
    /// `hcn-verify`.
    pub program: &'static str,
    /// Its version, which is hcn's.
    pub version: &'static str,
    /// When the run began, in UTC.
    pub started: String,
    /// When it ended.
    pub finished: Option<String>,
    /// How far it came.
    pub state: RunState,
    /// Was `--disruptive` given?
    pub disruptive: bool,
    /// What it ran on.
    pub host: Host,
    /// The verdicts, counted.
    pub summary: Summary,
    /// Every object whose creation was tried, by the id chosen before.
    pub made: Vec<Made>,
    /// The cases, in the order in which they ran.
    #[serde(skip)]
    pub cases: Vec<CaseReport>,
    /// The cases that are over, rendered: they do not change any more.
    #[serde(skip)]
    finished_cases: Vec<String>,
}

impl Report {
    /// Of a run that begins.
    pub fn new(host: Host, disruptive: bool) -> Self {
        Self {
            schema: SCHEMA,
            program: "hcn-verify",
            version: env!("CARGO_PKG_VERSION"),
            started: crate::clock::now(),
            finished: None,
            state: RunState::Running,
            disruptive,
            host,
            summary: Summary::default(),
            made: Vec::new(),
            cases: Vec::new(),
            finished_cases: Vec::new(),
        }
    }

    /// The report as docs/verify.md describes it.
    pub fn to_json(&self) -> String {
        let head = json(self);
        let head = head.strip_suffix("\n}").unwrap_or(&head);
        let running = self.cases[self.finished_cases.len()..].iter().map(json);
        let cases: Vec<String> = self.finished_cases.iter().cloned().chain(running).collect();
        format!("{head},\n  \"cases\": [\n{}\n  ]\n}}\n", cases.join(",\n"))
    }

    /// The last case is over: it is rendered once for all.
    pub(crate) fn finish_case(&mut self) {
        let done = self.finished_cases.len();
        self.finished_cases.extend(self.cases[done..].iter().map(json));
    }

    /// What could not be removed.
    pub fn leftovers(&self) -> impl Iterator<Item = &Made> {
        self.made.iter().filter(|made| made.state != MadeState::Removed)
    }
}

/// Nothing in a report can fail to be rendered: it has neither maps nor numbers that JSON lacks.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("texts, whole numbers, lists and structs are JSON")
}

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// It runs, or was killed.
    Running,
    /// Every case was judged.
    Finished,
    /// It was stopped and cleaned up after itself.
    Interrupted,
}

/// What the suite ran on. No name of the host or of a user is in it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Host {
    /// `system` or `emulator`.
    pub service: String,
    /// What the operating system calls itself; its build on Windows.
    pub os: String,
    /// The processor architecture of this program.
    pub architecture: &'static str,
    /// The DLLs of the service; empty off Windows.
    pub files: Vec<SystemFile>,
    /// What `/globals/version` answered.
    pub hns_version: Option<HnsVersion>,
    /// The features that clients take a service of this version to have.
    pub features: Vec<&'static str>,
}

/// A file of System32.
#[derive(Clone, Debug, Serialize)]
pub struct SystemFile {
    /// Its name.
    pub name: String,
    /// Is it there?
    pub present: bool,
    /// Its file version, such as `10.0.17763.1`.
    pub version: Option<String>,
    /// The functions of computenetwork.dll and vmcompute.dll that hcn knows and this file exports.
    pub exports: Vec<String>,
    /// Those that it does not export.
    pub missing: Vec<String>,
}

/// The version of the Host Network Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct HnsVersion {
    /// 9 on Server 2019, 13 on Server 2022, 15 on Server 2025.
    pub major: u32,
    /// Counts up with updates.
    pub minor: u32,
}

impl HnsVersion {
    /// The names of the features that clients take a service of this version to have.
    pub(crate) fn features(self) -> Vec<&'static str> {
        let version = hcn::ServiceVersion { major: self.major, minor: self.minor };
        version.features().map(hcn::Feature::name).collect()
    }
}

impl std::fmt::Display for HnsVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// How many cases had which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// [`Verdict::AsExpected`]
    pub as_expected: usize,
    /// [`Verdict::Finding`]
    pub finding: usize,
    /// [`Verdict::Failure`]
    pub failure: usize,
    /// [`Verdict::Skipped`]
    pub skipped: usize,
}

impl Summary {
    /// One more.
    pub(crate) fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::AsExpected => self.as_expected += 1,
            Verdict::Finding => self.finding += 1,
            Verdict::Failure => self.failure += 1,
            Verdict::Skipped => self.skipped += 1,
        }
    }
}

/// The kinds of object that the suite makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeKind {
    /// A network.
    Network,
    /// An endpoint.
    Endpoint,
    /// A namespace.
    Namespace,
}

impl MadeKind {
    /// In the order in which they have to be removed.
    pub const ALL: [Self; 3] = [Self::Endpoint, Self::Namespace, Self::Network];

    /// Of the suite's own kinds, if it is one.
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Network => Some(Self::Network),
            Kind::Endpoint => Some(Self::Endpoint),
            Kind::Namespace => Some(Self::Namespace),
            Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => None,
        }
    }
}

impl From<MadeKind> for Kind {
    fn from(kind: MadeKind) -> Self {
        match kind {
            MadeKind::Network => Self::Network,
            MadeKind::Endpoint => Self::Endpoint,
            MadeKind::Namespace => Self::Namespace,
        }
    }
}

/// An object whose creation was tried. It stands here before the call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Made {
    /// What it is.
    pub kind: MadeKind,
    /// The id that was chosen for it.
    pub id: Guid,
    /// What has become of it.
    pub state: MadeState,
    /// Containers that were put into a namespace: they stand in the way of its deletion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub containers: Vec<String>,
}

/// What has become of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MadeState {
    /// The id was chosen; the creation has not been answered, or was refused.
    Chosen,
    /// It was made.
    Made,
    /// It is gone.
    Removed,
}

/// One case as it went.
#[derive(Clone, Debug, Serialize)]
pub struct CaseReport {
    /// Its stable id.
    pub id: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// The outcomes that are expected; empty for an open question.
    pub expects: Vec<String>,
    /// How much hangs on it: `depends`, `inferred`, `open`.
    pub weight: &'static str,
    /// What was seen.
    pub seen: Option<String>,
    /// The verdict, once there is one.
    pub verdict: Option<Verdict>,
    /// Why it was skipped, or what went wrong.
    pub reason: Option<String>,
    /// How long it took, cleaning up included.
    pub milliseconds: u64,
    /// The calls in order.
    pub calls: Vec<Call>,
}

/// One call of the service.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Call {
    /// The function of the ABI.
    pub function: String,
    /// The id argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Guid>,
    /// The handle argument: a number of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<u64>,
    /// The query or the settings; absent for NULL and for functions without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HRESULT; absent when the call did not return.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The HRESULT's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_name: Option<&'static str>,
    /// The text that came back, or what stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The handle that came back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// The record of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub microseconds: Option<u64>,
}

impl Call {
    /// Notes how it ended.
    pub(crate) fn ended(&mut self, code: Code, record: Option<&str>) {
        self.code = Some(code.to_string());
        self.code_name = code.name();
        self.record = record.map(str::to_owned);
    }
}
