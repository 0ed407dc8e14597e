//! The conformance suite: what hcn needs and expects of a Host Network Service, asked of one.
//!
//! A *case* asks one question over [`hcn::Api`], raw text in and raw text out, so that the emulator, its DLL under
//! Wine and a real Windows are judged alike. Every call stands in the [`Report`] with what it was given and what it
//! brought; every id that is chosen stands there before the call. What a case makes is removed when it ends.
//!
//! ```
//! use hcn::Hcn;
//! use hcn_verify::{Options, run};
//!
//! # #[cfg(not(windows))] {
//! let done = run(Hcn::new(hcn_emulator::Emulator::in_memory()), Options::default());
//! assert_eq!(done.report.summary.failure, 0);
//! assert_eq!(done.report.leftovers().count(), 0);
//! # }
//! ```
//!
//! | I want | use |
//! |---|---|
//! | to judge a service | [`run`] |
//! | to know beforehand what it asks | [`cases`], [`disruptive_cases`] |
//! | the report in a file | [`ReportFile`] |
//! | to remove what a killed run left | [`clean`] |
//! | what this host is | [`host`] |

#![forbid(unsafe_code)]

mod bench;
mod case;
mod cases;
mod clean;
mod clock;
mod container;
mod host;
mod network;
mod privacy;
mod report;
mod run;
mod session;
mod sink;

pub use bench::Surroundings;
pub use case::{Answer, Case, Expects, Seen, Verdict, Weight};
pub use cases::{all as cases, disruptive as disruptive_cases};
pub use clean::{Cleaned, NoReport, clean, note_cleaned, unfinished};
pub use container::Container;
pub use host::{host, windows_build};
pub use privacy::Privacy;
pub use report::{
    Call, CaseReport, HnsVersion, Host, Made, MadeKind, MadeState, Report, RunState, SCHEMA, Summary,
    SystemFile,
};
pub use run::{Done, Options, run};
pub use sink::{Nowhere, ReportFile, Sink};
