//! The flags of `hcn run` as they were given, by name: which there are is [`TABLE`]'s matter alone.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::flag::{Flag, Value};
use super::{Places, TABLE};

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
    /// Nothing: its namespace stays empty.
    None,
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

/// The command line of one run, as far as clap reads it: values are texts still.
#[derive(Debug, Clone, Default)]
pub struct RunArgs {
    /// Where snapshots and networks come from.
    pub places: Places,
    /// Image, id, command and its arguments; with `--config` the id alone, or nothing.
    pub operands: Vec<String>,
    /// The flags by name, each with its values in order; one that takes nothing has none.
    given: BTreeMap<&'static str, Vec<OsString>>,
}

impl RunArgs {
    /// Was this flag given?
    pub fn is_set(&self, name: &str) -> bool {
        debug_assert!(is_known(name), "--{name} is in no table");
        self.given.contains_key(name)
    }

    /// The value of a flag; given twice, the last one counts, as with ctr.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.path(name).map(Path::as_os_str).and_then(OsStr::to_str)
    }

    /// The values of a flag that may be given often.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name).iter().filter_map(|value| value.to_str())
    }

    /// The path that is the value of a flag.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.values(name).last().map(Path::new)
    }

    /// The paths that are the values of a flag that may be given often.
    pub fn paths(&self, name: &str) -> impl Iterator<Item = &Path> {
        self.values(name).iter().map(Path::new)
    }

    /// The flags given that are rows of the table, in its order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Flag> {
        TABLE.iter().filter(|flag| self.given.contains_key(flag.name))
    }

    fn read_places(&self) -> Places {
        Places {
            snapshotter: self.text("snapshotter").map(str::to_owned),
            cni_netconfpath: self.path("cni-netconfpath").map(Path::to_owned),
            cni_path: self.paths("cni-path").map(Path::to_owned).collect(),
            cni_cache: self.path("cni-cache").map(Path::to_owned),
        }
    }

    fn values(&self, name: &str) -> &[OsString] {
        debug_assert!(is_known(name), "--{name} is in no table");
        self.given.get(name).map_or(&[], Vec::as_slice)
    }
}

fn is_known(name: &str) -> bool {
    TABLE.iter().any(|flag| flag.name == name)
}

const USAGE: &str = "hcn run [OPTIONS] IMAGE ID [COMMAND [ARGUMENT]...]\n       hcn run [OPTIONS] --rootfs FOLDER ID \
     COMMAND [ARGUMENT]...\n       hcn run [OPTIONS] --config CONFIG.JSON [ID]";

const ABOUT: &str = "Run a container in a network namespace of its own and remove everything afterwards";

const AFTER: &str = "Flags may be written with one dash, as Go's programs take them. They end at IMAGE, or at ID with \
     --config. --help names more of them.\nThe container's exit code is returned; 125: hcn itself failed; 126: the \
     command cannot be invoked; 127: no such command.";

impl Args for RunArgs {
    fn augment_args(command: Command) -> Command {
        let command = command.about(ABOUT).override_usage(USAGE).after_help(AFTER);
        let operands =
            Arg::new("operands").num_args(0..).trailing_var_arg(true).hide(true).value_name("OPERAND");
        command.args(TABLE.iter().map(arg)).arg(operands)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn arg(flag: &'static Flag) -> Arg {
    let arg = Arg::new(flag.name).long(flag.name).help(flag.help).hide(!flag.is_supported());
    let arg = arg.hide_short_help(flag.rare);
    let arg = match flag.short {
        Some(letter) => arg.short(letter),
        None => arg,
    };
    match flag.value {
        // Go's flags may be given twice.
        Value::None => arg.action(ArgAction::SetTrue).overrides_with(flag.name),
        Value::Text(name) => valued(arg, name).value_parser(ValueParser::string()),
        Value::Path(name) => valued(arg, name).value_parser(ValueParser::os_string()),
    }
}

/// The word behind a flag is its value whatever it looks like, as with Go.
fn valued(arg: Arg, name: &'static str) -> Arg {
    arg.action(ArgAction::Append).value_name(name).allow_hyphen_values(true)
}

impl FromArgMatches for RunArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let operands = matches.get_many("operands").into_iter().flatten().cloned().collect();
        let given = TABLE.iter().filter_map(|flag| Some((flag.name, values(matches, flag)?))).collect();
        let args = Self { operands, given, places: Places::default() };
        Ok(Self { places: args.read_places(), ..args })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The values of a flag, if it was given.
fn values(matches: &ArgMatches, flag: &Flag) -> Option<Vec<OsString>> {
    if matches.value_source(flag.name) != Some(ValueSource::CommandLine) {
        return None;
    }
    match flag.value {
        Value::None => Some(Vec::new()),
        Value::Text(_) | Value::Path(_) => Some(matches.get_raw(flag.name)?.map(OsStr::to_owned).collect()),
    }
}
