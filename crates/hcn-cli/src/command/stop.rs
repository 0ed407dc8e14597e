//! `hcn stop`: containers are asked to end, then killed, and everything of their runs is gone when it answers. What a
//! keeper left that was killed goes too.

use std::time::Duration;

use super::ps::{namespace, settings};
use crate::args::Global;
use crate::duration::parse_duration;
use crate::env::Environment;
use crate::exit::Exit;
use crate::run::ending::{connect, end};
use crate::run::gc::reclaim_one;
use crate::run::known::{Known, Standing, Wanted, find};
use crate::settings::Settings;
use crate::{Failure, output};

/// A container gets the stop signal that its image names, else TERM; on Windows it hears that the system shuts down. Its id is printed once all is unmade.
#[derive(Debug, Clone, clap::Args)]
pub struct StopArgs {
    /// How long it may take until it is killed: seconds, or such as 1m30s
    #[arg(short = 't', long = "time", value_name = "DURATION", default_value = "10", value_parser = grace)]
    pub grace: Duration,
    /// Containers' ids, or the fronts of them
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

/// A bare number is seconds, as with other tools' `stop`.
fn grace(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => parse_duration(text),
    }
}

/// Stops them.
///
/// # Errors
/// The journals cannot be read. What a single container fails at is told, and the others are stopped all the same.
pub async fn run(args: &StopArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    let settings = settings(global, environment)?;
    let namespace = namespace(global, environment);
    let mut runs = Vec::new();
    for name in &args.ids {
        runs.push(find(&settings.state, Wanted { name, namespace: namespace.as_deref() }));
    }
    Ok(end_all(runs, &settings, args.grace).await)
}

/// Ends runs, all at once; prints the ids of those of which nothing is left, and tells of the others. Answers the exit
/// code: that of the first failure.
pub(super) async fn end_all(runs: Vec<Result<Known, Failure>>, settings: &Settings, grace: Duration) -> u32 {
    let mut work = tokio::task::JoinSet::new();
    let mut code = Exit::Success.code();
    let mut failed = |failure: Failure| {
        output::error(&failure);
        if code == Exit::Success.code() {
            code = failure.exit.code();
        }
    };
    for run in runs {
        match remove_dead(run, settings).await {
            Ok(None) => {}
            Ok(Some(known)) => drop(work.spawn(end_one(known, settings.connect_timeout, grace))),
            Err(failure) => failed(failure),
        }
    }
    while let Some(ended) = work.join_next().await {
        let done = ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        match done.and_then(|id| output::data(format_args!("{id}\n")).map_err(unprinted)) {
            Ok(()) => {}
            Err(failure) => failed(failure),
        }
    }
    code
}

/// Nobody keeps a dead run: what it left, its container too, is removed here. The answer is one that lives.
async fn remove_dead(run: Result<Known, Failure>, settings: &Settings) -> Result<Option<Known>, Failure> {
    let known = run?;
    if known.standing()? != Standing::Left {
        return Ok(Some(known));
    }
    reclaim_one(settings, &known).await?;
    output::data(format_args!("{}\n", known.plan.container)).map_err(unprinted)?;
    Ok(None)
}

fn unprinted(why: std::io::Error) -> Failure {
    Failure::new(Exit::Failure, format!("cannot print the id: {why}"))
}

async fn end_one(known: Known, limit: Duration, grace: Duration) -> Result<String, Failure> {
    let client = connect(&known.plan, limit).await?;
    end(&known, &client, grace).await.map(|()| known.plan.container)
}
