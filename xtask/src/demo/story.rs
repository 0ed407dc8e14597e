//! The first part: a namespace, a network and an endpoint in it, its GUID in a config.json, all deleted
//! again. On Windows the host's own service plays, which is given no network: a host has one already, or wants none of
//! ours. Elsewhere it is the emulator.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::program;
use crate::{process, say};

/// Tells it, in `folder`.
pub(super) fn run(folder: &Path) -> Result<()> {
    let service = service(folder);
    let call = |name: &str, args: &[&str]| call(&service, name, args);
    say::progress(if cfg!(windows) { "a namespace" } else { "a namespace, on the emulated Windows service" });
    let namespace = call("hcn-namespace", &["create"])?.trim().to_owned();
    call("hcn-namespace", &["list"])?;
    if !cfg!(windows) {
        say::progress("a NAT network, and an endpoint on it, added to the namespace");
        call("examples/network", &[&namespace])?;
    }
    say::progress("the namespace in a config.json");
    let config = folder.join("config.json");
    fs::write(&config, spec(&namespace)?).context("cannot write config.json")?;
    show(&config)?;
    say::progress("all of it deleted again");
    if !cfg!(windows) {
        call("examples/network", &["--undo", &namespace])?;
    }
    call("hcn-namespace", &["delete", &namespace])?;
    let left = call("hcn-namespace", &["list"])?;
    ensure!(!left.contains(&namespace), "the namespace {namespace} is still there");
    Ok(())
}

/// The value of `HCN_HNS`: a store in the folder, so that the user's own is not touched.
fn service(folder: &Path) -> String {
    if cfg!(windows) { "system".into() } else { format!("emulator:{}", folder.join("hns.db").display()) }
}

/// Shows the command and what it says.
fn call(service: &str, name: &str, args: &[&str]) -> Result<String> {
    let (mut command, shown) = program(name, args);
    say::command(&shown);
    let said = process::capture(command.env("HCN_HNS", service))?;
    said.lines().for_each(say::line);
    Ok(said)
}

/// A Windows container as containerd's clients describe it.
fn spec(namespace: &str) -> Result<String> {
    let spec = json!({
        "ociVersion": "1.1.0",
        "process": {"args": ["cmd", "/c", "ipconfig"], "cwd": "C:\\", "user": {"username": "ContainerAdministrator"}},
        "root": {"path": ""},
        "windows": {"layerFolders": ["C:\\layers\\1", "C:\\scratch\\1"], "network": {"networkNamespace": namespace}},
    });
    serde_json::to_string_pretty(&spec).context("cannot write config.json")
}

/// Shows the network part of config.json.
fn show(config: &Path) -> Result<()> {
    let text = fs::read_to_string(config).context("cannot read config.json")?;
    let spec: Value = serde_json::from_str(&text).context("cannot read config.json")?;
    say::line(&format!("config.json: \"windows\": {{\"network\": {}}}", spec["windows"]["network"]));
    say::note(
        "on Windows `hcn run --config config.json` puts the container into this namespace and keeps it",
    );
    Ok(())
}
