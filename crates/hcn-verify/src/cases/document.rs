//! What a document may contain: members that nobody knows, wrong types, nulls, spelling, schema versions.
//!
//! Shown on namespaces and on networks of type Private: both are made without touching anything of the host.

use hcn::{Code, Failure, Kind, Record};

use super::{SUCCESS, YES, case, shown, yes_or};
use crate::bench::{Bench, document};
use crate::case::{Answer, Case, Outcome, Seen, inferred};

const BAD: &[Answer] = &[Answer::Code(Code::INVALID_JSON)];

pub(super) const CASES: &[Case] = &[
    case("document.broken", "which code refuses a text that is no JSON?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.create(Kind::Namespace, None, "{")))
    }),
    case("document.empty", "which code refuses an empty text?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.create(Kind::Namespace, None, "")))
    }),
    case(
        "document.no-version",
        "is a document without a schema version understood?",
        inferred(SUCCESS),
        |bench| Ok(Seen::of(&bench.create(Kind::Namespace, None, "{}"))),
    ),
    case("document.unknown-member", "is an unknown member refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.try_namespace(r#""HcnVerify":true"#)))
    }),
    case(
        "document.unknown-member.detail",
        "does the record name it?",
        inferred(&[Answer::Says("{{HcnVerify,UnknownField}}")]),
        |bench| Ok(detail(bench.try_namespace(r#""HcnVerify":true"#))),
    ),
    case("document.unknown-member.network", "is it on a network?", inferred(BAD), |bench| {
        Ok(Seen::of(&private(bench, r#""HcnVerify":true"#)))
    }),
    case("document.wrong-type", "is a Name that is a number refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.try_namespace(r#""Name":7"#)))
    }),
    case("document.wrong-type.flags", "are Flags that are a text refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&private(bench, r#""Flags":"8""#)))
    }),
    case("document.wrong-type.list", "are Ipams that are an object refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&private(bench, r#""Ipams":{}"#)))
    }),
    case(
        "document.bad-id",
        "is an ID that is no GUID refused?",
        inferred(&[Answer::Code(Code::GUID_CONVERSION_FAILURE), Answer::Code(Code::INVALID_JSON)]),
        |bench| Ok(Seen::of(&bench.try_namespace(r#""ID":"hcn-verify""#))),
    ),
    case("document.unknown-type", "is an unknown namespace type refused?", inferred(BAD), |bench| {
        Ok(Seen::of(&bench.try_namespace(r#""Type":"HcnVerify""#)))
    }),
    case("document.null", "is a member that is null absent?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.try_namespace(r#""Name":null,"Owner":null"#)))
    }),
    case(
        "document.key-case",
        "are members understood whatever their case?",
        inferred(&[Answer::Says("understood")]),
        key_case,
    ),
    case("document.twice", "what becomes of a member that is there twice?", crate::case::OPEN, |bench| {
        let members = format!(r#""Name":"{}","Name":"{}""#, Bench::name(), Bench::name());
        Ok(Seen::of(&bench.try_namespace(&members)))
    }),
    case("document.indented", "are line breaks and blanks accepted?", inferred(SUCCESS), |bench| {
        let settings = "{\r\n  \"SchemaVersion\": {\r\n\t\"Major\": 2,\r\n\t\"Minor\": 0\r\n  }\r\n}\r\n";
        Ok(Seen::of(&bench.create(Kind::Namespace, None, settings)))
    }),
    case("document.name-and-owner", "are Name and Owner given back?", inferred(YES), |bench| {
        let name = Bench::name();
        match bench.try_namespace(&format!(r#""Name":"{name}","Owner":"hcn-verify""#)) {
            Err(failure) => Ok(Seen::Refused(failure.code)),
            Ok(made) => {
                let read = bench.read(&made)?;
                let same = read["Name"] == *name && read["Owner"] == "hcn-verify";
                Ok(yes_or(same, || format!("{} and {}", shown(&read["Name"]), shown(&read["Owner"]))))
            }
        }
    }),
    case("document.minor-2", "is schema version 2.2 accepted?", inferred(SUCCESS), |bench| minor(bench, 2)),
    case("document.minor-16", "is schema version 2.16 accepted?", inferred(SUCCESS), |bench| {
        minor(bench, 16)
    }),
    case(
        "document.minor-9999",
        "is a schema version of the far future accepted?",
        crate::case::OPEN,
        |bench| minor(bench, 9999),
    ),
    case("document.major-3", "is schema version 3.0 accepted?", crate::case::OPEN, |bench| {
        let settings = r#"{"SchemaVersion":{"Major":3,"Minor":0}}"#;
        Ok(Seen::of(&bench.create(Kind::Namespace, None, settings)))
    }),
    case(
        "document.create-with-compartment",
        "is CreateWithCompartment known?",
        inferred(SUCCESS).before(14, 0, BAD),
        |bench| Ok(Seen::of(&bench.try_namespace(r#""CreateWithCompartment":true"#))),
    ),
    case(
        "document.ready-on-create",
        "is ReadyOnCreate known?",
        // Server 2022 got it with 13.4, the releases between that and 15.2 never.
        inferred(&[Answer::Success, Answer::Code(Code::INVALID_JSON)]).before(13, 4, BAD),
        |bench| Ok(Seen::of(&bench.try_namespace(r#""ReadyOnCreate":true"#))),
    ),
];

/// A create of a network of type Private.
fn private(bench: &Bench, members: &str) -> Result<crate::bench::Object, Failure> {
    let settings = document(&format!(r#""Name":"{}","Type":"Private",{members}"#, Bench::name()));
    bench.create(Kind::Network, None, &settings)
}

fn minor(bench: &Bench, minor: u32) -> Outcome {
    let settings = format!(r#"{{"SchemaVersion":{{"Major":2,"Minor":{minor}}}}}"#);
    Ok(Seen::of(&bench.create(Kind::Namespace, None, &settings)))
}

/// What the record says in doubled braces.
fn detail(created: Result<crate::bench::Object, Failure>) -> Seen {
    let Err(failure) = created else { return Seen::Success };
    let record = failure.record.as_deref().map(Record::read);
    let error = record.as_ref().and_then(Record::error).unwrap_or_default();
    match error.find("{{").zip(error.rfind("}}")) {
        Some((start, end)) if start < end => Seen::says(&error[start..end + 2]),
        _ => Seen::says(format!("no detail: {error}")),
    }
}

fn key_case(bench: &Bench) -> Outcome {
    let name = Bench::name();
    match bench.try_namespace(&format!(r#""nAME":"{name}""#)) {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(made) => {
            let is = bench.read(&made)?["Name"] == *name;
            Ok(Seen::says(if is { "understood" } else { "dropped" }))
        }
    }
}
