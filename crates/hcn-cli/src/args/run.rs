//! The flags of `hcn run`.

use std::path::PathBuf;

use super::Places;

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people, a line a step.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// What gives a container its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Net {
    /// The plugins of a CNI configuration.
    Cni,
    /// An endpoint on a NAT network, made directly through HCN (Windows).
    Nat,
}

/// When an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum PullPolicy {
    /// When it is not there.
    #[default]
    Missing,
    /// At every run.
    Always,
    /// Not at all.
    Never,
}

/// The container's own exit code is returned; 125 says that hcn itself failed, 126 that the command cannot be
/// invoked, 127 that there is no such command.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    override_usage = "hcn run [OPTIONS] IMAGE ID [COMMAND [ARGUMENT]...]\n       hcn run [OPTIONS] --config CONFIG.JSON [ID]",
    after_help = "Flags may be written with one dash, as Go's programs take them. They end at IMAGE, or at ID with \
                  --config.\nThe container's exit code is returned; 125: hcn itself failed; 126: the command cannot \
                  be invoked; 127: no such command."
)]
pub struct RunArgs {
    /// Run this runtime spec as it is, with a network; no image is needed
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Pass standard input to the container
    #[arg(short, long)]
    pub interactive: bool,
    /// Give the container a terminal: this one, its input included
    #[arg(short, long)]
    pub tty: bool,
    /// Run in the background: print the id once the container runs; a process of hcn's keeps its network
    /// and removes everything when it ends
    #[arg(short, long)]
    pub detach: bool,
    /// Write the process id of the command to this file once it runs
    #[arg(long, value_name = "FILE")]
    pub pid_file: Option<PathBuf>,
    /// Where the output goes instead: file:///PATH, or binary:///PROGRAM, which containerd's shim starts
    #[arg(long, value_name = "URI")]
    pub log_uri: Option<String>,
    /// Give the container no standard streams
    #[arg(long)]
    pub null_io: bool,
    /// Where the FIFOs of the standard streams are made (Linux) [default: in the run's own folder]
    #[arg(long, value_name = "FOLDER")]
    pub fifo_dir: Option<PathBuf>,
    /// Set an environment variable
    #[arg(short, long, value_name = "NAME=VALUE")]
    pub env: Vec<String>,
    /// Set the environment variables of a file, one a line
    #[arg(long, value_name = "FILE")]
    pub env_file: Vec<PathBuf>,
    /// The working folder of the command
    #[arg(short = 'w', long, value_name = "FOLDER")]
    pub cwd: Option<String>,
    /// The user: a name on Windows; UID, UID:GID or root on Linux
    #[arg(short, long, value_name = "USER")]
    pub user: Option<String>,
    /// A mount, as in type=bind,src=/a,dst=/b,options=rbind:ro
    #[arg(long, value_name = "MOUNT")]
    pub mount: Vec<String>,
    /// A folder or file of the host in the container
    #[arg(short = 'v', long, value_name = "SRC:DST[:ro]")]
    pub volume: Vec<String>,
    /// The container's host name
    #[arg(long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// A label of the container
    #[arg(long, value_name = "KEY=VALUE")]
    pub label: Vec<String>,
    /// Make the root file system read-only
    #[arg(long)]
    pub read_only: bool,
    /// Isolate the container by Hyper-V (Windows)
    #[arg(long)]
    pub isolated: bool,
    /// The runtime [default: io.containerd.runc.v2, on Windows io.containerd.runhcs.v1]
    #[arg(long, value_name = "NAME")]
    pub runtime: Option<String>,
    /// When the image is pulled: missing, always or never [default: missing]
    #[arg(long, value_name = "WHEN", hide_possible_values = true)]
    pub pull: Option<PullPolicy>,
    /// The image's platform, as in linux/amd64 [default: this host's]
    #[arg(long, value_name = "PLATFORM")]
    pub platform: Option<String>,
    /// containerd's folder of registries, each with its hosts.toml
    #[arg(long, value_name = "FOLDER")]
    pub hosts_dir: Option<PathBuf>,
    /// Pull over HTTP; from this very host it is tried anyway
    #[arg(long)]
    pub plain_http: bool,
    /// Run on this prepared snapshot, which stays; with --config too
    #[arg(long, value_name = "KEY")]
    pub snapshot: Option<String>,
    /// Commit the root file system under this name when the command succeeds
    #[arg(long, value_name = "NAME")]
    pub commit: Option<String>,
    /// Write what the run did to this file, as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Where snapshots and networks come from.
    #[command(flatten)]
    pub places: Places,
    /// What gives it its network: cni; or nat, by HCN alone (Windows)
    /// [default: cni; on Windows nat where there is no CNI configuration]
    #[arg(long, value_name = "WAY", hide_possible_values = true)]
    pub net: Option<Net>,
    /// With --net nat: the network [default: nat, else the only NAT network, else nat is made]
    #[arg(long, value_name = "NAME")]
    pub network: Option<String>,
    /// With --net nat: a name server [default: the network's, else the host's]
    #[arg(long, value_name = "ADDRESS")]
    pub dns: Vec<std::net::IpAddr>,
    /// Make a network namespace even where config.json names one
    #[arg(long)]
    pub new_namespace: bool,
    /// Print what would be made, and make nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", requires = "dry_run")]
    pub output: Option<Format>,
    /// Say nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Implied: hcn run always removes what it made, which ctr does only when asked
    #[arg(long)]
    pub rm: bool,
    /// Implied: hcn run always attaches a network; --net says how
    #[arg(long)]
    pub cni: bool,
    /// Image, id, command and its arguments; with --config the id alone, or nothing
    #[arg(hide = true, trailing_var_arg = true, value_name = "OPERAND")]
    pub operands: Vec<String>,
}
