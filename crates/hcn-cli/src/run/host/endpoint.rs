//! The endpoint of `--net nat`: made on a NAT network and added to the namespace, and taken away again. The network is
//! made where there is none, and stays: others may be on it by the time that the run ends.

use std::thread;
use std::time::Duration;

use hcn::{Code, Error, Hcn, NamespaceId, Network, NetworkId};

use crate::Failure;
use crate::run::nat;
use crate::run::plan::{Endpoint, NatNetwork, Plan, Step};

/// How often, and how far apart, a network is looked for that the service says is there or in the way.
///
/// INFERRED: how long a network that somebody else is making stays invisible; two programs that make `nat` at the same
/// time on a real Windows would settle it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    attempts: u32,
    pause: Duration,
}

/// Ten seconds at most.
pub(super) const PATIENCE: Patience = Patience { attempts: 20, pause: Duration::from_millis(500) };

/// Makes the endpoint under its id and adds it to the namespace. Answers its addresses.
pub(super) fn make(hcn: &Hcn, wanted: &Endpoint, patience: Patience) -> Result<Vec<String>, Failure> {
    let network = network(hcn, &wanted.network, patience)?;
    let document = nat::new_endpoint(wanted, &network);
    let attachment = hcn.attach(wanted.id, &document, wanted.namespace).map_err(Failure::run)?;
    let made = attachment.keep();
    let addresses: Vec<_> = made.addresses().map(str::to_owned).collect();
    tracing::debug!(?addresses, "the endpoint is in its namespace");
    Ok(addresses)
}

/// Takes it out of the namespace and deletes it, and looks whether it is gone.
pub(super) fn unmake(hcn: &Hcn, plan: &Plan, made: &Endpoint) -> Result<(), Failure> {
    let detach = || hcn.detach(made.id, made.namespace);
    without_the_dead(hcn, plan, made.namespace, detach).map_err(Failure::run)?;
    match is_there(hcn, made).map_err(Failure::run)? {
        true => Err(Failure::run(format!(
            "cannot delete endpoint `{}`: the host network service says that it did, and it is still there; restart \
             the service (hns), or look at its log",
            made.id
        ))),
        false => Ok(()),
    }
}

/// Is it there?
pub(super) fn is_there(hcn: &Hcn, made: &Endpoint) -> Result<bool, Error> {
    match hcn.endpoints().get(made.id) {
        Err(error) if error.is_absence() => Ok(false),
        found => found.map(|_| true),
    }
}

/// Does something with the namespace; where a container of this run is in the way, takes that out and does it again.
/// When a plan is unmade its container is dead, but a shim that died leaves it in the namespace.
pub(super) fn without_the_dead<T>(
    hcn: &Hcn,
    plan: &Plan,
    namespace: NamespaceId,
    act: impl Fn() -> Result<T, Error>,
) -> Result<T, Error> {
    match act() {
        Err(error) if error.code() == Code::REQUEST_UNSUPPORTED => {
            // Of somebody else's namespace only the run's own container may be taken out.
            let own = plan.steps().any(|step| matches!(step, Step::HcnNamespace { id } if *id == namespace));
            hcn.take_out(namespace, |container| own || container == plan.container)?;
            act()
        }
        done => done,
    }
}

fn network(hcn: &Hcn, planned: &NatNetwork, patience: Patience) -> Result<Network, Failure> {
    match planned {
        NatNetwork::Existing { id, .. } => hcn.networks().get(*id).map_err(Failure::run),
        NatNetwork::ToBeMade { id, name } => ensure(hcn, *id, name, patience),
    }
}

/// The network, made unless it has come into being since the run was planned.
fn ensure(hcn: &Hcn, id: NetworkId, name: &str, patience: Patience) -> Result<Network, Failure> {
    let mut left = patience.attempts;
    loop {
        if let Some(found) = nat::choose(&hcn.networks().list().map_err(Failure::run)?, None)? {
            return hcn.networks().get(found.id).map_err(Failure::run);
        }
        match hcn.networks().create_as(id, &nat::new_network(name)) {
            Err(error) if left > 0 && says_look_again(&error) => {
                tracing::debug!(%error, "the NAT network is looked for again");
                thread::sleep(patience.pause);
                left -= 1;
            }
            Err(error) => return Err(cannot_make(&error)),
            Ok(made) => return Ok(made),
        }
    }
}

/// Somebody else made one, or is about to.
fn says_look_again(error: &Error) -> bool {
    let codes = [Code::NETWORK_ALREADY_EXISTS, Code::ALREADY_EXISTS, Code::INVALID_NETWORK];
    codes.contains(&error.code())
}

fn cannot_make(error: &Error) -> Failure {
    Failure::run(format!("{error}; or name another network with --network, or use --net cni"))
}

#[cfg(test)]
#[cfg(not(windows))]
mod tests;
