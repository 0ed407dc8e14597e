//! Handles: how long they live, and what they are good for after their object is gone.

use hcn::{Api, Code, Kind};

use super::{SUCCESS, YES, case, yes_or};
use crate::bench::{Bench, EXACT, Object, V2};
use crate::case::{Answer, Case, Seen, Stop, depends, inferred, not_found};

const GONE: &[Answer] =
    &[Answer::Code(Code::OBJECT_USED_AFTER_UNLOAD), Answer::Code(Code::ELEMENT_NOT_FOUND)];

pub(super) const CASES: &[Case] = &[
    case("handle.keeps-nothing", "does an object outlive its last handle?", depends(SUCCESS), |bench| {
        let made = bench.namespace()?;
        close(bench, &made)?;
        Ok(Seen::of(&bench.open(Kind::Namespace, made.id)))
    }),
    case("handle.two", "are two handles of one object closed one by one?", depends(YES), |bench| {
        let made = bench.namespace()?;
        let second = bench.open(Kind::Namespace, made.id);
        let second = second.map_err(|failure| Stop::broken("open it twice", &failure))?;
        close(bench, &made)?;
        let usable = bench.query(&second, Some(V2)).is_ok();
        close(bench, &second)?;
        Ok(yes_or(usable, || "no: the second one went with the first".to_owned()))
    }),
    case("handle.close-after-delete", "is a handle closed after the deletion?", depends(SUCCESS), |bench| {
        let gone = deleted(bench)?;
        Ok(Seen::of(&bench.session.close(Kind::Namespace, gone.handle)))
    }),
    case(
        "handle.query-after-delete",
        "which code has a query through the handle of a deleted object?",
        inferred(GONE).or_finding(not_found),
        |bench| {
            let gone = deleted(bench)?;
            Ok(Seen::of(&bench.query(&gone, Some(V2))))
        },
    ),
    case(
        "handle.modify-after-delete",
        "which code has a change through the handle of a deleted object?",
        inferred(GONE).or_finding(not_found),
        |bench| {
            let gone = deleted(bench)?;
            let endpoint = bench.endpoint()?;
            Ok(Seen::of(&bench.add(&gone, endpoint.id)))
        },
    ),
    case(
        "handle.id-again",
        "can a deleted object's id be used again, and does the old handle stay dead?",
        inferred(YES),
        |bench| {
            let gone = deleted(bench)?;
            let again = bench.create_as(Kind::Namespace, None, gone.id, EXACT);
            match again {
                Err(failure) => Ok(Seen::Refused(failure.code)),
                Ok(_) => {
                    Ok(yes_or(bench.query(&gone, Some(V2)).is_err(), || "the old handle lives".to_owned()))
                }
            }
        },
    ),
];

fn close(bench: &Bench, object: &Object) -> Result<(), Stop> {
    let closed = bench.session.close(object.kind, object.handle);
    closed.map_err(|failure| Stop::broken("close a handle", &failure))
}

/// A namespace that is gone, with its handle open.
fn deleted(bench: &Bench) -> Result<Object, Stop> {
    let made = bench.namespace()?;
    let deleted = bench.session.delete(Kind::Namespace, made.id);
    deleted.map_err(|failure| Stop::broken("delete the namespace", &failure))?;
    Ok(made)
}
