//! Are objects of the Host Network Service degraded?

use std::fmt::Display;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};

pub(super) struct Degraded;

impl Check for Degraded {
    fn about(&self) -> About {
        About {
            id: "hcn.degraded",
            title: "no network, endpoint or namespace is degraded",
            why: "the service refuses most that is asked of such an object, and containers start that have no network",
            fix: "deletes the object, so that it can be made anew",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        match degraded(facts) {
            Err(absent) => vec![absent.into()],
            Ok(found) if found.is_empty() => vec![Finding::ok("none is")],
            Ok(found) => found,
        }
    }
}

/// The state of a degraded network or namespace.
const DEGRADED: u16 = 4;
/// That of a degraded endpoint, of which 4 says that it is detached.
///
/// INFERRED: from the names of V1's states; the document of an endpoint whose detach failed on a real Windows would settle it.
const DEGRADED_ENDPOINT: u16 = 5;

fn degraded(facts: &Facts<'_>) -> Fact<Vec<Finding>> {
    // Asked once for all checks: endpoints before what they are in, see there.
    let endpoints = facts.hns.endpoints()?;
    let (networks, namespaces) = (facts.hns.networks()?, facts.hns.namespaces()?);
    let networks = networks.iter().filter(|one| one.state == Some(DEGRADED));
    let endpoints = endpoints.iter().filter(|one| one.state == Some(DEGRADED_ENDPOINT));
    let namespaces = namespaces.iter().filter(|one| one.state == Some(DEGRADED));
    let networks = networks.filter_map(|one| Some(told("network", &one.id?, one.name.as_deref())));
    let endpoints = endpoints.filter_map(|one| Some(told("endpoint", &one.id?, one.name.as_deref())));
    let namespaces = namespaces.filter_map(|one| Some(told("namespace", &one.id?, None)));
    Ok(networks.chain(endpoints).chain(namespaces).collect())
}

fn told(kind: &str, id: &dyn Display, name: Option<&str>) -> Finding {
    let called = name.map(|name| format!(" ({name})")).unwrap_or_default();
    Finding::failure(
        format!("the {kind} {id}{called} is degraded"),
        Fix::advice(format!(
            "stop the containers that use it, then `hcn {kind} delete {id}`; where the service refuses that, \
             `Restart-Service hns`, after which the endpoints of running containers may be gone"
        )),
    )
}

#[cfg(test)]
mod tests {
    use hcn::{Endpoint, Guid, Namespace, Network, NetworkKind};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn host(state: u16) -> Recorded {
        let id = Guid::from_u128(7);
        let network =
            Network { id: Some(id.into()), state: Some(state), ..Network::new(NetworkKind::Nat, "nat") };
        let endpoint = Endpoint { id: Some(id.into()), state: Some(state), ..Endpoint::default() };
        let namespace = Namespace { id: Some(id.into()), state: Some(state), ..Namespace::default() };
        Recorded {
            networks: Ok(vec![network]),
            endpoints: Ok(vec![endpoint]),
            namespaces: Ok(vec![namespace]),
            ..Recorded::healthy()
        }
    }

    #[test]
    fn objects_in_their_usual_states_are_well() {
        insta::assert_snapshot!(host(1).tell(&Degraded), @"ok: none is");
        assert_eq!(Recorded::healthy().tell(&Degraded), "ok: none is\n");
    }

    #[test]
    fn each_kind_has_its_own_number_for_it() {
        insta::assert_snapshot!(host(4).tell(&Degraded), @r#"
        failure: the network 00000000-0000-0000-0000-000000000007 (nat) is degraded
          Advice("stop the containers that use it, then `hcn network delete 00000000-0000-0000-0000-000000000007`; where the service refuses that, `Restart-Service hns`, after which the endpoints of running containers may be gone")
        failure: the namespace 00000000-0000-0000-0000-000000000007 is degraded
          Advice("stop the containers that use it, then `hcn namespace delete 00000000-0000-0000-0000-000000000007`; where the service refuses that, `Restart-Service hns`, after which the endpoints of running containers may be gone")
        "#);
        assert!(host(5).tell(&Degraded).starts_with("failure: the endpoint 00000000-"));
    }

    #[test]
    fn without_a_service_it_is_skipped() {
        let host = Recorded { endpoints: Err(Absent::Unreadable("no answer".into())), ..host(1) };
        insta::assert_snapshot!(host.tell(&Degraded), @"skipped: no answer");
    }
}
