//! Namespaces: what hcn makes, lists and deletes for every container.

use hcn::{Api, Code, Guid, Kind, Namespace};

use super::{SUCCESS, YES, case, shown, yes_or};
use crate::bench::{Bench, EXACT, V2};
use crate::case::{Answer, Case, OPEN, Outcome, Seen, Stop, depends, inferred, not_found};
use crate::report::MadeKind;

const ABSENT: &[Answer] = &[Answer::Code(Code::ELEMENT_NOT_FOUND)];

pub(super) const CASES: &[Case] = &[
    case(
        "namespace.create",
        "does hcn's own document make a namespace under an id of ours?",
        depends(SUCCESS),
        |bench| Ok(Seen::of(&bench.create(Kind::Namespace, None, EXACT))),
    ),
    case("namespace.create.id", "is that id the namespace's?", depends(YES), |bench| {
        let made = bench.namespace()?;
        Ok(Seen::of(&bench.open(Kind::Namespace, made.id)).yes())
    }),
    case("namespace.list", "is it listed?", depends(YES), |bench| {
        let made = bench.namespace()?;
        Ok(listed(bench, made.id))
    }),
    case(
        "namespace.list.spelling",
        "are listed ids in lower case, without braces?",
        inferred(YES),
        list_spelling,
    ),
    case("namespace.read", "does its V2 document read as one of that id?", depends(YES), |bench| {
        let made = bench.namespace()?;
        let text = bench.query(&made, Some(V2)).map_err(|failure| Stop::broken("read it back", &failure))?;
        let read = Namespace::from_json(&text);
        let same = read.as_ref().is_ok_and(|read| read.id.map(Guid::from) == Some(made.id));
        Ok(yes_or(same, || read.map_or_else(|error| error.to_string(), |read| format!("{:?}", read.id))))
    }),
    case("namespace.read.id-case", "is its ID in lower case?", inferred(YES), |bench| {
        let made = bench.namespace()?;
        let id = bench.read(&made)?["ID"].take();
        Ok(yes_or(id == made.id.to_string(), || shown(&id)))
    }),
    case(
        "namespace.read.type",
        "how does a namespace of type Host read back?",
        inferred(&[Answer::Says("\"Host\""), Answer::Says("absent")]),
        |bench| Ok(Seen::says(shown(&bench.read(&bench.namespace()?)?["Type"]))),
    ),
    case(
        "namespace.read.compartment",
        "has it no compartment before a container starts?",
        inferred(&[Answer::Says("absent"), Answer::Says("0")]),
        |bench| Ok(Seen::says(shown(&bench.read(&bench.namespace()?)?["NamespaceId"]))),
    ),
    case("namespace.read.schema", "which schema version does it say?", OPEN, |bench| {
        Ok(Seen::says(shown(&bench.read(&bench.namespace()?)?["SchemaVersion"])))
    }),
    case(
        "namespace.create.zero-version",
        "does containerd's document, schema version 0.0, make one?",
        inferred(SUCCESS),
        |bench| {
            let settings = r#"{"SchemaVersion":{"Major":0,"Minor":0}}"#;
            Ok(Seen::of(&bench.create(Kind::Namespace, None, settings)))
        },
    ),
    case(
        "namespace.create.id-in-document",
        "with a zero id argument, is the document's ID used?",
        inferred(YES),
        id_in_document,
    ),
    case("namespace.create.two-ids", "does the id argument win over the document's?", inferred(YES), two_ids),
    case(
        "namespace.create.taken-id",
        "is a second one under a taken id refused?",
        inferred(&[Answer::Code(Code::ALREADY_EXISTS)]),
        |bench| {
            let made = bench.namespace()?;
            Ok(Seen::of(&bench.create_as(Kind::Namespace, None, made.id, EXACT)))
        },
    ),
    case("namespace.create.guest", "is one of type Guest made?", inferred(SUCCESS), |bench| {
        Ok(Seen::of(&bench.try_namespace(r#""Type":"Guest""#)))
    }),
    case(
        "namespace.create.type-by-number",
        "is a type understood by its number?",
        inferred(&[Answer::Says("\"Guest\"")]),
        |bench| match bench.try_namespace(r#""Type":2"#) {
            Ok(made) => Ok(Seen::says(shown(&bench.read(&made)?["Type"]))),
            Err(failure) => Ok(Seen::Refused(failure.code)),
        },
    ),
    case(
        "namespace.open.absent",
        "which code has the open of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.open(Kind::Namespace, Guid::random()))),
    ),
    case("namespace.open.zero", "which code has the open of the zero id?", inferred(ABSENT), |bench| {
        Ok(Seen::of(&bench.open(Kind::Namespace, Guid::ZERO)))
    }),
    case(
        "namespace.delete.absent",
        "which code has the deletion of an absent one?",
        depends(ABSENT).or_finding(not_found),
        |bench| Ok(Seen::of(&bench.session.delete(Kind::Namespace, Guid::random()))),
    ),
    case("namespace.delete", "is an empty one deleted, and gone from the list?", depends(YES), |bench| {
        let made = bench.namespace()?;
        match bench.session.delete(Kind::Namespace, made.id) {
            Err(failure) => Ok(Seen::Refused(failure.code)),
            Ok(()) => Ok(yes_or(listed(bench, made.id) != Seen::says("yes"), || "listed still".to_owned())),
        }
    }),
    case(
        "namespace.delete.twice",
        "which code has its second deletion?",
        depends(ABSENT).or_finding(not_found),
        |bench| {
            let made = bench.namespace()?;
            let first = bench.session.delete(Kind::Namespace, made.id);
            first.map_err(|failure| Stop::broken("delete the namespace", &failure))?;
            Ok(Seen::of(&bench.session.delete(Kind::Namespace, made.id)))
        },
    ),
    case("namespace.default", "which id has the host's own namespace?", OPEN, |bench| {
        let query = r#"{"SchemaVersion":{"Major":2,"Minor":0},"Filter":"{\"IsDefault\":true}"}"#;
        match bench.ids(Kind::Namespace, Some(query)) {
            Ok(ids) => Ok(Seen::says(format!("{ids:?}"))),
            Err(failure) => Ok(Seen::Refused(failure.code)),
        }
    }),
];

/// Whether the namespaces' list names this one.
fn listed(bench: &Bench, id: Guid) -> Seen {
    match bench.ids(Kind::Namespace, Some(V2)) {
        Ok(ids) => yes_or(ids.contains(&id), || "no".to_owned()),
        Err(failure) => Seen::Refused(failure.code),
    }
}

fn list_spelling(bench: &Bench) -> Outcome {
    let made = bench.namespace()?;
    let text = bench
        .session
        .enumerate(Kind::Namespace, Some(V2))
        .map_err(|failure| Stop::broken("list the namespaces", &failure))?;
    let spelled: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    Ok(yes_or(spelled.contains(&made.id.to_string()), || text))
}

fn id_in_document(bench: &Bench) -> Outcome {
    let id = bench.note(MadeKind::Namespace);
    let settings = crate::bench::document(&format!(r#""ID":"{id}""#));
    match bench.create_as(Kind::Namespace, None, Guid::ZERO, &settings) {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(made) => id_is(bench, &made, id),
    }
}

fn two_ids(bench: &Bench) -> Outcome {
    let (argument, document) = (bench.note(MadeKind::Namespace), bench.note(MadeKind::Namespace));
    let settings = crate::bench::document(&format!(r#""ID":"{document}""#));
    match bench.create_as(Kind::Namespace, None, argument, &settings) {
        Err(failure) => Ok(Seen::Refused(failure.code)),
        Ok(made) => id_is(bench, &made, argument),
    }
}

/// Whether the object has this id. One that the service chose is noted, so that it is removed as well.
fn id_is(bench: &Bench, made: &crate::bench::Object, expected: Guid) -> Outcome {
    let found = bench.read(made)?["ID"].take();
    let id: Option<Guid> = found.as_str().and_then(|text| text.parse().ok());
    if let Some(id) = id {
        bench.session.note(MadeKind::Namespace, id);
    }
    Ok(yes_or(id == Some(expected), || shown(&found)))
}
