//! The verbs that are the same for every kind of object.

use hcn::{Object, Objects};

use super::print::{self, Described};
use super::{Delete, Index, Modify, Shape, Show, Source, document};
use crate::command::service::refused;
use crate::exit::Exit;
use crate::{Failure, output};

/// A wrong command line.
pub(in crate::command) fn usage(why: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Usage, why)
}

/// Does it for each word. What fails does not keep the others from being done; the exit code is that of the first
/// failure.
pub(in crate::command) fn all<A, R>(
    words: &[A],
    act: impl FnMut(&A) -> Result<R, Failure>,
) -> (Vec<R>, Result<u32, Failure>) {
    let (mut done, mut failures) = (Vec::new(), Vec::new());
    for answer in words.iter().map(act) {
        match answer {
            Ok(answer) => done.push(answer),
            Err(failure) => failures.push(failure),
        }
    }
    (done, told(failures))
}

/// Tells all failures but the last, which whoever called tells.
fn told(failures: Vec<Failure>) -> Result<u32, Failure> {
    let first = failures.first().map(|failure| failure.exit);
    let (Some(exit), Some((last, others))) = (first, failures.split_last()) else { return Ok(0) };
    others.iter().for_each(output::error);
    Err(Failure::new(exit, last))
}

/// `show`: all of each.
pub(in crate::command) fn show<T: Described>(objects: &Objects<T>, args: &Show) -> Result<u32, Failure> {
    let index = Index::new(objects);
    let (found, code) = all(&args.ids, |word| objects.get(index.find(word)?).map_err(refused));
    if !found.is_empty() || code.is_ok() {
        let text = print::print(args.shape, &found, &found, || print::details(&found))?;
        output::all(text)?;
    }
    code
}

/// `delete`: the ids of those that are gone now, one a line.
pub(in crate::command) fn delete<T: Object>(objects: &Objects<T>, args: &Delete) -> Result<u32, Failure> {
    let index = Index::new(objects);
    // All are looked up before the first goes: what a beginning fits must not depend on the order.
    let (found, missing) = all(&args.ids, |word| index.find(word));
    let mut ids: Vec<T::Id> = Vec::new();
    found.into_iter().for_each(|id| ids.extend((!ids.contains(&id)).then_some(id)));
    let (deleted, gone) = all(&ids, |id| objects.delete(*id).map(|()| format!("{id}\n")).map_err(refused));
    output::all(deleted.concat())?;
    match (missing, gone) {
        (Err(first), Err(last)) => {
            output::error(&first);
            Err(Failure::new(first.exit, last))
        }
        (missing, gone) => missing.and(gone),
    }
}

/// `modify`: a request of the service's, passed on.
pub(in crate::command) fn modify<T: Object>(objects: &Objects<T>, args: &Modify) -> Result<u32, Failure> {
    let request = document(Source(&args.file), hcn::Modify::from_json)?;
    let id = Index::new(objects).find(&args.id)?;
    objects.modify(id, &request).map_err(refused)?;
    Ok(0)
}

/// The end of `create`: prints the id, or what was asked for. What nobody was told of would never be deleted: if it
/// cannot be printed, it goes again; not so what others share, which may have been there before.
pub(in crate::command) fn created<T: Object>(
    objects: &Objects<T>,
    made: T,
    shape: Shape,
) -> Result<u32, Failure> {
    let made = [made];
    let text = print::print(shape, &made, &made, || print::id(&made[0]) + "\n");
    let printed = text.and_then(|text| output::all_or_fail(&text));
    printed.map(|()| 0).inspect_err(|_| {
        if !made[0].is_shared() {
            // The failure to print is the one to tell.
            let _ = made[0].id().map(|id| objects.delete(id));
        }
    })
}
