//! What a plugin that was killed leaves behind on Windows: the Host Network Service finishes the call that the dead
//! plugin had begun, after DEL has looked for the endpoint and found none. So it is looked for once more, for a while.

use std::thread;
use std::time::{Duration, Instant};

use hcn::{Endpoint, EndpointId, Error, Hcn, NamespaceId};

use crate::run::plan::{Cni, Plan, Step};

/// How long the service may take.
///
/// INFERRED: ten seconds; killing a plugin in the middle of its ADD on a real Windows, many times, would settle it.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked.
const PAUSE: Duration = Duration::from_millis(500);

/// The endpoints that can only be of one attachment.
#[derive(Debug, Clone)]
pub(super) struct Late {
    /// The namespace that they are added to.
    namespace: NamespaceId,
    /// Did the run make it? Then whatever is in it is the attachment's.
    own: bool,
    /// Plugins name their endpoints `CONTAINERID_NETWORK`, and that id contains the run's.
    name: String,
}

impl Late {
    /// Those of this attachment; nothing where its namespace is no GUID, for then no plugin got as far.
    pub(super) fn of(plan: &Plan, cni: &Cni) -> Option<Self> {
        let namespace = cni.netns.parse().ok()?;
        let own = plan.steps().any(|step| matches!(step, Step::HcnNamespace { id } if *id == namespace));
        Some(Self { namespace, own, name: cni.container_id.clone() })
    }

    /// Removes them as soon as there are any; gives up after `patience`. Answers how many there were.
    pub(super) fn remove(&self, hcn: &Hcn, patience: Duration) -> Result<usize, Error> {
        let give_up = Instant::now() + patience;
        loop {
            let found = self.find(hcn)?;
            found.iter().try_for_each(|id| hcn.detach(*id, self.namespace))?;
            if !found.is_empty() || Instant::now() >= give_up {
                return Ok(found.len());
            }
            thread::sleep(PAUSE);
        }
    }

    /// Takes the run's container out of the namespace, and out of the run's own whatever else is in it: it is dead.
    pub(super) fn take_out(&self, hcn: &Hcn, container: &str) -> Result<(), Error> {
        hcn.take_out(self.namespace, |id| self.own || id == container)
    }

    fn find(&self, hcn: &Hcn) -> Result<Vec<EndpointId>, Error> {
        let named =
            |endpoint: &Endpoint| endpoint.name.as_ref().is_some_and(|name| name.starts_with(&self.name));
        let all = hcn.endpoints().list()?;
        let mut found: Vec<_> =
            all.iter().filter(|endpoint| named(endpoint)).filter_map(|one| one.id).collect();
        for id in self.members(hcn)? {
            if !found.contains(&id) {
                found.push(id);
            }
        }
        Ok(found)
    }

    fn members(&self, hcn: &Hcn) -> Result<Vec<EndpointId>, Error> {
        if !self.own {
            return Ok(Vec::new());
        }
        match hcn.namespaces().get(self.namespace) {
            Err(error) if error.is_absence() => Ok(Vec::new()),
            namespace => Ok(namespace?.endpoints().collect()),
        }
    }
}

#[cfg(test)]
#[cfg(not(windows))]
mod tests {
    use hcn::{Guid, Namespace, Network};
    use hcn_emulator::Emulator;

    use super::*;

    const NETWORK: &str = r#"{"Name":"lab","Type":"NAT","SchemaVersion":{"Major":2,"Minor":0},
        "Ipams":[{"Subnets":[{"IpAddressPrefix":"10.1.0.0/24"}]}]}"#;

    /// A network, a namespace, and an endpoint of each name in it.
    fn lab(names: &[&str]) -> (Hcn, NamespaceId) {
        let hcn = Hcn::new(Emulator::in_memory());
        let network = hcn.networks().create(&Network::from_json(NETWORK).unwrap()).unwrap();
        let namespace = hcn.namespaces().create(&Namespace::for_container()).unwrap().id.unwrap();
        for name in names {
            let endpoint = Endpoint {
                name: Some((*name).to_owned()),
                host_compute_network: network.id,
                ..Endpoint::default()
            };
            hcn.attach(Guid::random().into(), &endpoint, namespace).unwrap().keep();
        }
        (hcn, namespace)
    }

    fn late(namespace: NamespaceId, own: bool) -> Late {
        Late { namespace, own, name: "default-t1-0123456789abcdef".to_owned() }
    }

    #[test]
    fn an_endpoint_that_came_late_is_removed_from_the_run_s_own_namespace_whatever_its_name() {
        let (hcn, namespace) = lab(&["Ethernet"]);
        assert_eq!(late(namespace, true).remove(&hcn, Duration::ZERO).unwrap(), 1);
        assert_eq!(hcn.endpoints().ids().unwrap().len(), 0);
    }

    #[test]
    fn of_a_namespace_of_somebody_else_s_only_the_attachment_s_endpoints_are_removed() {
        let (hcn, namespace) = lab(&["default-t1-0123456789abcdef_lab", "default-t1_lab"]);
        assert_eq!(late(namespace, false).remove(&hcn, Duration::ZERO).unwrap(), 1);
        let left = hcn.endpoints().list().unwrap();
        assert_eq!(left.iter().map(|one| one.name.as_deref()).collect::<Vec<_>>(), [Some("default-t1_lab")]);
    }

    #[test]
    fn nothing_to_remove_is_success_also_where_the_namespace_is_gone() {
        let (hcn, namespace) = lab(&[]);
        hcn.namespaces().delete(namespace).unwrap();
        assert_eq!(late(namespace, true).remove(&hcn, Duration::ZERO).unwrap(), 0);
    }
}
