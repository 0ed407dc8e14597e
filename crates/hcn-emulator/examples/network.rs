//! Gives a namespace a network: a NAT network, and an endpoint with an address on it, added to the namespace.
//!
//! ```sh
//! namespace=$(hcn-namespace create)
//! cargo run -p hcn-emulator --example network -- $namespace
//! cargo run -p hcn-emulator --example network -- --undo $namespace
//! ```
//!
//! `HCN_HNS` chooses the service, as for every program of hcn's.

use std::error::Error;
use std::fmt;

use hcn::{Endpoint, Hcn, Ipam, NamespaceId, Network, NetworkKind, Route, SchemaVersion, Subnet};
use hcn_emulator::{Environment, select};

const NETWORK: &str = "hcn-demo";
const ENDPOINT: &str = "hcn-demo-endpoint";

fn main() -> Result<(), Box<dyn Error>> {
    let hcn = select(None, &Environment::of_this_process())?.hcn;
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--undo", namespace] => undo(&hcn, namespace.parse()?),
        [namespace] => attach(&hcn, namespace.parse()?),
        _ => Err("usage: network [--undo] NAMESPACE".into()),
    }
}

fn attach(hcn: &Hcn, namespace: NamespaceId) -> Result<(), Box<dyn Error>> {
    let network = hcn.networks().create(&nat())?;
    say("network", network.id.ok_or("the service gave the network no id")?);
    let asked =
        Endpoint { name: Some(ENDPOINT.into()), host_compute_network: network.id, ..Endpoint::default() };
    let endpoint = hcn.attach(hcn::EndpointId::random(), &asked, namespace)?;
    say("endpoint", endpoint.id());
    for address in endpoint.endpoint().addresses() {
        say("address", address);
    }
    // Without this the endpoint would go with the guard, at the end of this function.
    endpoint.keep();
    Ok(())
}

fn undo(hcn: &Hcn, namespace: NamespaceId) -> Result<(), Box<dyn Error>> {
    if let Some(id) = hcn.endpoints().find(ENDPOINT)?.and_then(|endpoint| endpoint.id) {
        hcn.detach(id, namespace)?;
        say("deleted endpoint", id);
    }
    if let Some(id) = hcn.networks().find(NETWORK)?.and_then(|network| network.id) {
        hcn.networks().delete(id)?;
        say("deleted network", id);
    }
    Ok(())
}

/// A NAT network with one subnet.
fn nat() -> Network {
    let subnet = Subnet {
        ip_address_prefix: Some("10.77.0.0/24".into()),
        routes: Some(vec![Route::default_through("10.77.0.1")]),
        ..Subnet::default()
    };
    let ipam = Ipam { subnets: Some(vec![subnet]), ..Ipam::default() };
    Network {
        name: Some(NETWORK.into()),
        kind: Some(NetworkKind::Nat),
        schema_version: Some(SchemaVersion::V2),
        ipams: Some(vec![ipam]),
        ..Network::default()
    }
}

fn say(what: &str, value: impl fmt::Display) {
    #[allow(clippy::print_stdout, reason = "what an example is for")]
    {
        println!("{what} {value}");
    }
}
