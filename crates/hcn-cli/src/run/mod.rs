//! `hcn run`: from options to a plan, from the plan to an exit code.

pub mod facts;
pub mod folder;
pub mod options;
pub mod plan;
pub mod planner;
mod show;
#[allow(dead_code)]
pub(crate) mod undo;
pub mod workload;

use hcn_containerd::{Client, Limits, Options};

use self::facts::Facts;
use self::options::{RunOptions, Source};
use self::planner::{Inputs, Planned};
use self::workload::{Config, Workload};
use crate::args::Format;
use crate::os::Os;
use crate::settings::Settings;
use crate::{Failure, image, output};

/// Run a container, or only say how, and answer its exit code.
///
/// # Errors
/// What hcn itself failed at; then nothing is left.
pub async fn run(settings: &Settings, options: &RunOptions) -> Result<u32, Failure> {
    let workload = workload(settings, options).await?;
    let facts = Facts::gather(settings, &workload)?;
    let Planned { plan, notes } = planner::plan(Inputs { settings, options, workload, facts })?;
    notes.iter().for_each(|note| options.notes.note(note));
    match options.dry_run {
        Some(format) => show(&plan, format),
        None => Err(Failure::run("running is not there yet")),
    }
}

/// What runs. An image is looked up through containerd and never pulled.
async fn workload(settings: &Settings, options: &RunOptions) -> Result<Workload, Failure> {
    match &options.source {
        Source::Config(file) => Config::read(file, Os::HOST).map(Workload::Config),
        Source::Image(wanted) => {
            let client = connect(settings).await?;
            let image =
                image::resolve(&client, &wanted.image, settings, image::Host::this(wanted.isolated)).await?;
            Ok(Workload::Image(Box::new(image), wanted.clone()))
        }
    }
}

async fn connect(settings: &Settings) -> Result<Client, Failure> {
    let address = settings.address.parse().map_err(Failure::run)?;
    let limits = Limits { connect: settings.connect_timeout, ..Limits::default() };
    let options = Options { namespace: settings.containerd_namespace.clone(), limits };
    Client::connect(&address, &options).await.map_err(Failure::run)
}

fn show(plan: &plan::Plan, format: Format) -> Result<u32, Failure> {
    let text = match format {
        Format::Table => show::table(plan),
        Format::Json => {
            show::json(plan).map_err(|why| Failure::run(format!("cannot print the plan: {why}")))?
        }
    };
    output::data(text).map_err(|why| Failure::run(format!("cannot print the plan: {why}")))?;
    Ok(0)
}
