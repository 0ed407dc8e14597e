//! What a plan needs to know of the host, asked once, and the numbers it needs, chosen once.

use std::path::PathBuf;

use hcn::NamespaceId;
use serde_json::value::RawValue;

use super::workload::Workload;
use crate::Failure;
use crate::os::Os;
use crate::settings::Settings;
use crate::sys;

/// What the host is like, and the numbers chosen for one run.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The operating system.
    pub os: Os,
    /// Names this boot of the machine.
    pub boot: String,
    /// The build of Windows, where this is Windows and says it.
    pub build: Option<u32>,
    /// Names the run: 16 hex digits.
    pub run: String,
    /// The GUID of the HCN namespace, if the run makes one.
    pub namespace: NamespaceId,
    /// Is the namespace there that the spec names? True if it names none.
    pub named_is_there: bool,
    /// The network that the host's configuration describes.
    pub network: Network,
}

/// A CNI configuration.
#[derive(Debug, Clone)]
pub struct Network {
    /// The file it came from.
    pub source: PathBuf,
    /// The configuration list.
    pub conflist: Box<RawValue>,
}

impl Facts {
    /// Ask the host, for what runs.
    ///
    /// # Errors
    /// No CNI configuration, or the system does not say what was asked.
    pub fn gather(settings: &Settings, workload: &Workload) -> Result<Self, Failure> {
        let failed = |why| Failure::run(format!("cannot tell one boot from another: {why}; report it"));
        Ok(Self {
            os: Os::HOST,
            boot: sys::boot_id().map_err(failed)?,
            build: sys::windows_build(),
            run: random_run(),
            namespace: NamespaceId::from(hcn::Guid::random()),
            named_is_there: named_is_there(workload)?,
            network: network(settings)?,
        })
    }
}

/// 64 random bits; no two runs share them.
fn random_run() -> String {
    let random = uuid::Uuid::new_v4().as_u128();
    // The version's and variant's fixed bits are left out.
    format!("{:08x}{:08x}", (random >> 96) as u32, random as u32)
}

fn named_is_there(workload: &Workload) -> Result<bool, Failure> {
    match workload.named_namespace()? {
        Some(name) => is_there(&name),
        None => Ok(true),
    }
}

fn is_there(name: &str) -> Result<bool, Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::run(format!("cannot look for the network namespace `{name}`: {why}"))
    };
    match Os::HOST {
        Os::Linux => sys::is_network_namespace(name.as_ref()).map_err(|why| failed(&why)),
        Os::Windows => {
            let id: NamespaceId = name.parse().map_err(|why| failed(&why))?;
            match hcn::Hcn::system().namespaces().get(id) {
                Ok(_) => Ok(true),
                Err(why) if why.kind() == hcn::ErrorKind::NotFound => Ok(false),
                Err(why) => Err(Failure::run(why)),
            }
        }
    }
}

/// The first configuration of the folder, as every runtime takes it.
fn network(settings: &Settings) -> Result<Network, Failure> {
    let failed = |why: hcn_cni::Error| match why.kind() {
        hcn_cni::ErrorKind::NoConfiguration => Failure::run(format!("{why} with --cni-netconfpath")),
        _ => Failure::run(why),
    };
    let list = hcn_cni::Conflist::discover(&settings.cni_configurations).map_err(failed)?;
    let source = list.source().unwrap_or(&settings.cni_configurations).to_owned();
    Ok(Network { source, conflist: list.raw().to_owned() })
}
