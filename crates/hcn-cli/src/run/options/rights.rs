//! The flags that say what a Linux container may do.

use std::path::Path;

use serde_json::Value;

use super::Files;
use crate::Failure;
use crate::args::RunArgs;
use crate::spec::{Privileged, Rights};
use crate::sys;

pub(super) fn read(args: &RunArgs, files: &mut Files) -> Result<Rights, Failure> {
    Ok(Rights {
        privileged: privileged(args)?,
        added: capabilities(args, "cap-add")?,
        dropped: capabilities(args, "cap-drop")?,
        new_privileges: args.is_set("allow-new-privs"),
        seccomp: seccomp(args, files)?,
        apparmor: args.text("apparmor-profile").filter(|name| !name.is_empty()).map(str::to_owned),
    })
}

fn privileged(args: &RunArgs) -> Result<Option<Privileged>, Failure> {
    let without_devices = args.is_set("privileged-without-host-devices");
    if !args.is_set("privileged") {
        return match without_devices {
            true => Err(Failure::run(
                "--privileged-without-host-devices has no effect without --privileged; add it",
            )),
            false => Ok(None),
        };
    }
    let wrong =
        |why| Failure::run(format!("cannot use --privileged: {why}; name rights with --cap-add instead"));
    let devices = (!without_devices).then(|| sys::device_nodes(Path::new("/dev")));
    Ok(Some(Privileged {
        capabilities: sys::own_capabilities().map_err(wrong)?,
        devices: devices.transpose().map_err(wrong)?,
    }))
}

fn capabilities(args: &RunArgs, flag: &str) -> Result<Vec<String>, Failure> {
    let check = |name: &str| match name.starts_with("CAP_") {
        true => Ok(name.to_owned()),
        false => Err(Failure::run(format!(
            "cannot use --{flag} `{name}`: it does not begin with CAP_; write it as in CAP_NET_ADMIN"
        ))),
    };
    args.texts(flag).map(check).collect()
}

/// A profile is a policy, and an old one a bad one: hcn brings none along.
fn seccomp(args: &RunArgs, files: &mut Files) -> Result<Option<Value>, Failure> {
    match (args.is_set("seccomp"), args.path("seccomp-profile")) {
        (false, None) => Ok(None),
        (true, Some(file)) => profile(file, files).map(Some),
        (true, None) => Err(Failure::run(
            "--seccomp without a profile is not supported: hcn brings none along; name one with --seccomp-profile",
        )),
        (false, Some(_)) => Err(Failure::run("--seccomp-profile has no effect without --seccomp; add it")),
    }
}

fn profile(file: &Path, files: &mut Files) -> Result<Value, Failure> {
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::run(format!("cannot use --seccomp-profile `{}`: {why}; correct it", file.display()))
    };
    let text = files.read(file).map_err(|why| wrong(&why))?;
    let profile: Value = serde_json::from_slice(&text).map_err(|why| wrong(&why))?;
    match profile["defaultAction"].is_string() {
        true => Ok(profile),
        false => Err(wrong(&"it has no defaultAction, which runtime-spec's linux.seccomp must have")),
    }
}
