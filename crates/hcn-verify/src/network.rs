//! The network that endpoints are put on: where the host has a NAT network that one, else one of ours, whose
//! subnet the service chooses. Made once, removed at the end.

use std::net::Ipv4Addr;

use hcn::{Api, Guid, Kind, Network, NetworkKind, Query};
use ipnet::Ipv4Net;

use crate::bench::{Bench, V2, document};
use crate::case::Stop;

/// The network that endpoints are put on.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) id: Guid,
    /// Did we make it?
    pub(crate) own: bool,
    pub(crate) name: String,
    /// Its first IPv4 subnet.
    pub(crate) prefix: Option<Ipv4Net>,
    /// The next hop of that subnet's default route.
    pub(crate) gateway: Option<Ipv4Addr>,
    /// Its document, if it is ours.
    pub(crate) document: Option<Network>,
}

/// The host's NAT network, else one of ours.
pub(crate) fn find_or_make(bench: &Bench) -> Result<Ground, Stop> {
    match existing(bench)? {
        Some(network) => Ok(ground(network, false)),
        None => make(bench),
    }
}

/// What hcn sends where no network can be used: the service chooses the subnet.
pub(crate) fn nat_document(name: &str) -> String {
    document(&format!(r#""Name":"{name}","Type":"NAT""#))
}

/// The one named `nat` in any case, else the first.
fn existing(bench: &Bench) -> Result<Option<Network>, Stop> {
    let ids =
        bench.ids(Kind::Network, Some(V2)).map_err(|failure| Stop::broken("list the networks", &failure))?;
    let all = bench.session.discreetly(|| ids.iter().filter_map(|id| look(bench, *id)).collect::<Vec<_>>());
    let mut nats: Vec<Network> =
        all.into_iter().filter(|network| network.kind() == NetworkKind::Nat).collect();
    let is_nat =
        |network: &Network| network.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("nat"));
    let named = nats.iter().position(is_nat).unwrap_or(0);
    Ok((!nats.is_empty()).then(|| nats.swap_remove(named)))
}

/// One that vanished meanwhile is none.
fn look(bench: &Bench, id: Guid) -> Option<Network> {
    let handle = bench.session.open(Kind::Network, id).ok()?;
    let text = bench.session.query(Kind::Network, handle, Query::Properties, Some(V2));
    let _ = bench.session.close(Kind::Network, handle);
    Network::from_json(&text.ok()?).ok()
}

fn make(bench: &Bench) -> Result<Ground, Stop> {
    let broken = |failure| Stop::broken("make a NAT network", &failure);
    let made = bench.create(Kind::Network, None, &nat_document(&Bench::name())).map_err(broken)?;
    let text = bench.query(&made, Some(V2)).map_err(broken)?;
    let network = Network::from_json(&text)
        .map_err(|error| Stop::Broken(format!("cannot read the network: {error}")))?;
    Ok(Ground { id: made.id, document: Some(network.clone()), ..ground(network, true) })
}

fn ground(network: Network, own: bool) -> Ground {
    let subnet = network.subnets().find_map(|subnet| {
        let prefix: Ipv4Net = subnet.ip_address_prefix.as_deref()?.parse().ok()?;
        Some((prefix, subnet.routes.clone().unwrap_or_default()))
    });
    let gateway = subnet.iter().flat_map(|(_, routes)| routes).find_map(|route| {
        let default = route.destination_prefix.as_deref() == Some("0.0.0.0/0");
        route.next_hop.as_deref().filter(|_| default)?.parse().ok()
    });
    Ground {
        id: network.id.map(Guid::from).unwrap_or_default(),
        own,
        name: network.name.clone().unwrap_or_default(),
        prefix: subnet.map(|(prefix, _)| prefix),
        gateway,
        document: None,
    }
}
