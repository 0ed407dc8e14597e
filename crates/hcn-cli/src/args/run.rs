//! The flags of `hcn run` as they were given, by name: which there are is [`TABLE`]'s matter alone.

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
    /// The flags in the order in which they stand there, each with its value if it takes one.
    given: Vec<(&'static str, Option<OsString>)>,
}

impl RunArgs {
    /// Was this flag given?
    pub fn is_set(&self, name: &str) -> bool {
        debug_assert!(is_known(name), "--{name} is in no table");
        self.given.iter().any(|(given, _)| *given == name)
    }

    /// The value of a flag; given twice, the last one counts, as with ctr.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.path(name).map(Path::as_os_str).and_then(OsStr::to_str)
    }

    /// The values of a flag that may be given often.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.values(name).filter_map(OsStr::to_str)
    }

    /// The values of several flags that belong together, in the order in which they were given, each with its flag.
    pub fn texts_of<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = (&'static str, &'a str)> {
        debug_assert!(names.iter().all(|name| is_known(name)), "{names:?} are not all in the table");
        let given = self.given.iter().filter(|(given, _)| names.contains(given));
        given.filter_map(|(given, value)| Some((*given, value.as_deref()?.to_str()?)))
    }

    /// The path that is the value of a flag.
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.values(name).last().map(Path::new)
    }

    /// The paths that are the values of a flag that may be given often.
    pub fn paths(&self, name: &str) -> impl Iterator<Item = &Path> {
        self.values(name).map(Path::new)
    }

    /// The flags given that are rows of the table, in its order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Flag> {
        TABLE.iter().filter(|flag| self.is_set(flag.name))
    }

    fn read_places(&self) -> Places {
        Places {
            snapshotter: self.text("snapshotter").map(str::to_owned),
            cni_netconfpath: self.path("cni-netconfpath").map(Path::to_owned),
            cni_path: self.paths("cni-path").map(Path::to_owned).collect(),
            cni_cache: self.path("cni-cache").map(Path::to_owned),
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &OsStr> {
        debug_assert!(is_known(name), "--{name} is in no table");
        self.given.iter().filter(move |(given, _)| *given == name).filter_map(|(_, value)| value.as_deref())
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
        let mut given: Vec<_> = TABLE.iter().flat_map(|flag| given(matches, flag)).collect();
        given.sort_by_key(|(at, _)| *at);
        let given = given.into_iter().map(|(_, flag)| flag).collect();
        let args = Self { operands, given, places: Places::default() };
        Ok(Self { places: args.read_places(), ..args })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A flag each time that it was given: where on the line that was, its name and its value.
fn given(matches: &ArgMatches, flag: &'static Flag) -> Vec<(usize, (&'static str, Option<OsString>))> {
    if matches.value_source(flag.name) != Some(ValueSource::CommandLine) {
        return Vec::new();
    }
    let places = matches.indices_of(flag.name).into_iter().flatten();
    match flag.value {
        Value::None => places.map(|at| (at, (flag.name, None))).collect(),
        Value::Text(_) | Value::Path(_) => {
            let values = matches.get_raw(flag.name).into_iter().flatten();
            places.zip(values).map(|(at, value)| (at, (flag.name, Some(value.to_owned())))).collect()
        }
    }
}
