//! What `hcn run` was asked for, checked: nothing behind this file sees the command line.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::build::Build;
use super::plan::RUN_LABEL;
use crate::Failure;
use crate::args::{Format, Net, RunArgs};
use crate::image::Platform;
use crate::os::Os;
use crate::output::Notes;
use crate::pull::PullOptions;
use crate::spec::Mount;

/// What to run, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Where the spec comes from.
    pub source: Source,
    /// The container's id; one is made up if it is absent.
    pub container: Option<String>,
    /// Labels of the container.
    pub labels: BTreeMap<String, String>,
    /// Where its standard streams go.
    pub io: Io,
    /// Does it get a terminal, whatever its spec says?
    pub tty: bool,
    /// Does a keeper do the run, while the command ends once the container runs?
    pub detach: bool,
    /// Where its process id is written.
    pub pid_file: Option<PathBuf>,
    /// Where the FIFOs of its standard streams are; in the run's folder if absent.
    pub fifo_dir: Option<PathBuf>,
    /// Make a namespace even where the spec names one?
    pub new_namespace: bool,
    /// What gives it its network, where that was said.
    pub net: Option<Net>,
    /// The NAT network, by name.
    pub network: Option<String>,
    /// The name servers of its endpoint.
    pub dns: Vec<IpAddr>,
    /// The runtime; the system's usual one if absent.
    pub runtime: Option<String>,
    /// Only print the plan, in this form.
    pub dry_run: Option<Format>,
    /// What it stands on, and what becomes of that.
    pub build: Build,
    /// Where its report is written.
    pub report: Option<PathBuf>,
    /// What to say on standard error.
    pub notes: Notes,
}

/// Where a container's standard streams go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Io {
    /// Where this command's own go; a detached run's, to nobody.
    Passed {
        /// Is standard input passed on? That of a terminal is, whatever this says.
        interactive: bool,
    },
    /// Nowhere.
    Null,
    /// Its output where containerd's shim takes it.
    Log(String),
}

/// Where the spec comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From an image and flags.
    Image(Box<Wanted>),
    /// From a file.
    Config(PathBuf),
}

/// What an image's container is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The image's name, exactly as containerd has it.
    pub image: String,
    /// The command; the image's own if empty.
    pub command: Vec<String>,
    /// `NAME=VALUE`; a bare `NAME` removes what stands before it.
    pub env: Vec<String>,
    /// The working folder.
    pub cwd: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Mounts beyond the default ones.
    pub mounts: Vec<Mount>,
    /// The host name.
    pub hostname: Option<String>,
    /// Is the root file system read-only?
    pub read_only: bool,
    /// Isolated by Hyper-V?
    pub isolated: bool,
    /// The image's platform, where it is not to be this host's.
    pub platform: Option<Platform>,
    /// When it is pulled, and how.
    pub pull: PullOptions,
}

impl RunOptions {
    /// Check the flags of one run.
    ///
    /// # Errors
    /// The first flag or operand that cannot be, with the reason.
    pub fn new(args: RunArgs, os: Os) -> Result<Self, Failure> {
        check_network(&args, os)?;
        let (source, id) = match &args.config {
            Some(file) => from_config(&args, file)?,
            None => from_image(&args, os)?,
        };
        Ok(Self {
            source,
            container: id.map(container_id).transpose()?,
            labels: args.label.iter().map(|label| parse_label(label)).collect::<Result<_, _>>()?,
            io: io(&args)?,
            tty: args.tty,
            detach: args.detach,
            pid_file: args.pid_file.as_deref().map(|file| absolute("pid-file", file)).transpose()?,
            fifo_dir: fifo_dir(&args, os)?,
            new_namespace: args.new_namespace,
            net: args.net,
            network: args.network,
            dns: args.dns,
            runtime: args.runtime,
            dry_run: args.dry_run.then(|| args.output.unwrap_or_default()),
            build: Build { snapshot: args.snapshot, commit: args.commit },
            report: args.report.as_deref().map(whole).transpose()?,
            notes: if args.quiet { Notes::Quiet } else { Notes::Shown },
        })
    }
}

/// Flags that leave each other without effect are refused.
fn io(args: &RunArgs) -> Result<Io, Failure> {
    let refused = |why: &str| Err(Failure::run(why));
    match (&args.log_uri, args.null_io) {
        (Some(_), true) => refused(
            "--log-uri and --null-io exclude each other: the output goes either somewhere or nowhere; leave one out",
        ),
        (_, true) if args.tty => {
            refused("--tty and --null-io exclude each other: a terminal has streams; leave one out")
        }
        (None, false) if args.detach && args.interactive && !args.tty => refused(
            "--interactive has no effect with --detach: nobody's input could be passed on; leave it out, or add --tty, \
             whose input stays open",
        ),
        (_, true) => Ok(Io::Null),
        (Some(uri), _) => log_uri(uri).map(Io::Log),
        (None, _) => Ok(Io::Passed { interactive: args.interactive }),
    }
}

/// As containerd's shims take it: a scheme, and for a file or a program its whole path.
fn log_uri(uri: &str) -> Result<String, Failure> {
    let wrong = |why| Err(Failure::run(format!("cannot use --log-uri `{uri}`: {why}")));
    match uri.split_once("://") {
        None | Some(("", _)) => wrong("it is no URI; write file:///PATH or binary:///PROGRAM"),
        Some(("file" | "binary" | "binary-v2", path)) if !path.starts_with('/') => {
            wrong("its path is not whole; write three slashes, as in file:///var/log/box.log")
        }
        Some(_) => Ok(uri.to_owned()),
    }
}

fn fifo_dir(args: &RunArgs, os: Os) -> Result<Option<PathBuf>, Failure> {
    match (&args.fifo_dir, os) {
        (Some(_), Os::Windows) => Err(Failure::run(
            "--fifo-dir is not supported: on Windows the standard streams are named pipes, which are in no folder; leave \
             it out",
        )),
        (folder, _) => folder.as_deref().map(|folder| absolute("fifo-dir", folder)).transpose(),
    }
}

/// A plan, and a keeper, outlive the folder in which the command was typed.
fn absolute(flag: &str, path: &Path) -> Result<PathBuf, Failure> {
    let wrong =
        |why| Failure::run(format!("cannot use --{flag} `{}`: {why}; write a whole path", path.display()));
    std::path::absolute(path).map_err(wrong)
}

/// The flags of `--net nat` go with it alone, and it goes with HCN alone.
fn check_network(args: &RunArgs, os: Os) -> Result<(), Failure> {
    let flag = flag_of_nat(args.network.as_deref(), &args.dns);
    match (os, args.net, flag) {
        (Os::Linux, Some(Net::Nat), _) => Err(Failure::run(
            "--net nat is not supported: it makes the endpoint through HCN, which is on Windows only; leave it out, \
             and the CNI configuration is used",
        )),
        (Os::Linux, _, Some(flag)) => Err(Failure::run(format!(
            "--{flag} is not supported: it belongs to --net nat, which needs HCN, on Windows only; write it into the \
             CNI configuration"
        ))),
        (Os::Windows, Some(Net::Cni), Some(flag)) => Err(Failure::run(format!(
            "--{flag} has no effect with --net cni; write it into the CNI configuration, or choose --net nat"
        ))),
        _ => Ok(()),
    }
}

/// The first of the flags that only make sense with `--net nat`.
pub(super) fn flag_of_nat(network: Option<&str>, dns: &[IpAddr]) -> Option<&'static str> {
    network.map(|_| "network").or((!dns.is_empty()).then_some("dns"))
}

fn from_config(args: &RunArgs, file: &Path) -> Result<(Source, Option<String>), Failure> {
    if args.commit.is_some() && args.snapshot.is_none() {
        return Err(Failure::run(
            "cannot commit the root file system of a config.json: it is a folder; name a prepared snapshot with \
             --snapshot, and it is used instead",
        ));
    }
    if let Some(flag) = flag_of_images(args) {
        return Err(Failure::run(format!(
            "--{flag} has no effect with --config: the spec is run as it is; write it into {}",
            file.display()
        )));
    }
    match &args.operands[..] {
        [] => Ok((Source::Config(file.to_owned()), None)),
        [id] => Ok((Source::Config(file.to_owned()), Some(id.clone()))),
        [id, more, ..] => Err(Failure::run(format!(
            "cannot use `{more}` behind the id `{id}`: with --config the command is process.args of {}; leave it out",
            file.display()
        ))),
    }
}

/// The first flag given that only makes sense with an image.
fn flag_of_images(args: &RunArgs) -> Option<&'static str> {
    let given = [
        ("env", !args.env.is_empty()),
        ("env-file", !args.env_file.is_empty()),
        ("cwd", args.cwd.is_some()),
        ("user", args.user.is_some()),
        ("mount", !args.mount.is_empty()),
        ("volume", !args.volume.is_empty()),
        ("hostname", args.hostname.is_some()),
        ("read-only", args.read_only),
        ("isolated", args.isolated),
        ("snapshotter", args.places.snapshotter.is_some() && args.snapshot.is_none()),
        ("pull", args.pull.is_some()),
        ("platform", args.platform.is_some()),
        ("hosts-dir", args.hosts_dir.is_some()),
        ("plain-http", args.plain_http),
    ];
    given.iter().find(|(_, given)| *given).map(|(flag, _)| *flag)
}

fn from_image(args: &RunArgs, os: Os) -> Result<(Source, Option<String>), Failure> {
    let [image, id, command @ ..] = &args.operands[..] else { return Err(missing_operand(&args.operands)) };
    if args.isolated && os == Os::Linux {
        return Err(Failure::run(
            "--isolated is not supported: Hyper-V isolates containers on Windows only; leave it out",
        ));
    }
    let wanted = Wanted {
        image: image.clone(),
        command: command.to_vec(),
        env: env(args)?,
        cwd: args.cwd.clone(),
        user: args.user.clone(),
        mounts: mounts(args, os)?,
        hostname: args.hostname.clone(),
        read_only: args.read_only,
        isolated: args.isolated,
        platform: args.platform.as_deref().map(|text| platform(text, os)).transpose()?,
        pull: PullOptions {
            policy: args.pull.unwrap_or_default(),
            hosts_dir: args.hosts_dir.as_deref().map(hosts_dir).transpose()?,
            plain_http: args.plain_http,
        },
    };
    Ok((Source::Image(Box::new(wanted)), Some(id.clone())))
}

/// The report outlives the folder in which the command was typed.
fn whole(file: &Path) -> Result<PathBuf, Failure> {
    let wrong =
        |why| Failure::run(format!("cannot use --report `{}`: {why}; write a whole path", file.display()));
    std::path::absolute(file).map_err(wrong)
}

fn platform(text: &str, os: Os) -> Result<Platform, Failure> {
    Platform::parse(text, os).map_err(|why| Failure::run(format!("cannot use --platform `{text}`: {why}")))
}

/// The daemon reads it, from where it stands itself.
fn hosts_dir(folder: &Path) -> Result<String, Failure> {
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::run(format!("cannot use --hosts-dir `{}`: {why}; write a whole path", folder.display()))
    };
    let whole = std::path::absolute(folder).map_err(|why| wrong(&why))?;
    whole.into_os_string().into_string().map_err(|_| wrong(&"its name is no UTF-8"))
}

fn missing_operand(operands: &[String]) -> Failure {
    match operands.first() {
        None => Failure::run(
            "nothing to run: neither an image nor --config was given; write hcn run IMAGE ID, or hcn run --config config.json",
        ),
        Some(image) => {
            Failure::run(format!("cannot run `{image}`: the container has no id; write hcn run {image} ID"))
        }
    }
}

fn container_id(id: String) -> Result<String, Failure> {
    match hcn_containerd::check_id(&id) {
        Ok(()) => Ok(id),
        Err(why) => Err(Failure::run(format!("cannot use `{id}` as container id: {why}; choose another"))),
    }
}

/// `KEY=VALUE`, or `KEY` for `KEY=true` as with ctr.
fn parse_label(text: &str) -> Result<(String, String), Failure> {
    let (key, value) = text.split_once('=').unwrap_or((text, "true"));
    let wrong = |why: &str| Err(Failure::run(format!("cannot use --label `{text}`: {why}; choose another")));
    match key {
        "" => wrong("its key is empty"),
        RUN_LABEL => wrong("hcn marks its own containers with it"),
        _ if key.len() + value.len() > LONGEST_LABEL => wrong("containerd takes at most 4096 bytes"),
        _ => Ok((key.to_owned(), value.to_owned())),
    }
}

/// Key and value together, in bytes.
pub(super) const LONGEST_LABEL: usize = 4096;

/// The files' lines, then the flags: later ones win.
fn env(args: &RunArgs) -> Result<Vec<String>, Failure> {
    let mut all = Vec::new();
    for file in &args.env_file {
        let wrong = |why| {
            Failure::run(format!("cannot read --env-file `{}`: {why}; correct the path", file.display()))
        };
        all.extend(std::fs::read_to_string(file).map_err(wrong)?.lines().map(str::to_owned));
    }
    all.extend(args.env.iter().cloned());
    Ok(all)
}

fn mounts(args: &RunArgs, os: Os) -> Result<Vec<Mount>, Failure> {
    let typed = args.mount.iter().map(|text| Mount::from_csv(text, os));
    let volumes = args.volume.iter().map(|text| Mount::from_volume(text, os));
    typed.chain(volumes).collect()
}
