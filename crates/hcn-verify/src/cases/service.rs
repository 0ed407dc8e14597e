//! The service itself: does it answer, which version is it, what do its refusals look like?

use hcn::{Api, Code, Guid, Kind, Record};
use serde_json::Value;

use super::{SUCCESS, YES, case, yes_or};
use crate::bench::{Bench, V2};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, refused};
use crate::report::HnsVersion;

/// What hcn calls.
const NEEDED: &[&str] =
    &["Enumerate*s", "Create*", "Open*", "Modify*", "Query*Properties", "Delete*", "Close*"];

pub(super) const CASES: &[Case] = &[
    case(super::FIRST, "does the service list its namespaces?", depends(SUCCESS), |bench| {
        Ok(Seen::of(&bench.ids(Kind::Namespace, Some(V2))))
    }),
    case("dll.exports", "does computenetwork.dll export what hcn calls?", depends(YES), exports),
    case(
        "service.version",
        "does HNSCall tell a version with V2 documents (9.2 or later)?",
        inferred(YES),
        version,
    ),
    case("service.unknown-path", "what does HNSCall make of a path that is not there?", OPEN, |bench| {
        match bench.session.hns_call("GET", "/hcn-verify", "") {
            Ok(text) => Ok(Seen::says(text)),
            Err(failure) => Ok(Seen::Refused(failure.code)),
        }
    }),
    case(
        "record.code",
        "does the record of a refusal hold the HRESULT as an unsigned number?",
        inferred(YES),
        record_code,
    ),
    case("record.text", "what does the record say of an absent namespace?", OPEN, |bench| {
        let refused = record(bench)?;
        Ok(Seen::says(refused.error().unwrap_or("nothing")))
    }),
    case(
        "unsupported.load-balancers",
        "are load balancers listed?",
        inferred(&[Answer::Success, Answer::Code(Code::NOT_IMPLEMENTED)]).or_finding(refused),
        |bench| Ok(Seen::of(&bench.session.enumerate(Kind::LoadBalancer, Some(V2)).map(drop))),
    ),
    case(
        "unsupported.sdn-routes",
        "are SDN routes listed?",
        inferred(&[Answer::Success, Answer::Code(Code::NOT_IMPLEMENTED)]).or_finding(refused),
        |bench| Ok(Seen::of(&bench.session.enumerate(Kind::SdnRoute, Some(V2)).map(drop))),
    ),
];

fn exports(bench: &Bench) -> Outcome {
    let exports =
        bench.around.exports.as_ref().ok_or_else(|| Stop::skip("no computenetwork.dll is in use"))?;
    let nouns = ["Network", "Endpoint", "Namespace"];
    let needed = NEEDED
        .iter()
        .flat_map(|verb| nouns.iter().map(move |noun| format!("Hcn{}", verb.replace('*', noun))));
    let missing: Vec<String> = needed.filter(|name| !exports.contains(name)).collect();
    Ok(yes_or(missing.is_empty(), || format!("no: {}", missing.join(", "))))
}

fn version(bench: &Bench) -> Outcome {
    let text = match bench.session.hns_call("GET", "/globals/version", "") {
        Ok(text) => text,
        Err(failure) => return Ok(Seen::Refused(failure.code)),
    };
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let number = |member: &str| answer["Output"][member].as_u64()?.try_into().ok();
    let version = number("Major").zip(number("Minor")).map(|(major, minor)| HnsVersion { major, minor });
    bench.version.set(version);
    let known = version.is_some_and(|version| version >= HnsVersion { major: 9, minor: 2 });
    Ok(yes_or(known, || {
        version.map_or_else(|| format!("no version: {text}"), |version| format!("no: {version}"))
    }))
}

/// The record that the open of an absent namespace leaves.
fn record(bench: &Bench) -> Result<Record, Stop> {
    match bench.session.open(Kind::Namespace, Guid::random()) {
        Ok(_) => Err(Stop::Broken("an absent namespace was opened".to_owned())),
        Err(failure) => match failure.record {
            Some(text) => Ok(Record::read(&text)),
            None => Err(Stop::Broken("the refusal left no record".to_owned())),
        },
    }
}

fn record_code(bench: &Bench) -> Outcome {
    let refused = bench.session.open(Kind::Namespace, Guid::random());
    let Err(failure) = refused else { return Ok(Seen::says("not refused")) };
    let record = failure.record.as_deref().map(Record::read);
    let told = record
        .as_ref()
        .is_some_and(|record| record.error_code() == Some(failure.code) && record.success() == Some(false));
    Ok(yes_or(told, || record.map_or_else(|| "no record".to_owned(), |record| record.text().to_owned())))
}
