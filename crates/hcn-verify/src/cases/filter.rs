//! Filters: how an enumerate finds what a client looks for. Their keys are V1 names, whatever the query's version.

use hcn::Guid;
use hcn::{Code, Kind};

use super::case;
use crate::bench::{Bench, Object};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred};

const IT_ALONE: &[Answer] = &[Answer::Says("it alone")];
const NOTHING: &[Answer] = &[Answer::Says("nothing")];

pub(super) const CASES: &[Case] = &[
    case("filter.name", "is an endpoint found by its name?", depends(IT_ALONE), |bench| {
        let (made, name) = named(bench)?;
        found(bench, &made, &format!(r#"{{"Name":"{name}"}}"#))
    }),
    case(
        "filter.name.absent",
        "does a name that nothing has find nothing, without an error?",
        depends(NOTHING),
        |bench| {
            let (made, _) = named(bench)?;
            found(bench, &made, &format!(r#"{{"Name":"{}"}}"#, Bench::name()))
        },
    ),
    case("filter.name.case", "are names compared with their case?", inferred(NOTHING), |bench| {
        let (made, name) = named(bench)?;
        found(bench, &made, &format!(r#"{{"Name":"{}"}}"#, name.to_uppercase()))
    }),
    case(
        "filter.network-name",
        "is a network found by its name?",
        depends(&[Answer::Says("it alone")]),
        |bench| {
            let ground = bench.own_ground()?;
            let (id, name) = (ground.id, ground.name.clone());
            Ok(found_among(bench, Kind::Network, id, &format!(r#"{{"Name":"{name}"}}"#)))
        },
    ),
    case("filter.id", "is a namespace found by its id, in lower case?", inferred(IT_ALONE), |bench| {
        let made = bench.namespace()?;
        found(bench, &made, &format!(r#"{{"ID":"{}"}}"#, made.id))
    }),
    case("filter.id.upper", "and in upper case?", inferred(IT_ALONE), |bench| {
        let made = bench.namespace()?;
        found(bench, &made, &format!(r#"{{"ID":"{}"}}"#, made.id.to_string().to_uppercase()))
    }),
    case("filter.id.endpoint", "is an endpoint found by its id?", inferred(IT_ALONE), |bench| {
        let made = bench.endpoint()?;
        found(bench, &made, &format!(r#"{{"ID":"{}"}}"#, made.id))
    }),
    case("filter.id.empty", "does an empty id find nothing, without an error?", inferred(NOTHING), |bench| {
        let made = bench.namespace()?;
        found(bench, &made, r#"{"ID":""}"#)
    }),
    case("filter.id.zero", "does the zero id find nothing?", inferred(NOTHING), |bench| {
        let made = bench.namespace()?;
        found(bench, &made, &format!(r#"{{"ID":"{}"}}"#, Guid::ZERO))
    }),
    case(
        "filter.network",
        "are a network's endpoints found by its id?",
        inferred(&[Answer::Says("it among others"), Answer::Says("it alone")]),
        |bench| {
            let made = bench.endpoint()?;
            let network = bench.ground()?.id;
            found(bench, &made, &format!(r#"{{"VirtualNetwork":"{network}"}}"#))
        },
    ),
    case("filter.two-keys", "do several keys all have to match?", inferred(NOTHING), |bench| {
        let (made, name) = named(bench)?;
        found(bench, &made, &format!(r#"{{"Name":"{name}","ID":"{}"}}"#, Guid::random()))
    }),
    case("filter.unknown-key", "what does a key find that nothing has?", OPEN, |bench| {
        let made = bench.namespace()?;
        found(bench, &made, r#"{"HcnVerify":1}"#)
    }),
    case(
        "filter.empty-object",
        "does {} find everything?",
        inferred(&[Answer::Says("it among others"), Answer::Says("it alone")]),
        |bench| {
            let made = bench.namespace()?;
            found(bench, &made, "{}")
        },
    ),
    case("filter.empty-text", "what does an empty filter find?", OPEN, |bench| {
        let made = bench.namespace()?;
        found(bench, &made, "")
    }),
    case(
        "filter.broken",
        "which code refuses a filter that is no JSON?",
        inferred(&[Answer::Code(Code::INVALID_JSON)]),
        |bench| {
            let made = bench.namespace()?;
            found(bench, &made, "{")
        },
    ),
    case(
        "filter.object",
        "which code refuses a filter that is no text?",
        inferred(&[Answer::Code(Code::INVALID_JSON)]),
        |bench| {
            let query = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Filter":{"Name":"hcn-verify"}}"#;
            Ok(Seen::of(&bench.ids(Kind::Namespace, Some(query))))
        },
    ),
];

/// An endpoint and its name.
fn named(bench: &Bench) -> Result<(Object, String), Stop> {
    let name = Bench::name();
    let made = bench.try_endpoint(&format!(r#""Name":"{name}""#))?;
    Ok((made.map_err(|failure| Stop::broken("make an endpoint", &failure))?, name))
}

fn found(bench: &Bench, object: &Object, filter: &str) -> Outcome {
    Ok(found_among(bench, object.kind, object.id, filter))
}

/// What the filter finds, as seen from an object of ours.
fn found_among(bench: &Bench, kind: Kind, id: Guid, filter: &str) -> Seen {
    let filter = serde_json::Value::from(filter);
    let query = format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":0}},"Filter":{filter}}}"#);
    match bench.ids(kind, Some(&query)) {
        Err(failure) => Seen::Refused(failure.code),
        Ok(ids) => Seen::says(match (ids.len(), ids.contains(&id)) {
            (0, _) => "nothing",
            (1, true) => "it alone",
            (_, true) => "it among others",
            (_, false) => "others",
        }),
    }
}
