//! What a plan needs to know of the host, asked once, and the numbers it needs, chosen once.

use std::path::PathBuf;

use hcn::{EndpointId, Hcn, NamespaceId, NetworkId};
use serde_json::value::RawValue;

use super::names::Resolver;
use super::nat::{self, Found};
use super::options::RunOptions;
use super::planner::IFNAME;
use super::workload::Workload;
use crate::Failure;
use crate::args::Net;
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
    /// Does the namespace that the spec names have an interface of the name that the run would give its own?
    pub named_is_taken: bool,
    /// What tells the namespace that the spec names from another one that is at its path later (Linux).
    pub named_mark: Option<String>,
    /// What gives the container its network.
    pub network: Network,
    /// How large this command's terminal is, where it is one.
    pub terminal: Option<(u16, u16)>,
    /// What the host calls itself (Linux).
    pub host_name: String,
    /// How the host finds others (Linux).
    pub resolver: Resolver,
    /// Are all of the host's name servers on its own loopback, so that none is left for a container (Linux)?
    pub resolver_is_local: bool,
}

/// What gives the container its network.
#[derive(Debug, Clone)]
pub enum Network {
    /// The CNI configuration of the host.
    Cni(Configuration),
    /// An endpoint on a NAT network of HCN.
    Nat(Box<Nat>),
    /// Nothing: it has what the namespace that it joins has.
    None,
}

/// A NAT network, and the numbers chosen for the endpoint on it.
#[derive(Debug, Clone)]
pub struct Nat {
    /// The network that is there; `None` where one is to be made.
    pub found: Option<Found>,
    /// The id of the one to be made.
    pub new_network: NetworkId,
    /// The id of the endpoint.
    pub endpoint: EndpointId,
    /// The name servers of the endpoint; none leaves them to the service.
    pub dns: Vec<String>,
    /// The folder that was named for CNI configurations, and holds none.
    pub instead_of: Option<PathBuf>,
}

/// A CNI configuration.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// The file it came from.
    pub source: PathBuf,
    /// The configuration list.
    pub conflist: Box<RawValue>,
    /// Does one of its plugins take name servers?
    pub takes_dns: bool,
}

impl Facts {
    /// Ask the host, for what the run of this name runs.
    ///
    /// # Errors
    /// No CNI configuration, or the system does not say what was asked.
    pub fn gather(
        settings: &Settings,
        options: &RunOptions,
        workload: &Workload,
        run: String,
    ) -> Result<Self, Failure> {
        let host = Resolver::parse(&sys::resolv_conf());
        let resolver = host.clone().reachable();
        let failed = |why| Failure::run(format!("cannot tell one boot from another: {why}; report it"));
        Ok(Self {
            os: Os::HOST,
            boot: sys::boot_id().map_err(failed)?,
            build: sys::windows_build(),
            run,
            namespace: NamespaceId::from(hcn::Guid::random()),
            named_is_there: named_is_there(workload)?,
            named_is_taken: options.attaches && named_is_taken(workload)?,
            named_mark: named_mark(workload)?,
            network: network(settings, options)?,
            terminal: sys::terminal_size().map(|size| (size.columns, size.lines)),
            host_name: sys::host_name(),
            resolver_is_local: resolver.servers.is_empty() && !host.servers.is_empty(),
            resolver,
        })
    }
}

/// A name for a run: 64 random bits; no two runs share them.
pub(super) fn random_run() -> String {
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
                Err(why) if why.is_absence() => Ok(false),
                Err(why) => Err(Failure::run(why)),
            }
        }
    }
}

/// What cannot be looked at is left to the plugins.
fn named_is_taken(workload: &Workload) -> Result<bool, Failure> {
    let named = workload.named_namespace()?;
    Ok(named.is_some_and(|name| sys::has_interface(name.as_ref(), IFNAME).unwrap_or(false)))
}

/// What cannot be looked at is left to the plugins.
fn named_mark(workload: &Workload) -> Result<Option<String>, Failure> {
    let named = workload.named_namespace()?;
    Ok(named.and_then(|name| sys::namespace_mark(name.as_ref()).ok().flatten()))
}

/// As `--net` says; where it says nothing, CNI if there is a configuration, else, on Windows, NAT.
fn network(settings: &Settings, options: &RunOptions) -> Result<Network, Failure> {
    if !options.attaches {
        return Ok(Network::None);
    }
    match (options.net, Os::HOST) {
        (Some(Net::None), _) => Ok(Network::None),
        (Some(Net::Nat), _) => nat(options, None),
        (None, Os::Linux) | (Some(Net::Cni), Os::Linux) => Ok(configuration(settings)?),
        (Some(Net::Cni), Os::Windows) => cni_alone(configuration(settings)?, options),
        (None, Os::Windows) => match configuration(settings) {
            Err(Missing::Nothing(why)) => nat(options, Some((why, settings))),
            found => cni_alone(found?, options),
        },
    }
}

/// Flags that a configuration would leave without effect are refused: on Windows plugins alone set name servers.
fn cni_alone(network: Network, options: &RunOptions) -> Result<Network, Failure> {
    let Network::Cni(configuration) = &network else { return Ok(network) };
    let source = configuration.source.display();
    if options.network.is_some() {
        return Err(Failure::run(format!(
            "--network has no effect with the CNI configuration {source}; write it there, or choose --net nat"
        )));
    }
    if !options.dns.is_empty() && !configuration.takes_dns {
        return Err(Failure::run(format!(
            "--dns has no effect with the CNI configuration {source}: no plugin in it has the capability dns; write the \
             servers there, or add \"capabilities\": {{\"dns\": true}} to its plugin, or choose --net nat"
        )));
    }
    Ok(network)
}

/// Why there is no CNI configuration to use.
enum Missing {
    /// There is none.
    Nothing(Failure),
    /// There is one that cannot be used.
    Unusable(Failure),
}

impl From<Missing> for Failure {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Nothing(why) | Missing::Unusable(why) => why,
        }
    }
}

/// The first configuration of the folder, as every runtime takes it.
fn configuration(settings: &Settings) -> Result<Network, Missing> {
    let failed = |why: hcn_cni::Error| match why.kind() {
        hcn_cni::ErrorKind::NoConfiguration => {
            Missing::Nothing(Failure::run(format!("{why} with --cni-netconfpath")))
        }
        _ => Missing::Unusable(Failure::run(why)),
    };
    let list = hcn_cni::Conflist::discover(&settings.cni_configurations).map_err(failed)?;
    let source = list.source().unwrap_or(&settings.cni_configurations).to_owned();
    let takes_dns = list.plugins().iter().any(|plugin| plugin.has_capability("dns"));
    Ok(Network::Cni(Configuration { source, conflist: list.raw().to_owned(), takes_dns }))
}

/// The NAT network, looked up and not changed. `instead` says why CNI is not used, where nobody chose NAT.
fn nat(options: &RunOptions, instead: Option<(Failure, &Settings)>) -> Result<Network, Failure> {
    let found = Hcn::system().networks().list().map_err(Failure::run);
    let found = found.and_then(|networks| nat::choose(&networks, options.network.as_deref()));
    let (found, instead_of) = match (found, instead) {
        (Ok(found), instead) => {
            let chosen = instead.filter(|(_, settings)| settings.cni_configurations_are_chosen);
            (found, chosen.map(|(_, settings)| settings.cni_configurations.clone()))
        }
        (Err(why), None) => return Err(why),
        (Err(why), Some((no_cni, _))) => return Err(Failure::run(format!("{why}; and {no_cni}"))),
    };
    let host = sys::name_servers().unwrap_or_else(|error| {
        tracing::debug!(%error, "the host's name servers are not known");
        Vec::new()
    });
    let dns = nat::name_servers(&options.dns, found.as_ref(), &host);
    let (new_network, endpoint) = (NetworkId::random(), EndpointId::random());
    Ok(Network::Nat(Box::new(Nat { found, new_network, endpoint, dns, instead_of })))
}
