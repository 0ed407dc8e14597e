//! A network with a subnet of its own, an endpoint on it with a published port and a rule that blocks the rest; the port is
//! moved, and everything goes again.
//!
//! On Windows, as an administrator: `cargo run -p hcn --example publish`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it does")]

use hcn::{
    Acl, AclAction, AclDirection, Endpoint, EndpointId, Error, Hcn, Modify, Network, NetworkId, NetworkKind,
    OutBoundNat, Policy, PortMapping, RequestType, Subnet,
};

fn main() {
    if let Err(error) = story(&Hcn::system()) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn story(hcn: &Hcn) -> Result<(), Error> {
    let subnet = Subnet::new("10.77.0.0/24").with_gateway("10.77.0.1");
    let network = Network::new(NetworkKind::Nat, "publish-example").with_subnet(subnet);
    let network = hcn.networks().create(&network)?.id.unwrap_or_default();
    let shown = on_it(hcn, network);
    // The endpoint goes with its network.
    hcn.networks().delete(network)?;
    shown
}

fn on_it(hcn: &Hcn, network: NetworkId) -> Result<(), Error> {
    let web = Acl { local_ports: Some("80".to_owned()), ..Acl::new(AclAction::Allow, AclDirection::In) };
    let asked = Endpoint::on(network)
        .with_address("10.77.0.5")
        .with_policy(PortMapping::tcp(80, 8080))
        .with_policy(OutBoundNat::except(["10.0.0.0/8"]))
        .with_policy(Acl { priority: Some(100), ..web })
        .with_policy(Acl { priority: Some(200), ..Acl::new(AclAction::Block, AclDirection::In) });
    let made = hcn.endpoints().create(&asked)?;
    show(&made);
    moved(hcn, made.id.unwrap_or_default())
}

/// An update takes the place of all policies of its type, and leaves the others.
fn moved(hcn: &Hcn, endpoint: EndpointId) -> Result<(), Error> {
    let policy = Policy::from(PortMapping::tcp(80, 8081));
    hcn.endpoints().modify(endpoint, &Modify::policies(RequestType::Update, [policy]))?;
    show(&hcn.endpoints().get(endpoint)?);
    Ok(())
}

fn show(endpoint: &Endpoint) {
    for mapping in endpoint.policies.iter().flatten().filter_map(Policy::read::<PortMapping>) {
        match mapping {
            Ok(PortMapping { external_port: Some(port), .. }) => println!("published on port {port}"),
            Ok(_) => println!("published on a port of the service's choice"),
            Err(error) => println!("not to be understood: {error}"),
        }
    }
}
