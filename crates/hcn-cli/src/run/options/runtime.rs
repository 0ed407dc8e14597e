//! The flags that containerd hands to the runtime.

use std::path::Path;

use crate::Failure;
use crate::args::RunArgs;
use crate::os::Os;
use crate::run::plan::{Runc, RuntimeOptions};

/// The runtime that takes runc's options.
const RUNC: &str = "io.containerd.runc.v2";

/// What the runtime is told. runc always gets its options, as ctr sends them.
pub(super) fn options(args: &RunArgs, os: Os) -> Result<Option<RuntimeOptions>, Failure> {
    let runs_runc = os == Os::Linux && args.text("runtime").is_none_or(|runtime| runtime == RUNC);
    let of_runc = ["runc-binary", "runc-root", "runc-systemd-cgroup", "no-pivot"];
    match (runs_runc, of_runc.into_iter().find(|flag| args.is_set(flag)), text(args, "runtime-config-path")?)
    {
        (true, _, None) => Ok(Some(RuntimeOptions::Runc(runc(args)?))),
        (true, _, Some(_)) => Err(Failure::run(format!(
            "--runtime-config-path has no effect with the runtime {RUNC}; choose its program with --runc-binary, or \
             another runtime with --runtime"
        ))),
        (false, Some(flag), _) => Err(Failure::run(format!(
            "--{flag} has no effect with a runtime other than {RUNC}; leave one of them out"
        ))),
        (false, None, config) => Ok(config.map(|config_path| RuntimeOptions::Generic { config_path })),
    }
}

fn runc(args: &RunArgs) -> Result<Runc, Failure> {
    let systemd_cgroup = args.is_set("runc-systemd-cgroup");
    if systemd_cgroup && args.text("cgroup").is_none_or(str::is_empty) {
        return Err(Failure::run(
            "--runc-systemd-cgroup needs --cgroup, as in --cgroup machine.slice:hcn:NAME; add it",
        ));
    }
    Ok(Runc {
        binary: text(args, "runc-binary")?,
        root: text(args, "runc-root")?,
        systemd_cgroup,
        no_pivot: args.is_set("no-pivot"),
    })
}

/// A path as containerd's messages hold it.
fn text(args: &RunArgs, flag: &str) -> Result<Option<String>, Failure> {
    let read = |path: &Path| match path.to_str() {
        Some(path) => Ok(path.to_owned()),
        None => Err(Failure::run(format!(
            "cannot use --{flag} `{}`: containerd takes names in UTF-8 alone; choose another path",
            path.display()
        ))),
    };
    Ok(args.path(flag).map(read).transpose()?.filter(|path| !path.is_empty()))
}
