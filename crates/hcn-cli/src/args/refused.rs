//! Flags of ctr's that are known and refused, each by name and with its reason: silence would be worse.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};

use crate::Failure;
use crate::exit::Exit;

/// A flag that is refused.
struct Refused {
    name: &'static str,
    short: Option<char>,
    value: bool,
    why: &'static str,
}

/// What the runtime spec can say without a flag.
const IN_THE_SPEC: &str = "it has no flag here; write it into a config.json and run that with --config";

const fn flag(name: &'static str, why: &'static str) -> Refused {
    Refused { name, short: None, value: false, why }
}

const fn value(name: &'static str, why: &'static str) -> Refused {
    Refused { name, short: None, value: true, why }
}

const TABLE: &[Refused] = &[
    flag("sync-fs", "nothing is unpacked here; give it to ctr images pull"),
    value("dump-config", "use --dry-run -o json: the spec is in the plan"),
    value(
        "runtime-config-path",
        "runtime options are not passed on; configure the runtime in containerd's config",
    ),
    value("runc-binary", "runtime options are not passed on; configure the runtime in containerd's config"),
    value("runc-root", "runtime options are not passed on; configure the runtime in containerd's config"),
    flag(
        "runc-systemd-cgroup",
        "runtime options are not passed on; configure the runtime in containerd's config",
    ),
    flag("no-pivot", "runtime options are not passed on; configure the runtime in containerd's config"),
    value("snapshotter-label", "snapshots are labelled by hcn alone"),
    value("sandbox", "the container joins no sandbox"),
    flag("net-host", "the container gets a network namespace of its own; use ctr run --net-host"),
    flag("rootfs", "name the folder as root.path in a config.json and run that with --config"),
    flag("privileged", IN_THE_SPEC),
    flag("privileged-without-host-devices", IN_THE_SPEC),
    flag("allow-new-privs", IN_THE_SPEC),
    value("annotation", IN_THE_SPEC),
    value("apparmor-default-profile", IN_THE_SPEC),
    value("apparmor-profile", IN_THE_SPEC),
    value("blockio-class", IN_THE_SPEC),
    value("blockio-config-file", IN_THE_SPEC),
    value("cap-add", IN_THE_SPEC),
    value("cap-drop", IN_THE_SPEC),
    value("cgroup", IN_THE_SPEC),
    value("cpu-count", IN_THE_SPEC),
    value("cpu-max", IN_THE_SPEC),
    value("cpu-period", IN_THE_SPEC),
    value("cpu-quota", IN_THE_SPEC),
    value("cpu-shares", IN_THE_SPEC),
    value("cpus", IN_THE_SPEC),
    value("cpuset-cpus", IN_THE_SPEC),
    value("cpuset-mems", IN_THE_SPEC),
    value("device", IN_THE_SPEC),
    value("gidmap", IN_THE_SPEC),
    value("gpus", IN_THE_SPEC),
    value("memory-limit", IN_THE_SPEC),
    value("rdt-class", IN_THE_SPEC),
    flag("remap-labels", IN_THE_SPEC),
    value("rlimit-nofile", IN_THE_SPEC),
    value("rootfs-propagation", IN_THE_SPEC),
    flag("scrub-logs", "runtime options are not passed on; configure the runtime in containerd's config"),
    flag("seccomp", IN_THE_SPEC),
    value("seccomp-profile", IN_THE_SPEC),
    value("uidmap", IN_THE_SPEC),
    value("with-ns", IN_THE_SPEC),
];

/// They are part of the command, hidden from its help, so that the rewriting knows them.
pub(super) fn args() -> Vec<Arg> {
    TABLE.iter().map(arg).collect()
}

fn arg(refused: &Refused) -> Arg {
    let action = if refused.value { ArgAction::Append } else { ArgAction::SetTrue };
    let arg = Arg::new(refused.name).long(refused.name).action(action).hide(true);
    match refused.short {
        Some(letter) => arg.short(letter),
        None => arg,
    }
}

/// Refuse the flag of every command that has two meanings.
pub(super) fn check_global(matches: &ArgMatches, exit: Exit) -> Result<(), Failure> {
    match is_given(matches, "namespace") {
        true => Err(Failure::new(exit, NAMESPACE)),
        false => Ok(()),
    }
}

/// Refuse the first of the flags of `run` that was given.
pub(super) fn check(matches: &ArgMatches) -> Result<(), Failure> {
    check_global(matches, Exit::Run)?;
    match TABLE.iter().find(|refused| is_given(matches, refused.name)) {
        Some(Refused { name, why, .. }) => Err(Failure::run(format!("--{name} is not supported: {why}"))),
        None => Ok(()),
    }
}

/// Why `--namespace` is refused.
const NAMESPACE: &str = "--namespace is ambiguous: it can mean containerd's namespace (a tenant) or a network \
     namespace; use -n/--containerd-namespace for the first, and name the second in config.json";

fn is_given(matches: &ArgMatches, name: &str) -> bool {
    matches.value_source(name) == Some(ValueSource::CommandLine)
}
