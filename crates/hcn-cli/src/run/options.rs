//! What `hcn run` was asked for, checked: nothing behind this file sees the command line.

mod env;
mod file;
mod image;
mod io;
mod limits;
mod names;
mod rights;
mod runtime;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::build::Build;
use super::plan::{RUN_LABEL, RuntimeOptions};
use crate::Failure;
use crate::args::{self, Format, Net, RunArgs, TABLE};
use crate::os::Os;
use crate::output::Notes;

pub use file::Files;
pub use image::{Join, Wanted};
pub use io::Io;

/// What to run, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Where the spec comes from.
    pub source: Source,
    /// The container's id; one is made up if it is absent.
    pub container: Option<String>,
    /// Labels of the container.
    pub labels: BTreeMap<String, String>,
    /// Labels of the snapshot.
    pub snapshot_labels: BTreeMap<String, String>,
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
    /// Is a network attached? Not to the host's own namespace, nor, unasked, to one that is only joined.
    pub attaches: bool,
    /// What gives it its network, where that was said.
    pub net: Option<Net>,
    /// The NAT network, by name.
    pub network: Option<String>,
    /// The name servers.
    pub dns: Vec<IpAddr>,
    /// The runtime; the system's usual one if absent.
    pub runtime: Option<String>,
    /// What the runtime is told; its own defaults if absent.
    pub runtime_options: Option<RuntimeOptions>,
    /// Where to write the finished spec as well.
    pub dump: Option<PathBuf>,
    /// Only print the plan, in this form.
    pub dry_run: Option<Format>,
    /// What it stands on, and what becomes of that.
    pub build: Build,
    /// Where its report is written.
    pub report: Option<PathBuf>,
    /// What to say on standard error.
    pub notes: Notes,
    /// What is to be said about flags that have no effect.
    pub ignored: Vec<String>,
}

/// Where the spec comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// From an image and flags.
    Image(Box<Wanted>),
    /// From a folder that holds a root file system, and flags.
    Rootfs(PathBuf, Box<Wanted>),
    /// From a file, and what it held.
    Config(PathBuf, Vec<u8>),
}

impl RunOptions {
    /// Check the flags of one run, and read the files that they name.
    ///
    /// # Errors
    /// The first flag or operand that cannot be, with the reason.
    pub fn new(args: RunArgs, files: &mut Files, os: Os) -> Result<Self, Failure> {
        check_network(&args, os)?;
        let ignored = args::answers(&args, os)?;
        let (source, id) = match args.path("config") {
            Some(file) => from_config(&args, file, files)?,
            None => from_operands(&args, files, os)?,
        };
        Ok(Self {
            attaches: attaches(&args, &source)?,
            source,
            container: id.map(container_id).transpose()?,
            labels: labels(&args, "label")?,
            snapshot_labels: labels(&args, "snapshotter-label")?,
            io: io::io(&args)?,
            tty: args.is_set("tty"),
            detach: args.is_set("detach"),
            pid_file: io::absolute(&args, "pid-file")?,
            fifo_dir: io::absolute(&args, "fifo-dir")?,
            new_namespace: args.is_set("new-namespace"),
            net: net(&args)?,
            network: args.text("network").map(str::to_owned),
            dns: names::servers(&args)?,
            runtime: args.text("runtime").map(str::to_owned),
            runtime_options: runtime::options(&args, os)?,
            dump: io::absolute(&args, "dump-config")?,
            dry_run: dry_run(&args)?,
            build: build(&args)?,
            report: io::absolute(&args, "report")?,
            notes: if args.is_set("quiet") { Notes::Quiet } else { Notes::Shown },
            ignored,
        })
    }
}

/// `--net nat` goes with HCN alone, and `--network` with it.
fn check_network(args: &RunArgs, os: Os) -> Result<(), Failure> {
    match (os, net(args)?, args.is_set("network")) {
        (Os::Linux, Some(Net::Nat), _) => Err(Failure::run(
            "--net nat is not supported: it makes the endpoint through HCN, which is on Windows only; leave it out, \
             and the CNI configuration is used",
        )),
        (Os::Windows, Some(Net::Cni), true) => Err(Failure::run(
            "--network has no effect with --net cni; write it into the CNI configuration, or choose --net nat",
        )),
        (_, Some(Net::None), true) => Err(Failure::run(
            "--network has no effect with --net none: there is no network; leave one of them out",
        )),
        _ => Ok(()),
    }
}

fn net(args: &RunArgs) -> Result<Option<Net>, Failure> {
    let read = |text: &str| {
        Net::from_str(text, false).map_err(|_| {
            Failure::run(format!(
                "cannot use --net `{text}`: there is no such way; choose cni, none, or on Windows nat"
            ))
        })
    };
    args.text("net").map(read).transpose()
}

fn dry_run(args: &RunArgs) -> Result<Option<Format>, Failure> {
    let read = |text: &str| {
        Format::from_str(text, false).map_err(|_| {
            Failure::run(format!("cannot use --output `{text}`: there is no such form; choose table or json"))
        })
    };
    match (args.is_set("dry-run"), args.text("output").map(read).transpose()?) {
        (true, format) => Ok(Some(format.unwrap_or_default())),
        (false, None) => Ok(None),
        (false, Some(_)) => {
            Err(Failure::run("--output has no effect without --dry-run; add it, or leave --output out"))
        }
    }
}

/// A namespace that is joined has its network already: one is attached to it only when that is asked for.
fn attaches(args: &RunArgs, source: &Source) -> Result<bool, Failure> {
    let is_wanted = net(args)? != Some(Net::None);
    let (Source::Image(wanted) | Source::Rootfs(_, wanted)) = source else { return Ok(is_wanted) };
    let of_network = ["net", "network", "cni", "dns", "add-host", "new-namespace"];
    let given = of_network.into_iter().find(|flag| args.is_set(flag));
    match given {
        Some(flag) if wanted.host_network => Err(Failure::run(format!(
            "--{flag} has no effect with --net-host: the container has the host's network; leave one of them out"
        ))),
        _ => Ok(is_wanted
            && !wanted.host_network
            && (wanted.network_namespace().is_none() || args.is_set("cni") || args.is_set("net"))),
    }
}

/// A folder is no snapshot.
fn build(args: &RunArgs) -> Result<Build, Failure> {
    let given = ["snapshot", "commit"].into_iter().find(|flag| args.is_set(flag));
    if let (true, Some(flag)) = (args.is_set("rootfs"), given) {
        return Err(Failure::run(format!(
            "--{flag} has no effect with --rootfs: the root file system is a folder; leave one of them out"
        )));
    }
    let text = |flag| args.text(flag).map(str::to_owned);
    Ok(Build { snapshot: text("snapshot"), commit: text("commit") })
}

fn from_config(args: &RunArgs, file: &Path, files: &mut Files) -> Result<(Source, Option<String>), Failure> {
    if args.is_set("commit") && !args.is_set("snapshot") {
        return Err(Failure::run(
            "cannot commit the root file system of a config.json: it is a folder; name a prepared snapshot with \
             --snapshot, and it is used instead",
        ));
    }
    let is_used = |name: &str| name == "snapshotter" && args.is_set("snapshot");
    let is_of_images =
        |flag: &&args::Flag| !flag.with_config && !is_used(flag.name) && args.is_set(flag.name);
    if let Some(flag) = TABLE.iter().find(is_of_images) {
        return Err(Failure::run(format!(
            "--{} has no effect with --config: the spec is run as it is; write it into {}",
            flag.name,
            file.display()
        )));
    }
    if let [id, more, ..] = &args.operands[..] {
        return Err(Failure::run(format!(
            "cannot use `{more}` behind the id `{id}`: with --config the command is process.args of {}; leave it out",
            file.display()
        )));
    }
    let wrong = |why| Failure::run(format!("cannot read {}: {why}; correct the path", file.display()));
    let held = files.read(file).map_err(wrong)?;
    Ok((Source::Config(file.to_owned(), held), args.operands.first().cloned()))
}

/// The image or the folder, and the id.
fn from_operands(args: &RunArgs, files: &mut Files, os: Os) -> Result<(Source, Option<String>), Failure> {
    let [root, id, ..] = &args.operands[..] else { return Err(missing_operand(args)) };
    let wanted = Box::new(Wanted::new(args, files, os)?);
    let source = match args.is_set("rootfs") {
        true => Source::Rootfs(folder(root)?, wanted),
        false => Source::Image(wanted),
    };
    Ok((source, Some(id.clone())))
}

/// The runtime starts relative paths elsewhere.
fn folder(root: &str) -> Result<PathBuf, Failure> {
    std::path::absolute(root).map_err(|why| {
        Failure::run(format!("cannot use the root file system `{root}`: {why}; write a whole path"))
    })
}

fn missing_operand(args: &RunArgs) -> Failure {
    match args.operands.first() {
        None if args.is_set("rootfs") => {
            Failure::run("nothing to run: --rootfs wants a folder; write hcn run --rootfs FOLDER ID COMMAND")
        }
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

fn labels(args: &RunArgs, flag: &str) -> Result<BTreeMap<String, String>, Failure> {
    args.texts(flag).map(|label| parse_label(label, flag)).collect()
}

/// `KEY=VALUE`, or `KEY` for `KEY=true` as with ctr.
fn parse_label(text: &str, flag: &str) -> Result<(String, String), Failure> {
    let (key, value) = text.split_once('=').unwrap_or((text, "true"));
    let wrong = |why: &str| Err(Failure::run(format!("cannot use --{flag} `{text}`: {why}; choose another")));
    match key {
        "" => wrong("its key is empty"),
        RUN_LABEL => wrong("hcn marks what is its own with it"),
        _ if key.len() + value.len() > LONGEST_LABEL => wrong("containerd takes at most 4096 bytes"),
        _ => Ok((key.to_owned(), value.to_owned())),
    }
}

/// Key and value together, in bytes.
pub(super) const LONGEST_LABEL: usize = 4096;
