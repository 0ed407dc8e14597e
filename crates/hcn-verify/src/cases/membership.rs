//! Endpoints in namespaces: added, shown by both, removed, and what happens when one of the two goes first.

use hcn::{Api, Code, Guid, Kind};
use serde_json::Value;

use super::endpoint::namespace_of;
use super::{SUCCESS, YES, case, shown, yes_or};
use crate::bench::{Bench, Object};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, not_found, refused};

const BAD: &[Answer] = &[Answer::Code(Code::INVALID_JSON)];
const OUTSIDE: &[Answer] = &[Answer::Says("zero"), Answer::Says("absent")];
/// What hcn's detach takes for "it is not in there".
const NOT_IN_IT: &[Answer] =
    &[Answer::Code(Code::ELEMENT_NOT_FOUND), Answer::Code(Code::ENDPOINT_NOT_ATTACHED)];

pub(super) const CASES: &[Case] = &[
    case("membership.add", "is an endpoint added to a namespace?", depends(SUCCESS), |bench| {
        let (namespace, endpoint) = (bench.namespace()?, bench.endpoint()?);
        Ok(Seen::of(&bench.add(&namespace, endpoint.id)))
    }),
    case("membership.endpoint-shows", "does the endpoint name the namespace?", depends(YES), |bench| {
        let (namespace, endpoint) = bench.attached()?;
        let shown = namespace_of(&bench.read(&endpoint)?);
        Ok(yes_or(shown == namespace.id.to_string(), || shown))
    }),
    case(
        "membership.namespace-shows",
        "does the namespace name the endpoint, in upper case?",
        depends(YES).or_finding(|seen| matches!(seen, Seen::Says(words) if words.starts_with("spelled"))),
        |bench| {
            let (namespace, endpoint) = bench.attached()?;
            Ok(spelling(&resources(bench, &namespace)?, endpoint.id))
        },
    ),
    case("membership.add.upper", "is an EndpointId in upper case understood?", inferred(SUCCESS), |bench| {
        let (namespace, endpoint) = (bench.namespace()?, bench.endpoint()?);
        Ok(Seen::of(&bench.move_endpoint(&namespace, "Add", &endpoint.id.to_string().to_uppercase())))
    }),
    case(
        "membership.add.braces",
        "is an EndpointId in braces refused?",
        inferred(&[Answer::Code(Code::GUID_CONVERSION_FAILURE), Answer::Code(Code::INVALID_JSON)]),
        |bench| {
            let (namespace, endpoint) = (bench.namespace()?, bench.endpoint()?);
            Ok(Seen::of(&bench.move_endpoint(&namespace, "Add", &format!("{{{}}}", endpoint.id))))
        },
    ),
    case(
        "membership.add.numbers",
        "are request and resource understood by number?",
        inferred(SUCCESS),
        |bench| {
            let (namespace, endpoint) = (bench.namespace()?, bench.endpoint()?);
            let settings = format!(r#"{{"EndpointId":"{}"}}"#, endpoint.id);
            Ok(requested(bench, &namespace, "1", "0", &settings))
        },
    ),
    case(
        "membership.add.twice",
        "what becomes of adding it twice?",
        inferred(&[Answer::Code(Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS), Answer::Success]),
        |bench| {
            let (namespace, endpoint) = bench.attached()?;
            Ok(Seen::of(&bench.add(&namespace, endpoint.id)))
        },
    ),
    case(
        "membership.add.second-namespace",
        "is adding it to a second namespace refused?",
        inferred(&[Answer::Code(Code::ENDPOINT_NAMESPACE_ALREADY_EXISTS)]),
        |bench| {
            let (_, endpoint) = bench.attached()?;
            let second = bench.namespace()?;
            Ok(Seen::of(&bench.add(&second, endpoint.id)))
        },
    ),
    case(
        "membership.add.absent",
        "which code refuses an absent endpoint?",
        depends(&[Answer::Code(Code::ENDPOINT_NOT_FOUND)]).or_finding(refused),
        |bench| {
            let namespace = bench.namespace()?;
            Ok(Seen::of(&bench.add(&namespace, Guid::random())))
        },
    ),
    case(
        "membership.add.unknown-setting",
        "is an unknown member of Settings refused?",
        inferred(BAD),
        |bench| {
            let (namespace, endpoint) = (bench.namespace()?, bench.endpoint()?);
            let settings = format!(r#"{{"EndpointId":"{}","HcnVerify":1}}"#, endpoint.id);
            Ok(requested(bench, &namespace, "\"Endpoint\"", "\"Add\"", &settings))
        },
    ),
    case("membership.add.text-settings", "are Settings that are a text refused?", inferred(BAD), |bench| {
        Ok(requested(bench, &bench.namespace()?, "\"Endpoint\"", "\"Add\"", "\"{}\""))
    }),
    case(
        "membership.add.no-settings",
        "are Settings without an EndpointId refused?",
        inferred(BAD),
        |bench| Ok(requested(bench, &bench.namespace()?, "\"Endpoint\"", "\"Add\"", "{}")),
    ),
    case("membership.two", "are two endpoints listed in the order of adding?", inferred(YES), two),
    case("membership.remove", "is it removed?", depends(SUCCESS), |bench| {
        let (namespace, endpoint) = bench.attached()?;
        Ok(Seen::of(&bench.remove(&namespace, endpoint.id)))
    }),
    case(
        "membership.remove.endpoint-shows",
        "how does the endpoint read back then?",
        depends(OUTSIDE),
        |bench| {
            let (_, endpoint) = removed(bench)?;
            Ok(Seen::says(namespace_of(&bench.read(&endpoint)?)))
        },
    ),
    case(
        "membership.remove.namespace-shows",
        "does the namespace not name it any more?",
        depends(YES),
        |bench| {
            let (namespace, endpoint) = removed(bench)?;
            let still = spelling(&resources(bench, &namespace)?, endpoint.id);
            Ok(yes_or(still == Seen::says("absent"), || still.to_string()))
        },
    ),
    case("membership.add.again", "can it be added again?", depends(SUCCESS), |bench| {
        let (namespace, endpoint) = removed(bench)?;
        Ok(Seen::of(&bench.add(&namespace, endpoint.id)))
    }),
    case(
        "membership.remove.twice",
        "which code has the removal of one that is not in it?",
        depends(NOT_IN_IT).or_finding(not_found),
        |bench| {
            let (namespace, endpoint) = removed(bench)?;
            Ok(Seen::of(&bench.remove(&namespace, endpoint.id)))
        },
    ),
    case(
        "membership.remove.absent",
        "which code has the removal of an endpoint that does not exist?",
        depends(&[Answer::Code(Code::ELEMENT_NOT_FOUND), Answer::Code(Code::ENDPOINT_NOT_FOUND)])
            .or_finding(|seen| not_found(seen) || *seen == Seen::Refused(Code::ENDPOINT_NOT_ATTACHED)),
        |bench| {
            let namespace = bench.namespace()?;
            Ok(Seen::of(&bench.remove(&namespace, Guid::random())))
        },
    ),
    case(
        "membership.delete-endpoint",
        "is an endpoint deleted that is in a namespace?",
        inferred(SUCCESS),
        |bench| {
            let (_, endpoint) = bench.attached()?;
            Ok(Seen::of(&bench.session.delete(Kind::Endpoint, endpoint.id)))
        },
    ),
    case(
        "membership.delete-endpoint.namespace-shows",
        "does the namespace not name it any more?",
        inferred(YES),
        |bench| {
            let (namespace, endpoint) = bench.attached()?;
            let deleted = bench.session.delete(Kind::Endpoint, endpoint.id);
            deleted.map_err(|failure| {
                Stop::skip(format!("it is not deleted: {}", Seen::Refused(failure.code)))
            })?;
            let still = spelling(&resources(bench, &namespace)?, endpoint.id);
            Ok(yes_or(still == Seen::says("absent"), || still.to_string()))
        },
    ),
    case(
        "membership.delete-namespace",
        "is a namespace deleted with an endpoint in it?",
        inferred(SUCCESS),
        |bench| {
            let (namespace, _) = bench.attached()?;
            Ok(Seen::of(&bench.session.delete(Kind::Namespace, namespace.id)))
        },
    ),
    case(
        "membership.delete-namespace.endpoint-shows",
        "does the endpoint live on, and in no namespace?",
        inferred(OUTSIDE),
        |bench| {
            let endpoint = orphan(bench)?;
            Ok(Seen::says(namespace_of(&bench.read(&endpoint)?)))
        },
    ),
    case("membership.delete-namespace.add", "can it be added to another namespace then?", OPEN, |bench| {
        let endpoint = orphan(bench)?;
        let other = bench.namespace()?;
        Ok(Seen::of(&bench.add(&other, endpoint.id)))
    }),
];

/// The `Resources` of a namespace.
fn resources(bench: &Bench, namespace: &Object) -> Result<Vec<Value>, Stop> {
    Ok(bench.read(namespace)?["Resources"].as_array().cloned().unwrap_or_default())
}

/// The ids of the endpoints among them, as they are spelled.
fn endpoints(resources: &[Value]) -> Vec<&str> {
    let endpoints = resources.iter().filter(|resource| resource["Type"] == "Endpoint");
    endpoints.filter_map(|resource| resource["Data"]["Id"].as_str()).collect()
}

fn spelling(resources: &[Value], id: Guid) -> Seen {
    let spelled = endpoints(resources).into_iter().find(|spelled| spelled.parse() == Ok(id));
    match spelled {
        None if resources.is_empty() => Seen::says("absent"),
        None => Seen::says(format!("absent from {}", shown(&Value::from(resources)))),
        Some(spelled) => yes_or(spelled == id.to_string().to_uppercase(), || format!("spelled {spelled}")),
    }
}

fn requested(bench: &Bench, namespace: &Object, resource: &str, request: &str, settings: &str) -> Seen {
    let text = format!(r#"{{"ResourceType":{resource},"RequestType":{request},"Settings":{settings}}}"#);
    Seen::of(&bench.session.modify(Kind::Namespace, namespace.handle, &text))
}

fn two(bench: &Bench) -> Outcome {
    let (namespace, first) = bench.attached()?;
    let second = bench.endpoint()?;
    bench.add(&namespace, second.id).map_err(|failure| Stop::broken("add a second endpoint", &failure))?;
    let resources = resources(bench, &namespace)?;
    let listed: Vec<Guid> = endpoints(&resources).iter().filter_map(|id| id.parse().ok()).collect();
    Ok(yes_or(listed == [first.id, second.id], || format!("{listed:?}")))
}

/// A namespace, and an endpoint that was in it.
fn removed(bench: &Bench) -> Result<(Object, Object), Stop> {
    let (namespace, endpoint) = bench.attached()?;
    let removed = bench.remove(&namespace, endpoint.id);
    removed.map_err(|failure| Stop::broken("remove the endpoint", &failure))?;
    Ok((namespace, endpoint))
}

/// An endpoint whose namespace was deleted.
fn orphan(bench: &Bench) -> Result<Object, Stop> {
    let (namespace, endpoint) = bench.attached()?;
    let deleted = bench.session.delete(Kind::Namespace, namespace.id);
    deleted.map_err(|failure| {
        Stop::skip(format!("the namespace is not deleted: {}", Seen::Refused(failure.code)))
    })?;
    Ok(endpoint)
}
