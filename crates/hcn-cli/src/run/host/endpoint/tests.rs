//! Endpoints of `--net nat` on an emulated service that refuses one call at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hcn::{Api, EndpointId, Guid, Handle, Kind, Modify, Namespace, Query, RequestType};
use hcn_emulator::Emulator;

use super::*;

const AT_ONCE: Patience = Patience { attempts: 3, pause: Duration::ZERO };

/// A service that refuses one of its calls, before or after it has done it. Calls that open and close are counted too.
struct Faulty {
    service: Arc<Emulator>,
    countdown: AtomicUsize,
    code: Code,
    after: bool,
}

impl Faulty {
    fn pass<T>(&self, act: impl FnOnce(&Emulator) -> Result<T, hcn::Failure>) -> Result<T, hcn::Failure> {
        let last = self.countdown.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && !self.after {
            return Err(self.code.into());
        }
        let done = act(&self.service);
        if last { Err(self.code.into()) } else { done }
    }
}

impl Api for Faulty {
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, hcn::Failure> {
        self.pass(|api| api.enumerate(kind, query))
    }
    fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Handle, hcn::Failure> {
        self.pass(|api| api.create(kind, parent, id, settings))
    }
    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, hcn::Failure> {
        self.pass(|api| api.open(kind, id))
    }
    fn query(
        &self,
        kind: Kind,
        handle: Handle,
        what: Query,
        text: Option<&str>,
    ) -> Result<String, hcn::Failure> {
        self.pass(|api| api.query(kind, handle, what, text))
    }
    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), hcn::Failure> {
        self.pass(|api| api.modify(kind, handle, settings))
    }
    fn delete(&self, kind: Kind, id: Guid) -> Result<(), hcn::Failure> {
        self.pass(|api| api.delete(kind, id))
    }
    fn close(&self, kind: Kind, handle: Handle) -> Result<(), hcn::Failure> {
        self.pass(|api| api.close(kind, handle))
    }
    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, hcn::Failure> {
        self.pass(|api| api.hns_call(method, path, body))
    }
}

/// A service, a namespace in it, and a plan of an endpoint in that, whose network is to be made.
struct Lab {
    service: Arc<Emulator>,
    hcn: Hcn,
    plan: Plan,
}

impl Lab {
    fn new() -> Self {
        let service = Arc::new(Emulator::in_memory());
        let hcn = Hcn::from_arc(service.clone());
        let namespace = hcn.namespaces().create(&Namespace::for_container()).unwrap().id.unwrap();
        Self { service, hcn, plan: plan(namespace) }
    }

    fn endpoint(&self) -> &Endpoint {
        match &self.plan.lanes[0][..] {
            [Step::Endpoint(endpoint)] => endpoint,
            other => panic!("the first lane is the endpoint, not {other:?}"),
        }
    }

    /// The service with its `call`th call refused.
    fn faulty(&self, call: usize, code: Code, after: bool) -> Hcn {
        Hcn::new(Faulty { service: self.service.clone(), countdown: call.into(), code, after })
    }

    fn unmake(&self) {
        unmake(&self.hcn, &self.plan, self.endpoint()).unwrap();
    }

    fn members(&self) -> Vec<EndpointId> {
        self.hcn.namespaces().get(self.endpoint().namespace).unwrap().endpoints().collect()
    }

    /// Endpoints and members of the namespace that there are, then the networks' names.
    fn world(&self) -> (usize, usize, Vec<String>) {
        let networks = self.hcn.networks().list().unwrap().into_iter().filter_map(|network| network.name);
        (self.hcn.endpoints().ids().unwrap().len(), self.members().len(), networks.collect())
    }
}

fn plan(namespace: NamespaceId) -> Plan {
    let endpoint = Endpoint {
        id: EndpointId::random(),
        name: "hcn-0123456789abcdef".into(),
        network: NatNetwork::ToBeMade { id: NetworkId::random(), name: "nat".into() },
        namespace,
        dns: vec!["1.1.1.1".into()],
    };
    Plan {
        version: Plan::VERSION,
        run: "0123456789abcdef".into(),
        boot: String::new(),
        address: String::new(),
        containerd_namespace: "default".into(),
        container: "t1".into(),
        network_namespace: Some(namespace.to_string()),
        detached: false,
        log: None,
        first: vec![Step::HcnNamespace { id: namespace }],
        lanes: [vec![Step::Endpoint(endpoint)], Vec::new()],
        then: Vec::new(),
    }
}

#[test]
fn the_endpoint_is_in_the_namespace_with_route_and_name_servers_and_the_network_stays() {
    let lab = Lab::new();
    make(&lab.hcn, lab.endpoint(), AT_ONCE).unwrap();
    let made = lab.hcn.endpoints().get(lab.endpoint().id).unwrap();
    assert_eq!(
        (made.name.as_deref(), made.namespace()),
        (Some("hcn-0123456789abcdef"), Some(lab.endpoint().namespace))
    );
    let network = lab.hcn.networks().get(made.host_compute_network.unwrap()).unwrap();
    let gateway = network.subnets().next().unwrap().routes.as_ref().unwrap()[0].next_hop.clone();
    assert_eq!(made.routes.unwrap()[0].next_hop, gateway);
    assert_eq!(made.dns.unwrap().server_list, Some(vec!["1.1.1.1".to_owned()]));
    for _ in 0..2 {
        lab.unmake();
        assert_eq!(lab.world(), (0, 0, vec!["nat".to_owned()]));
    }
}

#[test]
fn what_was_half_made_is_unmade_whichever_call_is_refused() {
    let mut refusals = 0;
    for after in [false, true] {
        for call in 1.. {
            let lab = Lab::new();
            let made = make(&lab.faulty(call, Code::UNSPECIFIED, after), lab.endpoint(), AT_ONCE);
            refusals += usize::from(made.is_err());
            lab.unmake();
            let (endpoints, members, networks) = lab.world();
            assert_eq!((endpoints, members), (0, 0), "call {call}, after: {after}");
            assert!(networks.is_empty() || networks == ["nat"], "call {call}: {networks:?}");
            if made.is_ok() {
                break;
            }
        }
    }
    assert!(refusals > 20, "{refusals} calls were refused");
}

#[test]
fn a_network_that_somebody_else_made_meanwhile_is_used() {
    for code in [Code::NETWORK_ALREADY_EXISTS, Code::ALREADY_EXISTS, Code::INVALID_NETWORK] {
        let lab = Lab::new();
        // The second call, after the look, is the network's creation: done, and answered with "exists".
        make(&lab.faulty(2, code, true), lab.endpoint(), AT_ONCE).unwrap();
        assert_eq!(lab.world(), (1, 1, vec!["nat".to_owned()]));
    }
}

#[test]
fn a_network_that_stays_invisible_is_given_up_with_the_service_s_words() {
    let lab = Lab::new();
    let never = Patience { attempts: 0, ..AT_ONCE };
    let refused = make(&lab.faulty(2, Code::INVALID_NETWORK, false), lab.endpoint(), never).unwrap_err();
    insta::assert_snapshot!(refused, @"cannot create network `nat`: the network's configuration is wrong or incomplete (0x803B000A HCN_E_INVALID_NETWORK); check subnet and gateway; only one NAT network can hold WinNAT (`Get-NetNat` shows who does); or name another network with --network, or use --net cni");
    assert_eq!(lab.world(), (0, 0, Vec::new()));
}

#[test]
fn a_network_that_is_there_is_used_as_it_is() {
    let mut lab = Lab::new();
    let there = lab.hcn.networks().create(&nat::new_network("lab")).unwrap();
    let id = there.id.unwrap();
    let Step::Endpoint(endpoint) = &mut lab.plan.lanes[0][0] else { panic!("it is the endpoint") };
    endpoint.network = NatNetwork::Existing { id, name: "lab".into() };
    make(&lab.hcn, lab.endpoint(), AT_ONCE).unwrap();
    lab.unmake();
    assert_eq!(lab.world(), (0, 0, vec!["lab".to_owned()]));
    assert_eq!(lab.hcn.networks().get(id).unwrap(), there);
}

#[test]
fn a_dead_container_that_is_in_the_way_is_taken_out() {
    let lab = Lab::new();
    let namespace = lab.endpoint().namespace;
    make(&lab.hcn, lab.endpoint(), AT_ONCE).unwrap();
    lab.hcn.namespaces().modify(namespace, &Modify::container(RequestType::Add, "t1")).unwrap();
    // The second call, behind the namespace's opening, is the removal from it.
    unmake(&lab.faulty(2, Code::REQUEST_UNSUPPORTED, false), &lab.plan, lab.endpoint()).unwrap();
    assert_eq!(lab.hcn.namespaces().get(namespace).unwrap().containers().count(), 0);
    assert_eq!(lab.world(), (0, 0, vec!["nat".to_owned()]));
}

#[test]
fn of_somebody_else_s_namespace_only_the_run_s_container_is_taken_out() {
    let mut lab = Lab::new();
    let namespace = lab.endpoint().namespace;
    lab.plan.first.clear();
    for container in ["t1", "theirs"] {
        lab.hcn.namespaces().modify(namespace, &Modify::container(RequestType::Add, container)).unwrap();
    }
    let delete = || lab.hcn.namespaces().delete(namespace);
    let refused = without_the_dead(&lab.hcn, &lab.plan, namespace, delete).unwrap_err();
    assert_eq!(refused.code(), Code::REQUEST_UNSUPPORTED);
    let left = lab.hcn.namespaces().get(namespace).unwrap();
    assert_eq!(left.containers().collect::<Vec<_>>(), ["theirs"]);
}
