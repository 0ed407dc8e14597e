//! One of many processes that use the Host Network Service at once, and look at what they see.
//!
//! Every process works on one network that all of them share, and on one of its own. What it made has to be in every
//! list, as it was made, until it is deleted; no endpoint of anybody else may show an address or a MAC address that it
//! holds at that moment; and no list may fail because something of another process vanished while it was read. In the
//! end it leaves one namespace with its endpoints, and says which, for whoever started it to look for.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use hcn::{
    Endpoint, EndpointId, ErrorKind, Hcn, Ipam, Modify, Namespace, NamespaceId, Network, NetworkId,
    NetworkKind, RequestType, SchemaVersion, Subnet,
};
use serde::{Deserialize, Serialize};

use crate::host;

/// The network that all share.
pub const SHARED: &str = "load";
const ENDPOINTS: usize = 2;

/// What a process did, and what it left.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// How often it went through everything.
    pub rounds: usize,
    /// How many endpoints it made on the shared network.
    pub endpoints: usize,
    /// How many lists it read, each of them whole.
    pub lists: usize,
    /// The namespace that is still there.
    pub namespace: String,
    /// The endpoints that are still in it.
    pub left: Vec<Held>,
}

/// An endpoint and what is its alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Its MAC address.
    pub mac: String,
}

/// Goes on for so long; `number` tells the processes apart.
pub fn run(time: Duration, number: u8) -> Result<Report> {
    let load = Load { hcn: host::service()?, number };
    let (shared, mut report) = (load.shared()?, Report::default());
    let started = Instant::now();
    while started.elapsed() < time {
        let (namespace, held) = load.attach(shared, &mut report)?;
        load.look(shared, namespace, &held, &mut report)?;
        load.own_network()?;
        load.detach(namespace, &held, &mut report)?;
        report.rounds += 1;
    }
    let (namespace, held) = load.attach(shared, &mut report)?;
    load.look(shared, namespace, &held, &mut report)?;
    report.namespace = namespace.to_string();
    report.left =
        held.into_iter().map(|(id, address, mac)| Held { id: id.to_string(), address, mac }).collect();
    Ok(report)
}

/// An endpoint, its address, its MAC address.
type Mine = (EndpointId, String, String);

struct Load {
    hcn: Hcn,
    number: u8,
}

impl Load {
    /// All processes want to make it: the first one does, the others find it.
    fn shared(&self) -> Result<NetworkId> {
        let wanted = Network { kind: Some(NetworkKind::Nat), ..network(SHARED) };
        match self.hcn.networks().create(&wanted) {
            Ok(made) => made.id.context("a network without an id"),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let found = self.hcn.networks().find(SHARED)?.context("the shared network is not found")?;
                found.id.context("a network without an id")
            }
            Err(error) => Err(error.into()),
        }
    }

    fn attach(&self, network: NetworkId, report: &mut Report) -> Result<(NamespaceId, Vec<Mine>)> {
        let namespace = self.hcn.namespaces().create(&Namespace::for_container())?;
        let namespace = namespace.id.context("a namespace without an id")?;
        let name = format!("{SHARED}-{}", self.number);
        let asked = Endpoint { name: Some(name), host_compute_network: Some(network), ..Endpoint::default() };
        let mut held = Vec::new();
        for _ in 0..ENDPOINTS {
            let made = self.hcn.attach(EndpointId::random(), &asked, namespace)?.keep();
            held.push(mine(&made)?);
        }
        report.endpoints += ENDPOINTS;
        Ok((namespace, held))
    }

    /// Is everything there, and nobody else's?
    fn look(
        &self,
        network: NetworkId,
        namespace: NamespaceId,
        held: &[Mine],
        report: &mut Report,
    ) -> Result<()> {
        let all = self.hcn.endpoints().list().context("a list failed")?;
        for (id, address, mac) in held {
            let found = all.iter().find(|endpoint| endpoint.id == Some(*id));
            let found = found.with_context(|| format!("endpoint {id} is lost"))?;
            ensure!(mine(found)? == (*id, address.clone(), mac.clone()), "endpoint {id} changed: {found:?}");
            ensure!(found.namespace() == Some(namespace), "endpoint {id} is not in {namespace}");
        }
        let taken: HashSet<&str> = held.iter().flat_map(|(_, address, mac)| [&**address, &**mac]).collect();
        for other in all.iter().filter(|other| other.host_compute_network == Some(network)) {
            let is_mine = held.iter().any(|(id, ..)| other.id == Some(*id));
            let shows =
                other.addresses().chain(other.mac_address.as_deref()).find(|what| taken.contains(what));
            if let (false, Some(what)) = (is_mine, shows) {
                bail!("{what} is mine and of endpoint {:?} too", other.id);
            }
        }
        let ids: Vec<EndpointId> = held.iter().map(|(id, ..)| *id).collect();
        let all = self.hcn.namespaces().list().context("a list failed")?;
        let found = all.iter().find(|found| found.id == Some(namespace));
        let found = found.with_context(|| format!("namespace {namespace} is lost"))?;
        ensure!(
            found.endpoints().collect::<Vec<_>>() == ids,
            "namespace {namespace} holds others: {found:?}"
        );
        self.hcn.networks().list().context("a list failed")?;
        report.lists += 3;
        Ok(())
    }

    /// A network of its own, with an endpoint that vanishes with it.
    fn own_network(&self) -> Result<()> {
        let prefix = format!("10.{}.0.0/24", self.number);
        let subnet = Subnet { ip_address_prefix: Some(prefix), ..Subnet::default() };
        let ipam = Ipam { subnets: Some(vec![subnet]), ..Ipam::default() };
        let name = format!("{SHARED}-{}", self.number);
        let made = self.hcn.networks().create(&Network {
            kind: Some(NetworkKind::L2Bridge),
            ipams: Some(vec![ipam]),
            ..network(&name)
        })?;
        let id = made.id.context("a network without an id")?;
        let endpoint = self.hcn.endpoints().create(&Endpoint {
            host_compute_network: Some(id),
            schema_version: Some(SchemaVersion::V2),
            ..Endpoint::default()
        })?;
        self.hcn.networks().delete(id)?;
        gone(self.hcn.networks().get(id), "the network")?;
        gone(self.hcn.endpoints().get(endpoint.id.unwrap_or_default()), "the network's endpoint")
    }

    /// Out of the namespace, away, and away with the namespace; the lists agree.
    fn detach(&self, namespace: NamespaceId, held: &[Mine], report: &mut Report) -> Result<()> {
        for (id, ..) in held {
            self.hcn.namespaces().modify(namespace, &Modify::endpoint(RequestType::Remove, *id))?;
            let alone = self.hcn.endpoints().get(*id)?;
            ensure!(alone.namespace().is_none(), "endpoint {id} is still in a namespace");
            self.hcn.endpoints().delete(*id)?;
        }
        self.hcn.namespaces().delete(namespace)?;
        let endpoints = self.hcn.endpoints().ids().context("a list failed")?;
        ensure!(!held.iter().any(|(id, ..)| endpoints.contains(id)), "a deleted endpoint is listed");
        let namespaces = self.hcn.namespaces().ids().context("a list failed")?;
        ensure!(!namespaces.contains(&namespace), "a deleted namespace is listed");
        report.lists += 2;
        Ok(())
    }
}

fn network(name: &str) -> Network {
    Network { name: Some(name.to_owned()), schema_version: Some(SchemaVersion::V2), ..Network::default() }
}

fn mine(endpoint: &Endpoint) -> Result<Mine> {
    let address = endpoint.addresses().next().context("an endpoint without an address")?.to_owned();
    let mac = endpoint.mac_address.clone().context("an endpoint without a MAC address")?;
    Ok((endpoint.id.context("an endpoint without an id")?, address, mac))
}

fn gone<T: std::fmt::Debug>(read: Result<T, hcn::Error>, what: &str) -> Result<()> {
    match read {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => bail!("{what} is not gone: {other:?}"),
    }
}
