//! Are there endpoints that are in no namespace, or on no network, any more?

use hcn::{Endpoint, EndpointFlags, Namespace, NamespaceId, Network};
use serde_json::Value;

use crate::doctor::check::{About, Check, Finding, Fix, Systems};
use crate::doctor::facts::{Fact, Facts};

pub(super) struct Endpoints;

impl Check for Endpoints {
    fn about(&self) -> About {
        About {
            id: "hcn.endpoints",
            title: "every endpoint is in a namespace, and on a network",
            why: "one that is not is nobody's any more, and still holds its address and its ports: a plugin that died, or \
                  failed to attach it, left it",
            fix: "deletes it",
            systems: Systems::Windows,
        }
    }

    fn examine(&self, facts: &Facts<'_>) -> Vec<Finding> {
        match dangling(facts) {
            Err(absent) => vec![absent.into()],
            Ok((found, count)) if found.is_empty() => {
                vec![Finding::ok(format!("{count} endpoints, none of which dangles"))]
            }
            Ok((found, _)) => found,
        }
    }
}

/// Those that dangle, and how many there are.
fn dangling(facts: &Facts<'_>) -> Fact<(Vec<Finding>, usize)> {
    // They are listed before what they are in: what is made from here on is not looked at.
    let endpoints = facts.hns.endpoints()?;
    let (networks, namespaces, runs) = (facts.hns.networks()?, facts.hns.namespaces()?, facts.runs.guids()?);
    let is_here = |endpoint: &&Endpoint| endpoint.flags() & EndpointFlags::REMOTE_ENDPOINT == 0;
    let is_of_a_run = |endpoint: &&Endpoint| endpoint.id.is_some_and(|id| runs.contains(&id.0));
    let candidates = endpoints.iter().filter(is_here).filter(|endpoint| !is_of_a_run(endpoint));
    let candidates = candidates.filter(|endpoint| !is_attached(endpoint));
    let told = |endpoint: &Endpoint| told(endpoint, &networks, &namespaces);
    Ok((candidates.filter_map(told).collect(), endpoints.len()))
}

/// Docker attaches endpoints to containers without a namespace of HCN's.
///
/// INFERRED: by the names of V1's states (2 attached, 3 attached and shared) and by its list of containers; an endpoint of a
/// running container of Docker on a real Windows would settle it.
fn is_attached(endpoint: &Endpoint) -> bool {
    let extra = endpoint.health.as_ref().and_then(|health| health.details.as_ref());
    let shared = extra.and_then(|extra| extra.shared_containers.as_ref());
    let containers = shared.and_then(|list| serde_json::from_str::<Vec<Value>>(list.as_str()).ok());
    matches!(endpoint.state, Some(2 | 3)) || containers.is_some_and(|list| !list.is_empty())
}

fn told(endpoint: &Endpoint, networks: &[Network], namespaces: &[Namespace]) -> Option<Finding> {
    let network = networks.iter().find(|one| one.id.is_some() && one.id == endpoint.host_compute_network);
    let id = endpoint.id?;
    let why = match (network, endpoint.namespace()) {
        (None, _) => "is on a network that is gone".to_owned(),
        (Some(_), None) => "is in no namespace".to_owned(),
        (Some(_), Some(namespace)) if !is_there(namespaces, namespace) => {
            format!("is in the namespace {namespace}, which is gone")
        }
        (Some(_), Some(_)) => return None,
    };
    let addresses: Vec<_> = endpoint.addresses().collect();
    let holds =
        if addresses.is_empty() { String::new() } else { format!(" and holds {}", addresses.join(", ")) };
    let seen = format!("the endpoint {id}, made {}, {why}{holds}", maker(endpoint, network));
    Some(Finding::warning(seen, Fix::command(format!("hcn endpoint delete {id}"))))
}

fn is_there(namespaces: &[Namespace], id: NamespaceId) -> bool {
    namespaces.iter().any(|namespace| namespace.id == Some(id))
}

/// Plugins name an endpoint after its container and its network.
fn maker(endpoint: &Endpoint, network: Option<&Network>) -> String {
    let name = endpoint.name.as_deref().unwrap_or_default();
    let network = network.and_then(|network| network.name.as_deref()).unwrap_or_default();
    let container = name.strip_suffix(network).and_then(|front| front.strip_suffix('_'));
    match (container.filter(|container| !container.is_empty()), name.strip_suffix("-eth0")) {
        (Some(container), _) => format!("by a CNI plugin for the container {container}"),
        (None, Some(container)) => format!("by Azure's CNI plugin for a container {container}…"),
        (None, None) if name.starts_with("hcn-") => "by a run of hcn".to_owned(),
        (None, None) if name.is_empty() => "by Docker or by hand, as it seems".to_owned(),
        (None, None) => format!("as `{name}`, by hand as it seems"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use hcn::{Guid, NetworkKind};

    use super::*;
    use crate::doctor::facts::Absent;
    use crate::doctor::facts::recorded::Recorded;

    fn endpoint(number: u128, name: &str, namespace: u128) -> Endpoint {
        Endpoint {
            id: Some(Guid::from_u128(number).into()),
            name: Some(name.into()),
            host_compute_namespace: Some(Guid::from_u128(namespace).into()),
            ..Endpoint::on(Guid::from_u128(9).into()).with_address("172.20.0.5")
        }
    }

    fn host(endpoints: Vec<Endpoint>) -> Recorded {
        let network =
            Network { id: Some(Guid::from_u128(9).into()), ..Network::new(NetworkKind::Nat, "nat") };
        let namespace = Namespace { id: Some(Guid::from_u128(8).into()), ..Namespace::for_container() };
        Recorded {
            networks: Ok(vec![network]),
            namespaces: Ok(vec![namespace]),
            endpoints: Ok(endpoints),
            ..Recorded::healthy()
        }
    }

    #[test]
    fn one_in_a_namespace_or_of_a_run_or_of_a_container_of_docker_s_is_well() {
        let docker =
            r#"{"ID":"00000000-0000-0000-0000-000000000003","Health":{"Extra":{"SharedContainers":["c"]}}}"#;
        let docker = Endpoint::from_json(docker).unwrap();
        let attached = Endpoint { state: Some(2), ..endpoint(4, "", 0) };
        let mut host = host(vec![endpoint(1, "default-web_nat", 8), endpoint(2, "x", 0), docker, attached]);
        host.guids = Ok(HashSet::from([Guid::from_u128(2)]));
        insta::assert_snapshot!(host.tell(&Endpoints), @"ok: 4 endpoints, none of which dangles");
    }

    #[test]
    fn one_that_dangles_is_named_with_its_likely_maker() {
        let gone = Endpoint { host_compute_network: None, ..endpoint(4, "", 8) };
        let all = vec![
            endpoint(1, "default-web_nat", 0),
            endpoint(2, "45dce45f-eth0", 7),
            endpoint(3, "x", 0),
            gone,
        ];
        insta::assert_snapshot!(host(all).tell(&Endpoints), @r#"
        warning: the endpoint 00000000-0000-0000-0000-000000000001, made by a CNI plugin for the container default-web, is in no namespace and holds 172.20.0.5
          Command("hcn endpoint delete 00000000-0000-0000-0000-000000000001")
        warning: the endpoint 00000000-0000-0000-0000-000000000002, made by Azure's CNI plugin for a container 45dce45f…, is in the namespace 00000000-0000-0000-0000-000000000007, which is gone and holds 172.20.0.5
          Command("hcn endpoint delete 00000000-0000-0000-0000-000000000002")
        warning: the endpoint 00000000-0000-0000-0000-000000000003, made as `x`, by hand as it seems, is in no namespace and holds 172.20.0.5
          Command("hcn endpoint delete 00000000-0000-0000-0000-000000000003")
        warning: the endpoint 00000000-0000-0000-0000-000000000004, made by Docker or by hand, as it seems, is on a network that is gone and holds 172.20.0.5
          Command("hcn endpoint delete 00000000-0000-0000-0000-000000000004")
        "#);
    }

    #[test]
    fn without_a_service_it_is_skipped() {
        let silent = Recorded { endpoints: Err(Absent::Unreadable("no answer".into())), ..host(Vec::new()) };
        insta::assert_snapshot!(silent.tell(&Endpoints), @"skipped: no answer");
    }
}
