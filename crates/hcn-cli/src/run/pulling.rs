//! The journal of a run that pulls or unpacks: it begins before the pull, with a plan that knows the lease alone, so that
//! whoever kills the run leaves nothing that is not written down. Once the image is there, the whole plan takes that
//! one's place; it begins with the very same step, so that what was noted of it stays true.

use std::path::Path;

use hcn_containerd::Client;

use super::execute::{close, unwritable};
use super::folder::RunFolder;
use super::host::Machine;
use super::options::RunOptions;
use super::plan::{Plan, Step, id_of_run, own_name};
use super::progress::Stages;
use super::report::Report;
use super::undo::{self, Begun, Made};
use crate::settings::Settings;
use crate::{Failure, sys};

/// A lease that is held, and the journal that says so.
#[derive(Debug)]
#[must_use]
pub(super) struct Pulling {
    client: Client,
    plan: Plan,
    folder: RunFolder,
}

impl Pulling {
    /// Begins the journal of the run of this name, and makes its lease.
    ///
    /// # Errors
    /// One of the two cannot be made; then nothing is left, or it says what.
    pub(super) async fn begin(
        client: &Client,
        settings: &Settings,
        options: &RunOptions,
        run: &str,
    ) -> Result<Self, Failure> {
        let plan = plan(settings, options, run)?;
        let folder =
            RunFolder::create(&settings.state, &plan).map_err(|why| unwritable(&settings.state, &why))?;
        let machine = Machine::new(client.clone(), &folder);
        let Made { begun, failures } = undo::make(&machine, &plan).await;
        if failures.is_empty() {
            return Ok(Self { client: client.clone(), plan, folder });
        }
        machine.give_up_an_absent_daemon().await;
        let left = undo::undo(&machine, &plan, begun).await;
        Err(Failure::all(failures.into_iter().chain(close(folder, left))))
    }

    /// The lease's id.
    pub(super) fn lease(&self) -> String {
        own_name(&self.plan.run)
    }

    /// The whole plan takes the first one's place; what was pulled is its to hold, and to give back.
    ///
    /// # Errors
    /// Whatever the file system says; see [`RunFolder::replan`]. What was made is what the first plan knows.
    pub(super) fn replan(&self, plan: &Plan) -> std::io::Result<()> {
        self.folder.replan(plan)
    }

    /// Where the journal is.
    pub(super) fn place(&self) -> &Path {
        self.folder.path()
    }

    /// The journal.
    pub(super) fn into_folder(self) -> RunFolder {
        self.folder
    }

    /// Gives the lease back, with all that it alone held. Says so in the report, and answers
    /// why something is left.
    pub(super) async fn end(self, report: &Report) -> Vec<Failure> {
        let Self { client, plan, folder } = self;
        let all = Begun::as_noted(&plan, &Stages::unknown(plan.steps().count()));
        let machine = Machine::new(client, &folder);
        // Nobody is heard here who could end a wait for it.
        machine.give_up_an_absent_daemon().await;
        let left = undo::undo(&machine, &plan, all).await;
        machine.report(report);
        close(folder, left)
    }
}

fn plan(settings: &Settings, options: &RunOptions, run: &str) -> Result<Plan, Failure> {
    let boot = sys::boot_id().map_err(|error| Failure::run(format!("cannot tell this boot: {error}")))?;
    Ok(Plan {
        version: Plan::VERSION,
        run: run.to_owned(),
        boot,
        address: settings.address.clone(),
        containerd_namespace: settings.containerd_namespace.to_string(),
        container: options.container.clone().unwrap_or_else(|| id_of_run(run)),
        network_namespace: None,
        detached: options.detach,
        log: None,
        first: vec![Step::Lease { id: own_name(run), pulled: true }],
        lanes: [Vec::new(), Vec::new()],
        then: Vec::new(),
    })
}
