//! Gives a namespace a network: an endpoint on a NAT network, added, shown and taken away again.
//!
//! On Windows, as an administrator: `cargo run -p hcn --example attach`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

use hcn::{Endpoint, EndpointId, Error, Hcn, Namespace, Network, SchemaVersion};

fn main() {
    if let Err(error) = story(&Hcn::system()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn story(hcn: &Hcn) -> Result<(), Error> {
    let namespace = hcn.namespaces().create(&Namespace::for_container())?.id.unwrap_or_default();
    let named = Network { name: Some("attach-example".to_owned()), ..Network::default() };
    let network = hcn.networks().create(&Network { schema_version: Some(SchemaVersion::V2), ..named })?;
    let endpoint = Endpoint { host_compute_network: network.id, ..Endpoint::default() };
    let attachment = hcn.attach(EndpointId::random(), &endpoint, namespace)?;
    println!(
        "namespace {namespace} holds {:?}",
        hcn.namespaces().get(namespace)?.endpoints().collect::<Vec<_>>()
    );
    println!("addresses {:?}", attachment.endpoint().addresses().collect::<Vec<_>>());
    attachment.detach()?;
    hcn.networks().delete(network.id.unwrap_or_default())?;
    hcn.namespaces().delete(namespace)?;
    println!("left: {:?} {:?}", hcn.endpoints().ids()?, hcn.networks().ids()?);
    Ok(())
}
