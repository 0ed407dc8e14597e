//! A store to judge, with or without objects of somebody else, and all that is in it.

use std::sync::Arc;

use hcn::{Api, Endpoint, EndpointId, Hcn, Kind, Namespace, Network, Query, SchemaVersion};
use hcn_emulator::Emulator;
use hcn_verify::{CaseReport, Report, Verdict};

const V2: &str = r#"{"SchemaVersion":{"Major":2,"Minor":0}}"#;

/// Shared, so that a test can look at it after the suite had it.
pub(crate) fn empty() -> Arc<dyn Api> {
    Arc::new(Emulator::in_memory())
}

/// With a NAT network of the host, an endpoint in a namespace on it, and another namespace.
pub(crate) fn in_use() -> Arc<dyn Api> {
    let store = empty();
    let hcn = Hcn::from_arc(Arc::clone(&store));
    let asked = Network {
        name: Some("NAT".to_owned()),
        schema_version: Some(SchemaVersion::V2),
        ..Network::default()
    };
    let network = hcn.networks().create(&asked).unwrap();
    let namespace = hcn.namespaces().create(&Namespace::for_container()).unwrap();
    hcn.namespaces().create(&Namespace::for_container()).unwrap();
    let endpoint = Endpoint { host_compute_network: network.id, ..Endpoint::default() };
    let _ = hcn.attach(EndpointId::random(), &endpoint, namespace.id.unwrap()).unwrap().keep();
    store
}

/// Every object's document.
pub(crate) fn dump(store: &dyn Api) -> Vec<String> {
    let kinds = [Kind::Network, Kind::Endpoint, Kind::Namespace];
    kinds.into_iter().flat_map(|kind| documents(store, kind)).collect()
}

fn documents(store: &dyn Api, kind: Kind) -> Vec<String> {
    let ids: Vec<hcn::Guid> = serde_json::from_str(&store.enumerate(kind, None).unwrap()).unwrap();
    let read = |id| {
        let handle = store.open(kind, id).unwrap();
        let text = store.query(kind, handle, Query::Properties, Some(V2)).unwrap();
        store.close(kind, handle).unwrap();
        text
    };
    ids.into_iter().map(read).collect()
}

/// `id: seen, reason` of the cases with this verdict.
pub(crate) fn with_verdict(report: &Report, verdict: Verdict) -> Vec<String> {
    let cases = report.cases.iter().filter(|case| case.verdict == Some(verdict));
    cases.map(told).collect()
}

fn told(case: &CaseReport) -> String {
    let words = [case.seen.as_deref(), case.reason.as_deref()].into_iter().flatten();
    format!("{}: {}", case.id, words.collect::<Vec<_>>().join(", "))
}
