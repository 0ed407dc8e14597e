//! Lists every network, endpoint and namespace of the host, and what the service can do.
//!
//! On Windows, as an administrator: `cargo run -p hcn --example list`. It changes nothing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

use hcn::{Endpoint, Error, Hcn, Namespace, Network, Subnet};

fn main() {
    if let Err(error) = list(&Hcn::system()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn list(hcn: &Hcn) -> Result<(), Error> {
    let version = hcn.version()?;
    let features: Vec<&str> = version.features().map(hcn::Feature::name).collect();
    println!("Host Network Service {version}: {}", features.join(" "));
    hcn.networks().list()?.iter().for_each(network);
    hcn.endpoints().list()?.iter().for_each(endpoint);
    hcn.namespaces().list()?.iter().for_each(namespace);
    Ok(())
}

fn network(network: &Network) {
    let prefix = |subnet: &Subnet| {
        let (prefix, gateway) = (subnet.ip_address_prefix.as_deref(), subnet.gateway());
        format!("{} through {}", prefix.unwrap_or("?"), gateway.unwrap_or("nothing"))
    };
    let subnets: Vec<String> = network.subnets().map(prefix).collect();
    let (id, name) = (network.id.unwrap_or_default(), network.name.as_deref().unwrap_or_default());
    println!("network {id} `{name}` {}: {}", network.kind(), subnets.join(", "));
}

fn endpoint(endpoint: &Endpoint) {
    let addresses: Vec<&str> = endpoint.addresses().collect();
    let policies: Vec<&str> = endpoint.policies.iter().flatten().map(hcn::Policy::kind).collect();
    let (id, name) = (endpoint.id.unwrap_or_default(), endpoint.name.as_deref().unwrap_or_default());
    println!("endpoint {id} `{name}`: {}; policies: {}", addresses.join(", "), policies.join(", "));
}

fn namespace(namespace: &Namespace) {
    let (endpoints, containers) = (namespace.endpoints().count(), namespace.containers().count());
    let id = namespace.id.unwrap_or_default();
    println!("namespace {id} {}: {endpoints} endpoints, {containers} containers", namespace.kind());
}
