//! The network of a daemon's containers: a conflist with bridge and host-local, addresses kept in the
//! scratch folder; masquerading and port mappings where iptables works.

use std::ffi::OsStr;

use anyhow::{Context, Result};
use serde_json::json;

use crate::{Program, Scratch, tools};

/// The subnet of the conflist, and the bridge's address in it.
const SUBNET: &str = "10.88.0.0/24";
pub(super) const GATEWAY: &str = "10.88.0.1";

/// The bridge that the first container makes and that stays.
pub(super) const BRIDGE: &str = "hcn-test0";

/// Writes `net.d/10-hcn-test.conflist` and makes the folders that `Daemon::env` names.
pub(super) fn write(scratch: &Scratch, path: &OsStr) -> Result<()> {
    let iptables = iptables_works(path);
    let ipam = json!({
        "type": "host-local", "dataDir": scratch.join("host-local"),
        "ranges": [[{"subnet": SUBNET}]], "routes": [{"dst": "0.0.0.0/0"}],
    });
    let mut plugins = vec![json!({
        "type": "bridge", "bridge": BRIDGE, "isGateway": true, "ipMasq": iptables, "ipam": ipam,
    })];
    if iptables && tools::find_plugin("portmap").is_some() {
        plugins.push(json!({"type": "portmap", "capabilities": {"portMappings": true}}));
    }
    let conflist = json!({"cniVersion": "1.0.0", "name": "hcn-test", "plugins": plugins});
    let text = serde_json::to_string_pretty(&conflist).context("cannot write the conflist")?;
    scratch.file("net.d/10-hcn-test.conflist", text);
    for folder in ["cni-cache", "host-local", "hcn"] {
        scratch.folder(folder);
    }
    Ok(())
}

/// Not in every container: the kernel's tables may be out of reach.
fn iptables_works(path: &OsStr) -> bool {
    let Some(iptables) = tools::find("iptables") else { return false };
    Program::new(iptables).env("PATH", path).args(["-t", "nat", "-S"]).run().exit == 0
}
