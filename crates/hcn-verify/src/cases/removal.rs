//! The end of the network that the suite made, with an endpoint on it that is in a namespace. Asked last.

use hcn::{Api, Guid, Kind};

use super::case;
use crate::bench::{Bench, Object};
use crate::case::{Answer, Case, Outcome, Seen, inferred, not_found};

pub(super) const CASES: &[Case] = &[case(
    "network.delete",
    "is a network deleted with endpoints on it, and do they go with it?",
    inferred(&[
        Answer::Says("the endpoint went with it, the namespace names it still"),
        Answer::Says("the endpoint went with it, the namespace does not name it"),
    ]),
    with_endpoints,
)];

fn with_endpoints(bench: &Bench) -> Outcome {
    let network = bench.own_ground()?.id;
    let (namespace, endpoint) = bench.attached()?;
    if let Err(failure) = bench.session.delete(Kind::Network, network) {
        return Ok(Seen::Refused(failure.code));
    }
    let opened = Seen::of(&bench.open(Kind::Endpoint, endpoint.id));
    if !not_found(&opened) {
        return Ok(Seen::says(format!("the endpoint opens: {opened}")));
    }
    let names = if is_named(bench, &namespace, endpoint.id)? { "names it still" } else { "does not name it" };
    Ok(Seen::says(format!("the endpoint went with it, the namespace {names}")))
}

/// Does the namespace's document name the endpoint?
fn is_named(bench: &Bench, namespace: &Object, endpoint: Guid) -> Result<bool, crate::case::Stop> {
    let document = bench.read(namespace)?.to_string();
    Ok(document.to_ascii_lowercase().contains(&endpoint.to_string()))
}
