//! Gives a namespace a network: an endpoint on a NAT network, added, shown and taken away again.
//!
//! On Windows, as an administrator: `cargo run -p hcn --example attach`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

use hcn::{Endpoint, EndpointId, Error, Hcn, Namespace, NamespaceId, Network, NetworkId, NetworkKind};

fn main() {
    if let Err(error) = story(&Hcn::system()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

/// A namespace for as long as something is shown in it.
fn story(hcn: &Hcn) -> Result<(), Error> {
    let namespace = hcn.namespaces().create(&Namespace::for_container())?.id.unwrap_or_default();
    println!("namespace {namespace}");
    let shown = on_a_network(hcn, namespace);
    hcn.namespaces().delete(namespace)?;
    shown
}

/// A NAT network whose subnet the service chooses.
fn on_a_network(hcn: &Hcn, namespace: NamespaceId) -> Result<(), Error> {
    let made = hcn.networks().create(&Network::new(NetworkKind::Nat, "attach-example"))?;
    let network = made.id.unwrap_or_default();
    let shown = with_an_endpoint(hcn, network, namespace);
    hcn.networks().delete(network)?;
    shown
}

/// The attachment undoes itself where something fails; in the end it says whether that worked.
fn with_an_endpoint(hcn: &Hcn, network: NetworkId, namespace: NamespaceId) -> Result<(), Error> {
    let attachment = hcn.attach(EndpointId::random(), &Endpoint::on(network), namespace)?;
    let addresses: Vec<&str> = attachment.endpoint().addresses().collect();
    println!("holds endpoint {} with {}", attachment.id(), addresses.join(" and "));
    attachment.detach()
}
