//! Steps with files: creating, writing, renaming, deleting, opening.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::{Ground, open, open_for_one, opening};
use crate::fault::{Fault, Verdict, refused};
use crate::files::Role;
use crate::lock::Kind;
use crate::opens::{self, Tally};
use crate::peer::{Answer, Order};

/// More than a page, so that room is needed on the volume.
const CONTENTS: &[u8] = &[b'L'; 5000];

pub(super) fn create(ground: &Ground) -> Verdict {
    let path = ground.path(Role::File);
    make(&path)?;
    Ok(format!("created {}", path.display()))
}

pub(super) fn write(ground: &Ground) -> Verdict {
    let path = ground.path(Role::File);
    let mut file = opening().write(true).open(&path).map_err(refused("open the file to write"))?;
    file.write_all(CONTENTS).map_err(refused("write"))?;
    file.sync_all().map_err(refused("flush what was written"))?;
    match fs::read(&path).map_err(refused("read what was written"))? == CONTENTS {
        true => Ok(format!("{} bytes came back as they were written", CONTENTS.len())),
        false => Err(Fault::wrong("what is read is not what was written")),
    }
}

pub(super) fn second_open_refused(ground: &Ground, kind: Kind) -> Verdict {
    let path = ground.path(Role::Exclusive);
    // On Linux the step before has made it, and that it is there is what refuses.
    let _held = if cfg!(windows) {
        Some(open_for_one(&path).map_err(refused("open a file for one alone"))?)
    } else {
        None
    };
    let mut second = ground.peers.second(&path, kind)?;
    let answer = second.ask(Order::Open)?;
    second.end().map_err(refused("end the second process"))?;
    match answer {
        Answer::Refused => Ok("the second process was refused".to_owned()),
        _ => Err(Fault::wrong("a second process could open what was open for one alone")),
    }
}

/// Where nothing can be written, the names alone tell what became of the files.
pub(super) fn rename(ground: &Ground) -> Verdict {
    let (new, old) = (ground.path(Role::New), ground.path(Role::Old));
    make(&old)?;
    make(&new)?;
    let written = opening().write(true).open(&new).and_then(|mut file| file.write_all(b"new"));
    let contents: &[u8] = if written.is_ok() { b"new" } else { b"" };
    fs::rename(&new, &old).map_err(refused("rename a file over another"))?;
    let is_there = new.try_exists().map_err(refused("look for the name that was given up"))?;
    match fs::read(&old).map_err(refused("read the renamed file"))? == contents && !is_there {
        true => Ok("the newer file has the older one's name".to_owned()),
        false => Err(Fault::wrong("after the rename the older file is still there")),
    }
}

pub(super) fn delete(ground: &Ground) -> Verdict {
    // What the step before has made is gone first; where that could not rename, there may be nothing.
    let path = ground.path(Role::Old);
    open(&path).map_err(refused("create a file"))?;
    fs::remove_file(&path).map_err(refused("delete a file"))?;
    // Its name is free: nobody holds what is gone.
    make(&path).map_err(|fault| Fault { what: format!("{}, where one was deleted", fault.what), ..fault })?;
    fs::remove_file(&path).map_err(refused("delete it again"))?;
    Ok("it is gone, and its name is free".to_owned())
}

/// A new file, closed.
fn make(path: &Path) -> Result<&Path, Fault> {
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.map(|_| path).map_err(refused("create a file"))
}

pub(super) fn relative_opens(ground: &Ground) -> Verdict {
    let path = ground.path(Role::File);
    let words = opens::words(&ground.token.name(Role::File), &path);
    let words: Vec<&OsStr> = words.iter().map(AsRef::as_ref).collect();
    let said = ground.peers.run(&words, &ground.folder).map_err(refused("open files in another process"))?;
    let [relative, absolute] =
        Tally::read_both(&said).ok_or_else(|| Fault::wrong("the process that opens files broke off"))?;
    let counted = format!(
        "{} of {} relative opens failed, and {} of {} absolute ones",
        relative.failed, relative.all, absolute.failed, absolute.all
    );
    match relative.first.or(absolute.first) {
        None => Ok(counted),
        Some((code, words)) => {
            Err(Fault { what: format!("{counted}; the first: {words}"), code: Some(code) })
        }
    }
}
