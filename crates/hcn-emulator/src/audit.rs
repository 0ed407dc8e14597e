//! Does the store make sense? What must be true of every store, whoever changed it and however many at once.
//!
//! What has been taken is exactly what the documents say: nothing leaks, nothing is handed out twice. References lead
//! somewhere, but for those that Windows too leaves in a namespace when an endpoint vanishes with its network.

use std::collections::{HashMap, HashSet};
use std::fmt;

use hcn::{Endpoint, Kind, Namespace, NamespaceKind, Network};

use crate::mac::Mac;
use crate::refusal::Ruling;
use crate::rule;
use crate::store::{Object, Tx, World};

/// What is wrong, a line each, with the objects by kind and id.
pub(crate) fn violations(tx: &Tx<'_>) -> Ruling<Vec<String>> {
    let mut found = Findings(tx.damage()?);
    let world = tx.world()?;
    let read = Read::new(&world, &mut found);
    networks(&read, &mut found);
    endpoints(&world, &read, &mut found);
    holders(&world, &read, &mut found);
    namespaces(&read, &mut found);
    members(&world, &read, &mut found);
    Ok(found.0)
}

struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, line: impl fmt::Display) {
        self.0.push(line.to_string());
    }
}

fn named(object: &Object) -> String {
    format!("{} {}", object.kind.noun(), object.id)
}

/// The objects with their documents, by row.
struct Read<'a> {
    networks: HashMap<i64, (&'a Object, Network)>,
    endpoints: HashMap<i64, (&'a Object, Endpoint)>,
    namespaces: HashMap<i64, (&'a Object, Namespace)>,
}

impl<'a> Read<'a> {
    fn new(world: &'a World, found: &mut Findings) -> Self {
        let mut read =
            Self { networks: HashMap::new(), endpoints: HashMap::new(), namespaces: HashMap::new() };
        for object in &world.objects {
            if let Err(why) = read.add(object) {
                found.add(format_args!("{}: its document is damaged: {why}", named(object)));
            }
        }
        read
    }

    fn add(&mut self, object: &'a Object) -> Result<(), String> {
        let (seq, text) = (object.seq, object.doc.as_str());
        let why = |error: hcn::InvalidDocument| error.to_string();
        match object.kind {
            Kind::Network => {
                self.networks.insert(seq, (object, Network::from_json(text).map_err(why)?));
            }
            Kind::Endpoint => {
                self.endpoints.insert(seq, (object, Endpoint::from_json(text).map_err(why)?));
            }
            Kind::Namespace => {
                self.namespaces.insert(seq, (object, Namespace::from_json(text).map_err(why)?));
            }
            Kind::LoadBalancer | Kind::SdnRoute | Kind::GuestNetworkService => {
                return Err("this kind is not modelled".to_owned());
            }
        }
        Ok(())
    }
}

fn networks(read: &Read<'_>, found: &mut Findings) {
    let mut all: Vec<_> = read.networks.values().collect();
    all.sort_by_key(|(object, _)| object.seq);
    for (at, (object, network)) in all.iter().enumerate() {
        for (other, other_network) in &all[at + 1..] {
            if !object.name.is_empty() && object.name == other.name {
                let name = object.name.escape_debug();
                found.add(format_args!("{} and {}: both are named `{name}`", named(object), named(other)));
            }
            if rule::share_a_prefix(network, other_network) {
                found.add(format_args!("{} and {}: their subnets overlap", named(object), named(other)));
            }
        }
    }
}

/// What an endpoint's document says that it holds.
fn endpoints(world: &World, read: &Read<'_>, found: &mut Findings) {
    for (object, endpoint) in read.endpoints.values() {
        let Some((network_object, network)) = object.parent.and_then(|seq| read.networks.get(&seq)) else {
            found.add(format_args!("{}: it is on no network", named(object)));
            continue;
        };
        if endpoint.host_compute_network.map(hcn::Guid::from) != Some(network_object.id) {
            found.add(format_args!("{}: its document names another network", named(object)));
        }
        let is_its = |holder: i64| holder == object.seq;
        let held: HashSet<String> =
            world.addresses.iter().filter(|row| is_its(row.endpoint)).map(|row| row.what.clone()).collect();
        let macs: HashSet<Mac> =
            world.macs.iter().filter(|row| is_its(row.endpoint)).map(|row| row.what).collect();
        let ports: HashSet<String> = world
            .ports
            .iter()
            .filter(|(_, holder)| is_its(*holder))
            .map(|(port, _)| port.to_string())
            .collect();
        let expected = rule::holdings(network, endpoint);
        compare(object, "address", (&expected.addresses, &held), found);
        compare(object, "port", (&expected.ports, &ports), found);
        let text = |macs: &HashSet<Mac>| macs.iter().map(Mac::to_string).collect();
        compare(object, "MAC address", (&text(&expected.macs), &text(&macs)), found);
        for address in held.iter().filter(|address| !rule::gives(network, address)) {
            found.add(format_args!("{}: address {address} is not its network's to give", named(object)));
        }
    }
}

fn compare(
    object: &Object,
    what: &str,
    (said, held): (&HashSet<String>, &HashSet<String>),
    found: &mut Findings,
) {
    for lost in said.difference(held) {
        found.add(format_args!("{}: it has {what} {lost}, which is not marked as taken", named(object)));
    }
    for leaked in held.difference(said) {
        found
            .add(format_args!("{}: {what} {leaked} is marked as taken, but it has none such", named(object)));
    }
}

/// Nothing is held by what is no endpoint or on another network, and nothing twice.
fn holders(world: &World, read: &Read<'_>, found: &mut Findings) {
    let addresses = world.addresses.iter().map(|row| (row.network, row.what.clone(), row.endpoint));
    let macs = world.macs.iter().map(|row| (row.network, row.what.to_string(), row.endpoint));
    let mut seen = HashSet::new();
    for (network, what, endpoint) in addresses.chain(macs) {
        match read.endpoints.get(&endpoint) {
            Some((object, _)) if object.parent == Some(network) => {}
            _ => found.add(format_args!("{what} is taken by what is no endpoint of its network")),
        }
        if !seen.insert((network, what.clone())) {
            found.add(format_args!("{what} is taken twice on one network"));
        }
    }
    for (port, endpoint) in &world.ports {
        if !read.endpoints.contains_key(endpoint) {
            found.add(format_args!("port {port} is taken by what is no endpoint"));
        }
    }
}

/// There is one host's own namespace at most, and it has its own id.
fn namespaces(read: &Read<'_>, found: &mut Findings) {
    for (object, namespace) in read.namespaces.values() {
        let is_default = namespace.kind() == NamespaceKind::HostDefault;
        if is_default != (object.id == rule::HOST_DEFAULT) {
            found.add(format_args!("{}: the host's own namespace is {}", named(object), rule::HOST_DEFAULT));
        }
    }
}

fn members(world: &World, read: &Read<'_>, found: &mut Findings) {
    let mut attached = HashSet::new();
    for row in &world.members {
        let Some((namespace, _)) = read.namespaces.get(&row.namespace) else {
            found.add(format_args!("{} is a member of what is no namespace", row.member.id));
            continue;
        };
        let Some(seq) = row.endpoint else { continue };
        match read.endpoints.get(&seq) {
            Some((object, endpoint)) => {
                let is_it = row.member.kind == "Endpoint" && row.member.id == object.id.to_string();
                if !is_it || rule::is_remote(endpoint) {
                    found.add(format_args!(
                        "{}: its member {} cannot be in it",
                        named(namespace),
                        row.member.id
                    ));
                }
            }
            None => {
                found.add(format_args!("{}: its member {} is no endpoint", named(namespace), row.member.id))
            }
        }
        if !attached.insert(seq) {
            found.add(format_args!("endpoint {} is in two namespaces", row.member.id));
        }
    }
}

#[cfg(test)]
mod tests;
