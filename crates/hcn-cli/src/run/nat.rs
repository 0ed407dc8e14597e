//! The way of `--net nat`: an endpoint made directly through HCN. Here is decided which network it is on and what the
//! endpoint is to be; nothing here asks the service or changes anything.

use std::net::IpAddr;

use hcn::{Dns, Endpoint, Network, NetworkId, NetworkKind, Route, SchemaVersion};

use super::plan;
use crate::Failure;

/// The network that is made where there is none: the name that Docker and Windows' own tools give theirs.
pub(crate) const NAME: &str = "nat";

/// A network that there is.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its id.
    pub id: NetworkId,
    /// Its name, as it is spelled there.
    pub name: String,
    /// Its own name servers.
    pub dns: Vec<String>,
}

/// Chooses the network: the one that was `wanted` by name, else the one named `nat`, any case, else the only NAT
/// network. `None` where there is no NAT network at all, so that one is to be made.
///
/// # Errors
/// The wanted one is not there or no NAT network; there are several; one of another type bears the name `nat`.
pub(crate) fn choose(networks: &[Network], wanted: Option<&str>) -> Result<Option<Found>, Failure> {
    let nat: Vec<&Network> = networks.iter().filter(|network| is_nat(network)).collect();
    match (wanted, named(&nat, wanted.unwrap_or(NAME)), &nat[..]) {
        (_, Some(network), _) => Ok(found(network)),
        (Some(name), None, _) => Err(not_usable(name, networks, &nat)),
        (None, None, [only]) => Ok(found(only)),
        (None, None, []) => match named(&networks.iter().collect::<Vec<_>>(), NAME) {
            Some(other) => Err(name_is_taken(other)),
            None => Ok(None),
        },
        (None, None, several) => Err(Failure::run(format!(
            "cannot choose a NAT network: there are several, {}; name one with --network",
            names(several)
        ))),
    }
}

fn is_nat(network: &Network) -> bool {
    network.kind() == NetworkKind::Nat && network.id.is_some()
}

/// The one of exactly this name, else the first one of this name in any case.
fn named<'a>(networks: &[&'a Network], name: &str) -> Option<&'a Network> {
    let exact = networks.iter().find(|network| network.name.as_deref() == Some(name));
    let spelled_otherwise = |network: &&&Network| {
        network.name.as_ref().is_some_and(|found| found.to_lowercase() == name.to_lowercase())
    };
    exact.or_else(|| networks.iter().find(spelled_otherwise)).copied()
}

fn found(network: &Network) -> Option<Found> {
    let dns = network.dns.as_ref().and_then(|dns| dns.server_list.clone()).unwrap_or_default();
    Some(Found { id: network.id?, name: network.name.clone().unwrap_or_default(), dns })
}

fn not_usable(name: &str, networks: &[Network], nat: &[&Network]) -> Failure {
    let why = match named(&networks.iter().collect::<Vec<_>>(), name) {
        Some(other) => format!("it is of type {}, and --net nat needs one of type NAT", other.kind()),
        None => "there is no such network".to_owned(),
    };
    let fix = match nat {
        [] => format!("leave --network out, and a NAT network `{NAME}` is made"),
        nat => format!("use {}", names(nat)),
    };
    Failure::run(format!("cannot use the network `{name}`: {why}; {fix}"))
}

fn name_is_taken(other: &Network) -> Failure {
    Failure::run(format!(
        "cannot make the NAT network `{NAME}`: a network of type {} has this name; make a NAT network of another \
         name, and name it with --network",
        other.kind()
    ))
}

fn names(networks: &[&Network]) -> String {
    let quoted = networks.iter().map(|network| match &network.name {
        Some(name) => format!("`{name}`"),
        None => format!("one without a name ({})", network.id.unwrap_or_default()),
    });
    quoted.collect::<Vec<_>>().join(", ")
}

/// The name servers of the endpoint: those of the flags, else the network's own, else the host's. Where there are
/// none at all, the service fills in what it inherits.
pub(crate) fn name_servers(asked: &[IpAddr], network: Option<&Found>, host: &[IpAddr]) -> Vec<String> {
    let texts = |addresses: &[IpAddr]| addresses.iter().map(IpAddr::to_string).collect::<Vec<_>>();
    match network {
        _ if !asked.is_empty() => texts(asked),
        Some(network) if !network.dns.is_empty() => network.dns.clone(),
        _ => texts(host),
    }
}

/// The network that is made where there is none. The service chooses its subnet, for it alone knows which are free.
pub(crate) fn new_network(name: &str) -> Network {
    Network {
        name: Some(name.to_owned()),
        schema_version: Some(SchemaVersion::V2),
        kind: Some(NetworkKind::Nat),
        ..Network::default()
    }
}

/// What is asked of the service: a route to everywhere is always named where the network has one, so that the
/// container has it on every release.
pub(crate) fn new_endpoint(wanted: &plan::Endpoint, network: &Network) -> Endpoint {
    let routes: Vec<Route> = EVERYWHERE.iter().filter_map(|prefix| route_to(network, prefix)).collect();
    let dns = Dns { server_list: Some(wanted.dns.clone()), ..Dns::default() };
    Endpoint {
        name: Some(wanted.name.clone()),
        schema_version: Some(SchemaVersion::V2),
        host_compute_network: network.id,
        routes: (!routes.is_empty()).then_some(routes),
        dns: (!wanted.dns.is_empty()).then_some(dns),
        ..Endpoint::default()
    }
}

/// All addresses of version 4, and those of version 6.
const EVERYWHERE: &[&str] = &["0.0.0.0/0", "::/0"];

/// The first gateway that a subnet of the network names for this prefix.
fn route_to(network: &Network, prefix: &str) -> Option<Route> {
    let mut routes = network.subnets().flat_map(|subnet| subnet.routes.iter().flatten());
    let route = routes.find(|route| route.destination_prefix.as_deref() == Some(prefix))?;
    let next_hop = route.next_hop.clone().filter(|hop| !hop.is_empty())?;
    Some(Route { destination_prefix: Some(prefix.to_owned()), ..Route::default_through(next_hop) })
}

#[cfg(test)]
mod tests;
