//! Queries: which form of a document each one brings.

use hcn::{Api, Kind, Query};
use serde_json::Value;

use super::{YES, case, yes_or};
use crate::bench::{Bench, V2};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, depends, inferred};

const AS_V1: &[Answer] = &[Answer::Says("V1")];
const AS_V2: &[Answer] = &[Answer::Says("V2")];

pub(super) const CASES: &[Case] = &[
    case("query.v2", "does hcn's query bring a V2 document?", depends(AS_V2), |bench| {
        dialect(bench, Some(V2))
    }),
    case("query.v2.network", "does it of a network?", depends(AS_V2), |bench| {
        let network = bench.network()?;
        Ok(match bench.session.discreetly(|| bench.query(&network, Some(V2))) {
            Ok(text) => Seen::says(form(&text)),
            Err(failure) => Seen::Refused(failure.code),
        })
    }),
    case("query.null", "which form does a query of NULL bring?", inferred(AS_V1), |bench| {
        dialect(bench, None)
    }),
    case("query.empty-object", "which form does the query {} bring?", inferred(AS_V1), |bench| {
        dialect(bench, Some("{}"))
    }),
    case("query.empty-text", "what does an empty text as a query mean?", OPEN, |bench| {
        dialect(bench, Some(""))
    }),
    case("query.v1", "which form does schema version 1.0 bring?", inferred(AS_V1), |bench| {
        dialect(bench, Some(r#"{"SchemaVersion":{"Major":1,"Minor":0}}"#))
    }),
    case("query.minor-16", "which form does schema version 2.16 bring?", inferred(AS_V2), |bench| {
        dialect(bench, Some(r#"{"SchemaVersion":{"Major":2,"Minor":16}}"#))
    }),
    case("query.detailed", "is a detailed query answered?", inferred(AS_V2), |bench| {
        dialect(bench, Some(r#"{"SchemaVersion":{"Major":2,"Minor":0},"Flags":1}"#))
    }),
    case("query.detailed.endpoint", "is it of an endpoint?", inferred(AS_V2), |bench| {
        let endpoint = bench.endpoint()?;
        Ok(match bench.query(&endpoint, Some(r#"{"SchemaVersion":{"Major":2,"Minor":0},"Flags":1}"#)) {
            Ok(text) => Seen::says(form(&text)),
            Err(failure) => Seen::Refused(failure.code),
        })
    }),
    case("query.v1.endpoint", "which form of an endpoint does NULL bring?", inferred(AS_V1), |bench| {
        let endpoint = bench.endpoint()?;
        Ok(match bench.query(&endpoint, None) {
            Ok(text) => Seen::says(form(&text)),
            Err(failure) => Seen::Refused(failure.code),
        })
    }),
    case("query.stats", "are an endpoint's counters given?", inferred(&[Answer::Success]), |bench| {
        asked(bench, Query::Stats)
    }),
    case("query.addresses", "are an endpoint's addresses given?", OPEN, |bench| {
        asked(bench, Query::Addresses)
    }),
    case(
        "enumerate.forms",
        "do NULL, {} and schema version 2.0 list the same namespaces?",
        inferred(YES),
        |bench| {
            let made = bench.namespace()?;
            let lists = [None, Some("{}"), Some(V2)].map(|query| bench.ids(Kind::Namespace, query));
            let holds =
                |ids: &Result<Vec<hcn::Guid>, _>| ids.as_ref().is_ok_and(|ids| ids.contains(&made.id));
            Ok(yes_or(lists.iter().all(holds), || {
                format!("{:?}", lists.map(|list| list.map(|ids| ids.len())))
            }))
        },
    ),
];

fn dialect(bench: &Bench, query: Option<&str>) -> Outcome {
    let made = bench.namespace()?;
    Ok(match bench.query(&made, query) {
        Ok(text) => Seen::says(form(&text)),
        Err(failure) => Seen::Refused(failure.code),
    })
}

/// By members that the other form does not have.
fn form(text: &str) -> &'static str {
    const ONLY_V1: &[&str] =
        &["IsDefault", "CompartmentId", "ResourceList", "Subnets", "MacPools", "VirtualNetwork"];
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) if ONLY_V1.iter().any(|member| members.contains_key(*member)) => "V1",
        Ok(Value::Object(members)) if members.contains_key("ID") => "V2",
        Ok(_) => "neither V1 nor V2",
        Err(_) => "no JSON",
    }
}

fn asked(bench: &Bench, what: Query) -> Outcome {
    let endpoint = bench.endpoint()?;
    Ok(Seen::of(&bench.session.query(Kind::Endpoint, endpoint.handle, what, Some(V2))))
}

#[cfg(test)]
mod tests {
    use super::form;

    #[test]
    fn the_form_of_a_document_is_told_by_its_members() {
        assert_eq!(form(r#"{"ID":"x","Type":"Host"}"#), "V2");
        assert_eq!(form(r#"{"ID":"x","IsDefault":false}"#), "V1");
        assert_eq!((form("[]"), form("{")), ("neither V1 nor V2", "no JSON"));
    }
}
