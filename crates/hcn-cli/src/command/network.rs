//! `hcn network`: list, show, create, delete, modify.

use std::net::IpAddr;
use std::path::PathBuf;

use hcn::{
    Hcn, Ipam, NetAdapterName, Network, NetworkId, NetworkKind, OnNetwork, Policy, Route, SchemaVersion,
    Subnet, Vlan,
};
use ipnet::IpNet;

use super::object::{self, Delete, Described, List, Modify, Shape, Show, Source, Table, joined};
use super::service::{self, refused};
use crate::args::Global;
use crate::env::Environment;
use crate::{Failure, output};

/// `hcn network VERB`
#[derive(Debug, clap::Args)]
pub struct NetworkArgs {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The verbs.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// List the networks
    #[command(visible_alias = "ls")]
    List(List),
    /// Show all of some networks
    #[command(visible_alias = "inspect")]
    Show(Show),
    /// Create a network and print its id
    Create(Box<Create>),
    /// Delete networks and print the ids of those that are gone
    #[command(visible_alias = "rm")]
    Delete(Delete),
    /// Send a request to change a network, as it is
    Modify(Modify),
}

/// The flags of `create`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Create {
    /// What the network shall be.
    #[command(flatten)]
    pub asked: AskedNetwork,
    /// Create it from this document, whole; - is standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "AskedNetwork")]
    pub file: Option<PathBuf>,
    /// Its id [default: the document's, else a random one]
    #[arg(long, value_name = "GUID")]
    pub id: Option<NetworkId>,
    /// How it is printed.
    #[command(flatten)]
    pub shape: Shape,
}

/// What a new network shall be.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct AskedNetwork {
    /// Its name
    #[arg(required_unless_present = "file")]
    pub name: Option<String>,
    /// NAT, ICS, Transparent, L2Bridge, L2Tunnel, Overlay, Private or Internal [default: NAT]
    #[arg(long = "type", value_name = "TYPE", value_parser = kind)]
    pub kind: Option<NetworkKind>,
    /// A subnet, as in 10.1.0.0/24
    #[arg(long, value_name = "PREFIX", value_parser = object::prefix)]
    pub subnet: Vec<IpNet>,
    /// The gateway of the subnet that it lies in
    #[arg(long, value_name = "ADDRESS", value_parser = object::address)]
    pub gateway: Vec<IpAddr>,
    /// A name server
    #[arg(long, value_name = "ADDRESS", value_parser = object::address)]
    pub dns: Vec<IpAddr>,
    /// The domain of short names
    #[arg(long, value_name = "DOMAIN")]
    pub dns_domain: Option<String>,
    /// A further domain to search
    #[arg(long, value_name = "DOMAIN")]
    pub dns_search: Vec<String>,
    /// The host's network adapter that it is on
    #[arg(long, value_name = "NAME")]
    pub adapter: Option<String>,
    /// The VLAN of its subnets
    #[arg(long, value_name = "NUMBER")]
    pub vlan: Option<u32>,
    /// A further policy, as in {"Type":"NAME","Settings":{}}
    #[arg(long, value_name = "JSON", value_parser = object::policy::<OnNetwork>)]
    pub policy: Vec<Policy<OnNetwork>>,
}

fn kind(text: &str) -> Result<NetworkKind, String> {
    object::one_of(NetworkKind::KNOWN, text)
}

/// Do what was asked.
///
/// # Errors
/// What the service refuses, with the exit code of its kind; an id that fits nothing or several.
pub fn run(args: NetworkArgs, global: &Global, env: &Environment) -> Result<u32, Failure> {
    service::with(global, env, |hcn| match args.verb {
        Verb::List(args) => list(hcn, &args),
        Verb::Show(args) => object::show(&hcn.networks(), &args),
        Verb::Create(args) => create(hcn, *args),
        Verb::Delete(args) => object::delete(&hcn.networks(), &args),
        Verb::Modify(args) => object::modify(&hcn.networks(), &args),
    })
}

fn list(hcn: &Hcn, args: &List) -> Result<u32, Failure> {
    let networks = hcn.networks().list().map_err(refused)?;
    output::all(object::print(args.shape, &networks, &networks, || table(&networks).to_string())?)?;
    Ok(0)
}

fn table(networks: &[Network]) -> Table {
    let row = |network: &Network| {
        vec![
            network.id.unwrap_or_default().to_string(),
            network.name.clone().unwrap_or_default(),
            network.kind().to_string(),
            joined(prefixes(network)),
            joined(gateways(network)),
        ]
    };
    Table {
        header: vec!["ID", "NAME", "TYPE", "SUBNET", "GATEWAY"],
        rows: networks.iter().map(row).collect(),
    }
}

fn prefixes(network: &Network) -> impl Iterator<Item = &str> {
    network.subnets().filter_map(|subnet| subnet.ip_address_prefix.as_deref())
}

/// Where the default routes of its subnets lead.
fn gateways(network: &Network) -> impl Iterator<Item = &str> {
    let routes = network.subnets().flat_map(|subnet| subnet.routes.iter().flatten());
    let default = routes.filter(|route| {
        route.destination_prefix.as_deref().is_some_and(|prefix| ["0.0.0.0/0", "::/0"].contains(&prefix))
    });
    default.filter_map(|route| route.next_hop.as_deref())
}

impl Described for Network {
    fn details(&self) -> Vec<(&'static str, String)> {
        let ranges = self.mac_pool.iter().flat_map(|pool| pool.ranges.iter().flatten());
        let range = |range: &hcn::MacRange| {
            let end = |end: &Option<String>| end.clone().unwrap_or_default();
            format!("{} to {}", end(&range.start_mac_address), end(&range.end_mac_address))
        };
        vec![
            ("type", self.kind().to_string()),
            ("subnets", joined(prefixes(self))),
            ("gateways", joined(gateways(self))),
            ("dns servers", joined(self.dns.iter().flat_map(|dns| dns.server_list.iter().flatten()))),
            ("dns domain", self.dns.as_ref().and_then(|dns| dns.domain.clone()).unwrap_or_default()),
            ("dns search", joined(self.dns.iter().flat_map(|dns| dns.search.iter().flatten()))),
            ("mac addresses", joined(ranges.map(range))),
            ("policies", joined(self.policies.iter().flatten().map(|policy| policy.kind().to_owned()))),
            ("flags", self.flags.filter(|flags| *flags != 0).map(|f| f.to_string()).unwrap_or_default()),
        ]
    }
}

fn create(hcn: &Hcn, args: Create) -> Result<u32, Failure> {
    let mut network = match &args.file {
        Some(file) => object::document(Source(file), Network::from_json)?,
        None => args.asked.network()?,
    };
    network.id = args.id.or(network.id);
    network.schema_version = network.schema_version.or(Some(SchemaVersion::V2));
    let made = hcn.networks().create(&network).map_err(refused)?;
    object::created(&hcn.networks(), made, args.shape)
}

impl AskedNetwork {
    /// The document that says so.
    fn network(self) -> Result<Network, Failure> {
        let subnets = self.subnets()?;
        let name = self
            .name
            .filter(|name| !name.is_empty())
            .ok_or_else(|| object::usage("cannot create a network: its name is empty; give it one"))?;
        let adapter = self.adapter.map(|name| Policy::new(&NetAdapterName::new(name)));
        let adapter = adapter.transpose().map_err(object::usage)?;
        let policies: Vec<_> = adapter.into_iter().chain(self.policy).collect();
        let ipam = Ipam { subnets: Some(subnets).filter(|subnets| !subnets.is_empty()), ..Ipam::default() };
        Ok(Network {
            name: Some(name),
            kind: Some(self.kind.unwrap_or_default()),
            ipams: ipam.subnets.is_some().then(|| vec![ipam]),
            dns: object::dns(&self.dns, self.dns_domain, self.dns_search),
            policies: Some(policies).filter(|policies| !policies.is_empty()),
            ..Network::default()
        })
    }

    fn subnets(&self) -> Result<Vec<Subnet>, Failure> {
        let stray = self.gateway.iter().find(|gateway| !self.subnet.iter().any(|net| net.contains(*gateway)));
        if let Some(gateway) = stray {
            return Err(object::usage(format!(
                "cannot create a network: the gateway {gateway} lies in no subnet of it; name its subnet with --subnet"
            )));
        }
        if self.vlan.is_some() && self.subnet.is_empty() {
            return Err(object::usage(
                "cannot create a network: --vlan is of a subnet, and there is none; name one with --subnet",
            ));
        }
        Ok(self.subnet.iter().map(|net| self.subnet(net)).collect())
    }

    fn subnet(&self, net: &IpNet) -> Subnet {
        let inside = self.gateway.iter().filter(|gateway| net.contains(*gateway));
        let routes: Vec<Route> = inside.map(|gateway| object::default_route(*gateway)).collect();
        let vlan = self.vlan.and_then(|number| Policy::new(&Vlan::new(number)).ok());
        Subnet {
            ip_address_prefix: Some(net.to_string()),
            routes: Some(routes).filter(|routes| !routes.is_empty()),
            policies: vlan.map(|vlan| vec![vlan]),
            ..Subnet::default()
        }
    }
}
