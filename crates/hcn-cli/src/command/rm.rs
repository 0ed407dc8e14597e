//! `hcn rm`: nothing of the runs is left when it answers. What ends by itself is removed by itself, so this is for what
//! runs, and has to be said so.

use std::time::Duration;

use super::ps::{namespace, settings};
use super::stop::end_all;
use crate::Failure;
use crate::args::Global;
use crate::env::Environment;
use crate::exit::Exit;
use crate::run::known::{Known, Standing, Wanted, find};

/// A run removes everything when its container ends; with --force it is ended.
#[derive(Debug, Clone, clap::Args)]
pub struct RmArgs {
    /// Kill containers that run
    #[arg(short, long)]
    pub force: bool,
    /// Containers' ids, or the fronts of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

/// Removes them.
///
/// # Errors
/// The journals cannot be read. What a single container fails at is told, and the others are removed all the same.
pub async fn run(args: &RmArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    let settings = settings(global, environment)?;
    let namespace = namespace(global, environment);
    let mut runs = Vec::new();
    for name in &args.ids {
        let found = find(&settings.state, Wanted { name, namespace: namespace.as_deref() });
        runs.push(found.and_then(|known| may_end(known, args.force)));
    }
    Ok(end_all(runs, &settings, Duration::ZERO).await)
}

fn may_end(known: Known, force: bool) -> Result<Known, Failure> {
    if force || known.standing()? != Standing::Lives {
        return Ok(known);
    }
    let id = &known.plan.container;
    let why = format!(
        "cannot remove container `{id}`: it runs; stop it with `hcn stop {id}`, which removes everything, or kill it \
         with --force"
    );
    Err(Failure::new(Exit::Failure, why))
}
