//! `hcn endpoint`: list, show, create, delete, modify.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;

use hcn::{
    Endpoint, EndpointId, Hcn, IpConfig, NetworkId, OnEndpoint, Policy, PortMapping, Route, SchemaVersion,
};
use ipnet::IpNet;

use super::object::{
    self, Delete, Described, Index, List, Modify, Published, Shape, Show, Source, Table, joined,
};
use super::service::{self, refused};
use crate::args::Global;
use crate::env::Environment;
use crate::{Failure, output};

/// `hcn endpoint VERB`
#[derive(Debug, clap::Args)]
pub struct EndpointArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// List the endpoints
    #[command(visible_alias = "ls")]
    List(List),
    /// Show all of some endpoints
    #[command(visible_alias = "inspect")]
    Show(Show),
    /// Create an endpoint on a network and print its id
    Create(Box<Create>),
    /// Delete endpoints and print the ids of those that are gone
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Send a request to change an endpoint, as it is
    Modify(Modify),
}

/// The flags of `create`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Create {
    /// The network that it is on: an id, its beginning, or a name
    #[arg(long, value_name = "NETWORK", required_unless_present = "file")]
    pub network: Option<String>,
    /// What the endpoint shall be.
    #[command(flatten)]
    pub asked: AskedEndpoint,
    /// Create it from this document, whole; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "AskedEndpoint")]
    pub file: Option<PathBuf>,
    /// Its id [default: the document's, else a random one]
    #[arg(long, value_name = "GUID")]
    pub id: Option<EndpointId>,
    /// How it is printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// What a new endpoint shall be.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AskedEndpoint {
    /// Its name
    pub name: Option<String>,
    /// An address, with or without the length of its prefix [default: the service chooses]
    #[arg(long, value_name = "ADDRESS[/LENGTH]", value_parser = ip)]
    pub ip: Vec<IpConfig>,
    /// The MAC address, as in 00-15-5D-52-C0-00 [default: the service chooses]
    #[arg(long, value_name = "ADDRESS", value_parser = object::mac)]
    pub mac: Option<String>,
    /// The gateway [default: the subnet's]
    #[arg(long, value_name = "ADDRESS", value_parser = object::address)]
    pub gateway: Vec<IpAddr>,
    /// A name server [default: the network's]
    #[arg(long, value_name = "ADDRESS", value_parser = object::address)]
    pub dns: Vec<IpAddr>,
    /// The domain of short names
    #[arg(long, value_name = "DOMAIN")]
    pub dns_domain: Option<String>,
    /// A further domain to search
    #[arg(long, value_name = "DOMAIN")]
    pub dns_search: Vec<String>,
    /// A port of the host that leads to the endpoint's, as in 8080:80 or 53:53/udp
    #[arg(short, long, value_name = "HOST:PORT", value_parser = object::published)]
    pub publish: Vec<Published>,
    /// A further policy, as in {"Type":"NAME","Settings":{}}
    #[arg(long, value_name = "JSON", value_parser = object::policy::<OnEndpoint>)]
    pub policy: Vec<Policy<OnEndpoint>>,
}

/// An address; without a length it has its subnet's.
fn ip(text: &str) -> Result<IpConfig, String> {
    let (address, length) = match (text.parse::<IpNet>(), text.parse::<IpAddr>()) {
        (Ok(net), _) => (net.addr(), Some(net.prefix_len())),
        (_, Ok(address)) => (address, None),
        _ => return Err("it is no address; write one as 10.1.0.5 or 10.1.0.5/24".to_owned()),
    };
    Ok(IpConfig { ip_address: Some(address.to_string()), prefix_length: length, ..IpConfig::default() })
}

/// Do what was asked.
///
/// # Errors
/// What the service refuses, with the exit code of its kind; an id that fits nothing or several.
pub fn run(args: EndpointArgs, global: &Global, env: &Environment) -> Result<u32, Failure> {
    service::with(global, env, |hcn| match args.verb {
        Verb::List(args) => list(hcn, &args),
        Verb::Show(args) => object::show(&hcn.endpoints(), &args),
        Verb::Create(args) => create(hcn, *args),
        Verb::Delete(args) => object::delete(&hcn.endpoints(), &args),
        Verb::Modify(args) => object::modify(&hcn.endpoints(), &args),
    })
}

fn list(hcn: &Hcn, args: &List) -> Result<u32, Failure> {
    let endpoints = hcn.endpoints().list().map_err(refused)?;
    let names = match args.shape.is_table() && !endpoints.is_empty() {
        true => network_names(hcn)?,
        false => HashMap::new(),
    };
    let table = || table(&endpoints, &names).to_string();
    output::all(object::print(args.shape, &endpoints, &endpoints, table)?)?;
    Ok(0)
}

fn network_names(hcn: &Hcn) -> Result<HashMap<NetworkId, String>, Failure> {
    let networks = hcn.networks().list().map_err(refused)?;
    Ok(networks.into_iter().filter_map(|network| Some((network.id?, network.name?))).collect())
}

fn table(endpoints: &[Endpoint], names: &HashMap<NetworkId, String>) -> Table {
    let network = |id: NetworkId| match names.get(&id).filter(|name| !name.is_empty()) {
        Some(name) => name.clone(),
        None => id.to_string(),
    };
    let row = |endpoint: &Endpoint| {
        vec![
            endpoint.id.unwrap_or_default().to_string(),
            endpoint.name.clone().unwrap_or_default(),
            endpoint.host_compute_network.map(network).unwrap_or_default(),
            joined(endpoint.addresses()),
            endpoint.mac_address.clone().unwrap_or_default(),
            endpoint.namespace().map(|id| id.to_string()).unwrap_or_default(),
        ]
    };
    Table {
        header: vec!["ID", "NAME", "NETWORK", "ADDRESS", "MAC", "NAMESPACE"],
        rows: endpoints.iter().map(row).collect(),
    }
}

impl Described for Endpoint {
    fn details(&self) -> Vec<(&'static str, String)> {
        let address = |config: &IpConfig| match (&config.ip_address, config.prefix_length) {
            (Some(address), Some(length)) => format!("{address}/{length}"),
            (address, _) => address.clone().unwrap_or_default(),
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let route =
            |route: &Route| format!("{} through {}", text(&route.destination_prefix), text(&route.next_hop));
        vec![
            ("network", self.host_compute_network.map(|id| id.to_string()).unwrap_or_default()),
            ("namespace", self.namespace().map(|id| id.to_string()).unwrap_or_default()),
            ("addresses", joined(self.ip_configurations.iter().flatten().map(address))),
            ("mac address", text(&self.mac_address)),
            ("routes", joined(self.routes.iter().flatten().map(route))),
            ("dns servers", joined(self.dns.iter().flat_map(|dns| dns.server_list.iter().flatten()))),
            ("dns domain", self.dns.as_ref().and_then(|dns| dns.domain.clone()).unwrap_or_default()),
            ("dns search", joined(self.dns.iter().flat_map(|dns| dns.search.iter().flatten()))),
            ("policies", joined(self.policies.iter().flatten().map(|policy| policy.kind().to_owned()))),
            (
                "flags",
                Some(self.flags()).filter(|flags| *flags != 0).map(|f| f.to_string()).unwrap_or_default(),
            ),
        ]
    }
}

fn create(hcn: &Hcn, args: Create) -> Result<u32, Failure> {
    let mut endpoint = match &args.file {
        Some(file) => object::document(Source(file), Endpoint::from_json)?,
        None => args.asked.endpoint()?,
    };
    if let Some(network) = &args.network {
        endpoint.host_compute_network = Some(Index::new(&hcn.networks()).find(network)?);
    }
    endpoint.id = args.id.or(endpoint.id);
    endpoint.schema_version = endpoint.schema_version.or(Some(SchemaVersion::V2));
    let made = hcn.endpoints().create(&endpoint).map_err(refused)?;
    object::created(&hcn.endpoints(), made, args.shape)
}

impl AskedEndpoint {
    /// The document that says so.
    fn endpoint(self) -> Result<Endpoint, Failure> {
        if self.name.as_deref() == Some("") {
            return Err(object::usage("cannot create an endpoint: its name is empty; give it one, or none"));
        }
        let ports = self.publish.iter().map(mapping).collect::<Result<Vec<_>, _>>()?;
        let policies: Vec<_> = ports.into_iter().chain(self.policy).collect();
        let routes: Vec<_> = self.gateway.iter().map(|gateway| object::default_route(*gateway)).collect();
        Ok(Endpoint {
            name: self.name,
            ip_configurations: Some(self.ip).filter(|all| !all.is_empty()),
            mac_address: self.mac,
            routes: Some(routes).filter(|routes| !routes.is_empty()),
            dns: object::dns(&self.dns, self.dns_domain, self.dns_search),
            policies: Some(policies).filter(|policies| !policies.is_empty()),
            ..Endpoint::default()
        })
    }
}

fn mapping(port: &Published) -> Result<Policy<OnEndpoint>, Failure> {
    let mapping = PortMapping {
        protocol: Some(port.protocol),
        internal_port: Some(port.internal),
        external_port: Some(port.external),
        ..PortMapping::default()
    };
    Policy::new(&mapping).map_err(object::usage)
}
