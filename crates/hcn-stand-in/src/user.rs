//! A Rust program as others would write it on the library alone: of each kind of object it creates, lists, reads, finds,
//! modifies and deletes one, looks each time whether that happened, and tells.

use anyhow::{Context, Result, ensure};
use hcn::{
    Acl, AclAction, AclDirection, Endpoint, EndpointId, ErrorKind, Hcn, Modify, Namespace, NetAdapterName,
    Network, NetworkId, NetworkKind, Object, Objects, OnEndpoint, OnNetwork, Policy, RequestType, Subnet,
};

use crate::host;

/// What it does, in this order.
pub const VERBS: [&str; 6] = ["create", "list", "get", "find", "modify", "delete"];

/// Does it all on this host's service: a line for each kind and verb, which ends in `done` or says what is wrong.
///
/// # Errors
/// Where the network and the endpoint that the others need cannot be made.
pub fn told() -> Result<String> {
    let hcn = host::service()?;
    let floor = floor(&hcn)?;
    let guest = hcn.endpoints().create(&Endpoint::on(floor)).context("no endpoint to add")?;
    let guest = guest.id.context("an endpoint without an id")?;
    let told = [networks(&hcn), endpoints(&hcn, floor), namespaces(&hcn, guest)].concat();
    hcn.endpoints().delete(guest)?;
    hcn.networks().delete(floor)?;
    Ok(told)
}

/// The network below what is no network.
fn floor(hcn: &Hcn) -> Result<NetworkId> {
    let subnet = Subnet::new("10.8.0.0/24").with_gateway("10.8.0.1");
    let made = hcn.networks().create(&Network::new(NetworkKind::Nat, "floor").with_subnet(subnet))?;
    made.id.context("a network without an id")
}

fn networks(hcn: &Hcn) -> String {
    let asked = Network::new(NetworkKind::L2Bridge, "tried-network")
        .with_subnet(Subnet::new("10.9.0.0/24").with_gateway("10.9.0.1"));
    let policy = Policy::<OnNetwork>::from(NetAdapterName::new("Ethernet 2"));
    let change = Modify::policies(RequestType::Add, [policy.clone()]);
    story("network", &hcn.networks(), &asked, &change, |read| {
        read.policies.iter().flatten().any(|there| *there == policy)
    })
}

fn endpoints(hcn: &Hcn, floor: NetworkId) -> String {
    let asked = Endpoint { name: Some("tried-endpoint".to_owned()), ..Endpoint::on(floor) };
    let policy = Policy::<OnEndpoint>::from(Acl::new(AclAction::Block, AclDirection::Out));
    let change = Modify::policies(RequestType::Add, [policy.clone()]);
    story("endpoint", &hcn.endpoints(), &asked, &change, |read| {
        read.policies.iter().flatten().any(|there| *there == policy)
    })
}

fn namespaces(hcn: &Hcn, guest: EndpointId) -> String {
    let asked = Namespace { name: Some("tried-namespace".to_owned()), ..Namespace::for_container() };
    let change = Modify::endpoint(RequestType::Add, guest);
    story("namespace", &hcn.namespaces(), &asked, &change, |read| read.endpoints().any(|id| id == guest))
}

/// Every verb on one object, until one fails.
fn story<T: Object>(
    kind: &str,
    objects: &Objects<T>,
    asked: &T,
    change: &Modify,
    is_changed: impl Fn(&T) -> bool,
) -> String {
    let mut lines = String::new();
    let mut id = None;
    for verb in VERBS {
        let done = step(verb, objects, asked, (change, &is_changed), &mut id);
        let told = done.map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
        lines.push_str(&format!("{kind} {verb} {told}\n"));
    }
    lines
}

fn step<T: Object>(
    verb: &str,
    objects: &Objects<T>,
    asked: &T,
    (change, is_changed): (&Modify, &dyn Fn(&T) -> bool),
    made: &mut Option<T::Id>,
) -> Result<()> {
    if verb == "create" {
        *made = objects.create(asked)?.id();
    }
    let id = made.context("nothing was made")?;
    match verb {
        "create" => Ok(()),
        "list" => is(objects.list()?.iter().any(|one| one.id() == Some(id))),
        "get" => is(objects.get(id)?.name() == asked.name()),
        "find" => {
            is(objects.find(asked.name().unwrap_or_default())?.and_then(|found| found.id()) == Some(id))
        }
        "modify" => {
            objects.modify(id, change)?;
            is(is_changed(&objects.get(id)?))
        }
        _ => {
            objects.delete(id)?;
            is(objects.get(id).is_err_and(|error| error.kind() == ErrorKind::NotFound))
        }
    }
}

fn is(so: bool) -> Result<()> {
    ensure!(so, "the service says otherwise");
    Ok(())
}
