//! `hcn run`: from options to a plan, from the plan to an exit code.

mod absence;
mod acquire;
pub mod build;
mod dead;
mod draft;
pub(crate) mod ending;
mod event;
mod execute;
mod exit_code;
pub mod facts;
pub mod folder;
pub mod gc;
mod host;
pub mod keeper;
pub(crate) mod known;
pub(crate) mod layers;
mod life;
pub(crate) mod log;
pub mod look;
pub mod names;
mod nat;
pub mod options;
mod overheard;
pub mod plan;
pub mod planner;
mod presence;
mod progress;
mod pulling;
pub(crate) mod report;
mod show;
mod stdio;
mod stop_point;
mod stop_signal;
mod undo;
pub mod workload;

use std::fs::File;
use std::path::Path;

use hcn_containerd::Client;

use self::acquire::{Acquired, Unready, acquire};
use self::event::Limit;
use self::execute::{Conduct, Outcome, execute};
use self::facts::Facts;
use self::keeper::Front;
use self::options::{Io, RunOptions, Source, Wanted};
use self::planner::{Inputs, Planned};
use self::pulling::Pulling;
use self::report::Report;
use self::workload::{Config, Workload};
use crate::args::Format;
use crate::connect;
use crate::os::Os;
use crate::settings::Settings;
use crate::{Failure, output};

/// Run a container, or only say how, and answer its exit code. `front` is who started this process as a keeper.
///
/// # Errors
/// What hcn itself failed at; then nothing is left.
pub async fn run(settings: &Settings, options: &RunOptions, front: Option<Front>) -> Result<u32, Failure> {
    if options.dry_run.is_none() {
        gc::sweep(settings, options.notes).await;
    }
    // What others left takes none of this run's time.
    let limit = settings.timeout.and_then(Limit::from_now);
    let report = Report::begin(options.report.as_deref(), &settings.state);
    options.report.as_deref().map_or(Ok(()), report::check)?;
    let ended = reported(settings, options, (front, limit), &report).await;
    if options.dry_run.is_none() {
        let code = ended.as_ref().map_or_else(
            |why| {
                report.failed(why);
                why.exit.code()
            },
            |code| *code,
        );
        // The container's exit code stays what it is.
        report.write(code).unwrap_or_else(output::error);
    }
    ended
}

/// The same, with notes for the report.
async fn reported(
    settings: &Settings,
    options: &RunOptions,
    (front, limit): (Option<Front>, Option<Limit>),
    report: &Report,
) -> Result<u32, Failure> {
    let mut settings = settings.clone();
    let mut named = Named { name: facts::random_run(), front, limit };
    let ground = ground(&mut settings, options, (&mut named, report)).await;
    report.phase("acquire");
    let mut ground = match ground {
        Ok(ground) => ground,
        Err(Unready::Failed(why)) => return Err(why),
        Err(Unready::Stopped(stop, left)) => {
            tell([Failure::from(stop)].into_iter().chain(left), report);
            return Ok(stop.code());
        }
    };
    let mut pulling = ground.pulling.take();
    let ended = on(ground, &settings, options, (named, report, &mut pulling)).await;
    let left = match pulling {
        Some(pulling) => pulling.end(report).await,
        None => Vec::new(),
    };
    match ended {
        Err(why) => Err(Failure::all([why].into_iter().chain(left))),
        Ok(code) => {
            tell(left, report);
            Ok(code)
        }
    }
}

/// Say what failed, here and in the report.
fn tell(failures: impl IntoIterator<Item = Failure>, report: &Report) {
    for why in failures {
        output::error(&why);
        report.failed(&why);
    }
}

/// The name of a run, who waits for it and is not heard yet, and how long it may take.
struct Named {
    name: String,
    front: Option<Front>,
    limit: Option<Limit>,
}

/// Plans, and does what the plan says.
async fn on(
    ground: Ground,
    settings: &Settings,
    options: &RunOptions,
    (named, report, pulling): (Named, &Report, &mut Option<Pulling>),
) -> Result<u32, Failure> {
    let Ground { workload, client, events, .. } = ground;
    let Named { name, front, limit } = named;
    let _held = hold_namespace(&workload, options)?;
    if let (Some(client), true) = (&client, options.build.is_asked()) {
        build::check(client, settings, &options.build).await?;
    }
    // A snapshot takes the place of what a config.json names.
    if options.build.snapshot.is_none() {
        presence::check(&workload, Os::HOST)?;
    }
    let facts = Facts::gather(settings, options, &workload, name)?;
    let Planned { plan, notes } =
        planner::plan(Inputs { settings, options, workload, facts, pulled: pulling.is_some() })?;
    options.ignored.iter().chain(&notes).for_each(|note| options.notes.note(note));
    report.plan(&plan);
    report.phase("plan");
    match (options.dry_run, client) {
        (Some(format), _) => {
            options.dump.as_deref().map_or(Ok(()), |file| dump_planned(&plan, file))?;
            show(&plan, format)
        }
        (None, client) => {
            check_means(plan.makes_its_namespace(), plan.takes_our_terminal())?;
            let client = match client {
                Some(client) => client,
                None => Limit::keep(limit, connect(settings)).await?,
            };
            let state = &*settings.state;
            let (pid_file, dump) = (options.pid_file.as_deref(), options.dump.as_deref());
            let conduct = Conduct { state, limit, pid_file, dump, front, report, events, pulling };
            Ok(carry_out(&plan, client, conduct).await)
        }
    }
}

/// From before it is looked at what is in it: see [`presence::hold_namespace`].
fn hold_namespace(workload: &Workload, options: &RunOptions) -> Result<Option<File>, Failure> {
    match workload.named_namespace()? {
        Some(name) if options.dry_run.is_none() && !options.new_namespace => presence::hold_namespace(&name),
        _ => Ok(None),
    }
}

/// Do what the plan says, tell what failed, and answer the exit code.
async fn carry_out(plan: &plan::Plan, client: Client, conduct: Conduct<'_>) -> u32 {
    let report = conduct.report;
    let Outcome { code, failures } = execute(plan, client, conduct).await;
    tell(failures, report);
    code
}

/// What a plan stands on.
struct Ground {
    workload: Workload,
    /// The connection it was looked up through.
    client: Option<Client>,
    /// What holds an image that was pulled, until the plan does.
    pulling: Option<Pulling>,
    /// What is heard since the pull began.
    events: Option<event::Events>,
}

impl Ground {
    fn of(workload: Workload) -> Self {
        Self { workload, client: None, pulling: None, events: None }
    }
}

/// What no image would mend is told before one is pulled.
fn check_before_pull(options: &RunOptions, wanted: &Wanted) -> Result<(), Failure> {
    presence::check_mounts(&wanted.mounts)?;
    if options.dry_run.is_some() {
        return Ok(());
    }
    let joins = wanted.network_namespace().is_some() && !options.new_namespace;
    let shows = options.tty && !options.detach && matches!(options.io, Io::Passed { .. });
    check_means(!wanted.host_network && !joins, shows)
}

/// Has this process what a run needs that makes a namespace, or shows its container on our terminal?
fn check_means(makes_a_namespace: bool, takes_our_terminal: bool) -> Result<(), Failure> {
    if makes_a_namespace {
        presence::check_permission()?;
    }
    if takes_our_terminal {
        presence::check_terminal()?;
    }
    Ok(())
}

/// What runs; an image is pulled if need be.
async fn ground(
    settings: &mut Settings,
    options: &RunOptions,
    (named, report): (&mut Named, &Report),
) -> Result<Ground, Unready> {
    match &options.source {
        Source::Config(file, held) => {
            let ground = Ground::of(Workload::Config(Config::of(file, held.clone(), Os::HOST)?));
            if !options.build.is_asked() {
                return Ok(ground);
            }
            let client = Limit::keep(named.limit, connect(settings)).await?;
            Limit::keep(named.limit, choose_snapshotter(&client, settings)).await?;
            Ok(Ground { client: Some(client), ..ground })
        }
        Source::Rootfs(folder, wanted) => Ok(Ground::of(Workload::Rootfs(folder.clone(), wanted.clone()))),
        Source::Image(wanted) => {
            check_before_pull(options, wanted)?;
            let client = Limit::keep(named.limit, connect(settings)).await?;
            Limit::keep(named.limit, choose_snapshotter(&client, settings)).await?;
            let Acquired { image, pulling, events } =
                acquire(&client, settings, (options, wanted), (named, report)).await?;
            let workload = Workload::Image(Box::new(image), wanted.clone());
            Ok(Ground { workload, client: Some(client), pulling, events })
        }
    }
}

/// Where neither flag nor variable chose it, the containerd namespace may: ctr and others follow its label.
async fn choose_snapshotter(client: &Client, settings: &mut Settings) -> Result<(), Failure> {
    if settings.snapshotter_is_chosen {
        return Ok(());
    }
    let labels = match client.namespaces().get(settings.containerd_namespace.as_str()).await {
        Err(error) if error.kind() == hcn_containerd::ErrorKind::NotFound => return Ok(()),
        answer => answer.map_err(Failure::run)?.labels,
    };
    if let Some(named) = labels.get("containerd.io/defaults/snapshotter") {
        settings.snapshotter.clone_from(named);
    }
    Ok(())
}

async fn connect(settings: &Settings) -> Result<Client, Failure> {
    let Settings { address, containerd_namespace, connect_timeout, .. } = settings;
    let connected = connect::connect(address, containerd_namespace.clone(), *connect_timeout).await;
    connected.map_err(Failure::run)
}

/// The spec of a run that makes nothing: without a user that is looked up once the root file system is there.
fn dump_planned(plan: &plan::Plan, file: &Path) -> Result<(), Failure> {
    dump(plan.record().map_or("", |record| record.spec.get()), file)
}

/// Writes the finished spec where --dump-config says.
fn dump(spec: &str, file: &Path) -> Result<(), Failure> {
    std::fs::write(file, spec).map_err(|why| {
        Failure::run(format!("cannot write --dump-config `{}`: {why}; choose another path", file.display()))
    })
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
