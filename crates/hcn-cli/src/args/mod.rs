//! The command line as clap knows it. What the program works with are [`crate::settings`] and
//! [`crate::run::options`]; nothing behind them sees a type of clap's.

mod difference;
mod flag;
mod page;
mod places;
mod refused;
mod rewrite;
mod run;
mod table;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

pub use difference::DIFFERENCES;
pub use flag::{Answer, Flag, Value};
pub use page::page;
pub use places::Places;
pub use refused::{answers, ignored, refused};
pub use run::{Format, Net, PullPolicy, RunArgs};
pub use table::TABLE;

use crate::command::endpoint::EndpointArgs;
use crate::command::gc::GcArgs;
use crate::command::namespace::NamespaceArgs;
use crate::command::network::NetworkArgs;
use crate::command::{cni, spec};
use crate::duration::parse_duration;
use crate::exit::Exit;

/// Windows container networking for plain containerd
#[derive(Debug, clap::Parser)]
#[command(name = "hcn", version, arg_required_else_help = true, subcommand_required = true)]
#[command(disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// [`Cli`] as far as a line of `run` needs it. Its matches are read as [`Cli`]'s.
#[derive(clap::Parser)]
#[command(name = "hcn", version, arg_required_else_help = true, subcommand_required = true)]
#[command(disable_help_subcommand = true, max_term_width = 100)]
struct RunAlone {
    #[command(flatten)]
    _global: Global,
    #[command(subcommand)]
    _command: OnlyRun,
}

#[derive(clap::Subcommand)]
enum OnlyRun {
    /// Run a container in a network namespace of its own and remove everything afterwards
    Run(Box<RunArgs>),
}

/// A command.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Run a container in a network namespace of its own and remove everything afterwards
    Run(Box<RunArgs>),
    /// Namespaces: the network compartments of containers
    #[command(visible_aliases = ["ns", "namespaces"])]
    Namespace(NamespaceArgs),
    /// Networks: switches with subnets
    #[command(visible_aliases = ["net", "networks"])]
    Network(NetworkArgs),
    /// Endpoints: the NICs of containers
    #[command(visible_aliases = ["ep", "endpoints"])]
    Endpoint(EndpointArgs),
    /// Make or change a config.json, and tell everything that is wrong with it
    Spec(Box<spec::SpecArgs>),
    /// Show and remove attachments that libcni's cache knows, whoever made them
    Cni(cni::CniArgs),
    /// Say why networking does not work on this host, and what to do
    Doctor(crate::command::doctor::DoctorArgs),
    /// List the runs that there are
    Ps(crate::command::ps::PsArgs),
    /// Stop containers and remove everything of their runs
    Stop(crate::command::stop::StopArgs),
    /// Remove runs, with --force also of containers that run
    Rm(crate::command::rm::RmArgs),
    /// Print the output of a container that was kept in a file
    Logs(crate::command::logs::LogsArgs),
    /// Remove what killed runs left
    Gc(GcArgs),
    /// Keep the detached run of this command line: what `hcn run --detach` starts.
    #[command(hide = true)]
    Keep(KeepArgs),
    /// Look at a path: what `hcn doctor` starts.
    #[command(hide = true)]
    Look(crate::command::look::LookArgs),
}

/// What is to be kept.
#[derive(Debug, Clone, clap::Args)]
pub struct KeepArgs {
    /// The words of the command line behind the program's name.
    #[arg(last = true, value_name = "WORD")]
    pub words: Vec<OsString>,
}

/// The flags that are taken before and after the command.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// containerd's socket or pipe [env: CONTAINERD_ADDRESS]
    #[arg(short, long, global = true, value_name = "ADDRESS")]
    pub address: Option<String>,
    /// The containerd namespace, ctr's --namespace [env: CONTAINERD_NAMESPACE] [default: default]
    #[arg(short = 'n', long, global = true, value_name = "NAME")]
    pub containerd_namespace: Option<String>,
    /// Refused, for it has two meanings here.
    #[arg(long, global = true, hide = true, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Time limit of the whole command, such as 90s or 1m30s; 0 is none
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Time limit of connecting to containerd [default: 10s]
    #[arg(long, global = true, value_name = "DURATION", value_parser = parse_duration)]
    pub connect_timeout: Option<Duration>,
    /// Where runs keep their journals [env: HCN_STATE]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
    /// The host network service: system, emulator or emulator:PATH [env: HCN_HNS]
    #[arg(long, global = true, value_name = "SERVICE")]
    pub hns: Option<String>,
    /// Log on standard error what is done; HCN_LOG chooses more closely
    #[arg(long, visible_alias = "debug", global = true)]
    pub verbose: bool,
}

/// The command line could not be turned into a command.
#[derive(Debug)]
#[must_use]
pub enum Stop {
    /// clap's answer: help, the version, or an error; and whether it concerns `run`.
    Usage(clap::Error, bool),
    /// A flag that is known and refused.
    Refused(crate::Failure),
}

/// The whole command line; the flags of `run` are those of [`TABLE`], the refused ones included.
pub fn command() -> clap::Command {
    last_counts(Cli::command())
}

/// The same with `run` alone: a line that says so pays for no other command.
fn run_alone() -> clap::Command {
    last_counts(RunAlone::command())
}

/// Of a global flag that is given twice the last one counts, as with Go.
fn last_counts(command: clap::Command) -> clap::Command {
    command.mut_args(|arg| {
        let itself = arg.get_id().clone();
        arg.overrides_with(itself)
    })
}

/// Understand a command line, the program's name first.
///
/// # Errors
/// [`Stop`]: there is something to print and an exit code instead.
pub fn parse(line: impl IntoIterator<Item = OsString>) -> Result<Cli, Stop> {
    let line: Vec<_> = line.into_iter().collect();
    let mut command = if line.get(1).is_some_and(|word| word == "run") { run_alone() } else { command() };
    command.build();
    let line = rewrite::rewrite(&command, line);
    let of_run = line.command.as_deref() == Some("run");
    let usage = |error| Stop::Usage(error, of_run);
    let matches = command.try_get_matches_from_mut(line.words).map_err(usage)?;
    refuse(&matches).map_err(Stop::Refused)?;
    Cli::from_arg_matches(&matches).map_err(usage)
}

/// Refuse what has two meanings.
fn refuse(matches: &ArgMatches) -> Result<(), crate::Failure> {
    match matches.subcommand() {
        Some(("run", run)) => refused::check(run, Exit::Run),
        Some((_, command)) => refused::check(command, Exit::Usage),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
