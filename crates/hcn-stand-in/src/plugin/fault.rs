//! Failing as told.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Failure;
use super::attach::Place;
use super::conf::{Conf, How};
use crate::journal::Journal;

/// The argument that makes the program a child that only holds a lock.
pub const HOLD: &str = "--hold";
/// The argument that asks whether such a child still lives.
pub const FREE: &str = "--is-free";

fn how(conf: &Conf, place: &Place) -> Option<How> {
    conf.fail.as_ref().filter(|fault| fault.verb == place.verb).map(|fault| fault.how)
}

/// Before anything is done.
pub(super) fn before(conf: &Conf, place: &Place, journal: &Journal) -> Result<(), Failure> {
    match how(conf, place) {
        None | Some(How::Leave) => Ok(()),
        Some(How::Error) => Err(Failure::new(100, "no room", "all 3 taken")),
        Some(How::Text) => {
            journal.answer(&format!("CNI/{}", place.verb), "text", "");
            say("panic: no room");
            std::process::exit(2)
        }
        Some(How::Crash) => {
            journal.answer(&format!("CNI/{}", place.verb), "crash", "");
            std::process::abort()
        }
        Some(How::Nothing) => succeed(place, journal, ""),
        Some(How::Rubbish) => succeed(place, journal, "done"),
        Some(How::Version) => succeed(place, journal, r#"{"cniVersion":"9.9.9","ips":[]}"#),
        Some(How::Flood) => succeed(place, journal, &"x".repeat(100_000_000)),
        Some(How::Hang) => hang(&conf.journal.with_extension("hold"), journal),
    }
}

/// Nothing is made, and the exit code is that of success.
fn succeed(place: &Place, journal: &Journal, answer: &str) -> Result<(), Failure> {
    journal.answer(&format!("CNI/{}", place.verb), "says", &answer.len().to_string());
    say(answer);
    std::process::exit(0)
}

/// After everything was done.
pub(super) fn after(conf: &Conf, place: &Place) -> Result<(), Failure> {
    match how(conf, place) {
        Some(How::Leave) => Err(Failure::new(100, "no room any more", "")),
        _ => Ok(()),
    }
}

/// Starts a child that lives for ever, and never ends itself. It is said once the child holds its lock.
fn hang(lock: &Path, journal: &Journal) -> Result<(), Failure> {
    let failed = |why: &dyn ToString| Failure::new(999, "cannot hang", why.to_string());
    let program = std::env::current_exe().map_err(|why| failed(&why))?;
    let child =
        std::process::Command::new(program).arg(HOLD).arg(lock).spawn().map_err(|why| failed(&why))?;
    while is_free(lock).map_err(|why| failed(&why))? {
        std::thread::yield_now();
    }
    journal.answer("CNI/ADD", "hangs", &format!("with child {}", child.id()));
    loop {
        std::thread::park();
    }
}

/// What the program does when it is started as its own child, or asked about it.
///
/// # Errors
/// The lock is held, or its file cannot be used.
pub fn child(verb: &str, lock: &Path) -> Result<()> {
    match verb {
        HOLD => {
            let file = open(lock)?;
            file.lock()?;
            loop {
                std::thread::park();
            }
        }
        FREE if is_free(lock)? => Ok(()),
        FREE => bail!("{} is held", lock.display()),
        other => bail!("unknown argument {other}"),
    }
}

fn open(lock: &Path) -> Result<std::fs::File> {
    let opened = OpenOptions::new().create(true).append(true).open(lock);
    opened.with_context(|| format!("cannot open {}", lock.display()))
}

fn is_free(lock: &Path) -> Result<bool> {
    match open(lock)?.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(why)) => Err(why.into()),
    }
}

fn say(text: &str) {
    // Whoever has read enough closes the pipe.
    let _ = writeln!(std::io::stdout(), "{text}");
}
