//! Steps with locks, each tried with every kind that the system has.

use std::fs::File;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::{Ground, open};
use crate::fault::{Fault, Verdict, refused};
use crate::files::Role;
use crate::lock::{self, Kind, Mode};
use crate::peer::{Answer, Order, Peer};

/// How long a system may take to release what an ended process held: Windows promises no moment for it.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn shared(ground: &Ground, kind: Kind) -> Verdict {
    alone(ground, kind, Mode::Shared)
}

pub(super) fn exclusive(ground: &Ground, kind: Kind) -> Verdict {
    alone(ground, kind, Mode::Exclusive)
}

fn alone(ground: &Ground, kind: Kind, mode: Mode) -> Verdict {
    let file = lock_file(ground, kind)?;
    take(&file, kind, mode)?;
    lock::release(&file, kind).map_err(refused("unlock"))?;
    Ok(format!("a lock was taken, {mode}"))
}

pub(super) fn second_refused(ground: &Ground, kind: Kind) -> Verdict {
    let file = lock_file(ground, kind)?;
    let mut second = second(ground, kind)?;
    take(&file, kind, Mode::Exclusive)?;
    for mode in Mode::ALL {
        expect(&mut second, mode, Answer::Refused, "while the first process holds it, exclusive")?;
    }
    lock::release(&file, kind).map_err(refused("unlock"))?;
    take(&file, kind, Mode::Shared)?;
    expect(&mut second, Mode::Shared, Answer::Done, "while the first process shares it")?;
    second.ask(Order::Release)?;
    expect(&mut second, Mode::Exclusive, Answer::Refused, "while the first process shares it")?;
    second.end().map_err(refused("end the second process"))?;
    Ok("the second process was refused, and could share".to_owned())
}

pub(super) fn unlock(ground: &Ground, kind: Kind) -> Verdict {
    let file = lock_file(ground, kind)?;
    let mut second = second(ground, kind)?;
    take(&file, kind, Mode::Exclusive)?;
    lock::release(&file, kind).map_err(refused("unlock"))?;
    expect(&mut second, Mode::Exclusive, Answer::Done, "after the first process has unlocked it")?;
    second.end().map_err(refused("end the second process"))?;
    Ok("the second process got the lock".to_owned())
}

pub(super) fn released_at_exit(ground: &Ground, kind: Kind) -> Verdict {
    released(ground, kind, Peer::end, "has ended")
}

pub(super) fn released_at_kill(ground: &Ground, kind: Kind) -> Verdict {
    released(ground, kind, Peer::kill, "was killed")
}

/// The first process is the other one here: it goes with the lock, and this one wants it.
fn released(ground: &Ground, kind: Kind, go: fn(Peer) -> io::Result<()>, how: &str) -> Verdict {
    let file = lock_file(ground, kind)?;
    let mut first = second(ground, kind)?;
    expect(&mut first, Mode::Exclusive, Answer::Done, "that nobody holds")?;
    go(first).map_err(refused("end the other process"))?;
    let ends = Instant::now() + PATIENCE;
    while !lock::try_take(&file, kind, Mode::Exclusive)
        .map_err(refused("take the lock of an ended process"))?
    {
        if Instant::now() > ends {
            return Err(Fault::wrong(format!("the lock is still held although its process {how}")));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(format!("the lock was free once its process {how}"))
}

fn lock_file(ground: &Ground, kind: Kind) -> Result<File, Fault> {
    open(&ground.path(Role::Lock(kind))).map_err(refused("open the file to be locked"))
}

fn second(ground: &Ground, kind: Kind) -> Result<Peer, Fault> {
    ground.peers.second(&ground.path(Role::Lock(kind)), kind)
}

fn take(file: &File, kind: Kind, mode: Mode) -> Result<(), Fault> {
    match lock::try_take(file, kind, mode).map_err(refused(format_args!("take a lock, {mode}")))? {
        true => Ok(()),
        false => Err(Fault::wrong(format!("a lock, {mode}, was refused although nobody holds one"))),
    }
}

fn expect(second: &mut Peer, mode: Mode, expected: Answer, when: &str) -> Result<(), Fault> {
    let answer = second.ask(Order::Take(mode))?;
    match answer == expected {
        true => Ok(()),
        false if answer == Answer::Done => {
            Err(Fault::wrong(format!("a second process got the lock, {mode}, {when}")))
        }
        false => Err(Fault::wrong(format!("a second process was refused the lock, {mode}, {when}"))),
    }
}
