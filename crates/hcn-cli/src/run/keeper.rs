//! Detached runs. The command that was typed is the *front*: it starts this program once more as the *keeper*, which
//! does the whole run, in a session of its own, and ends with the container. The front waits until the container runs,
//! prints its id and ends; or until the keeper has ended, and ends as it did.
//!
//! Between them: on the keeper's standard output one line, the container's id, once it runs; on its standard error what
//! there is to tell the user, passed on by the front, for a keeper on Windows has no console; on its standard input what
//! the files held that flags name, see [`Files`], and then the numbers of signals that the front was sent. Its end means
//! that the front is gone: a run that nobody knows the id of is undone. Once the id was told, the keeper lets go of all
//! three.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::options::Files;
use crate::Failure;
use crate::exit::Exit;
use crate::output::{self, Notes};
use crate::sys::{self, Leaving, Signal, Signals};

/// The hidden command that makes this program a keeper.
const KEEP: &str = "keep";

/// The front, as its keeper knows it.
#[derive(Debug)]
pub struct Front {
    heard: mpsc::Receiver<Signal>,
    state: PathBuf,
}

impl Front {
    /// Become a keeper: leave the session, and listen to the front. `state` is the folder of the journals.
    ///
    /// # Errors
    /// The system does not let it.
    pub fn listen(state: &Path) -> Result<Self, Failure> {
        let failed = |error| Failure::run(format!("cannot keep a run: {error}"));
        sys::become_keeper().map_err(failed)?;
        let (say, heard) = mpsc::channel(4);
        let thread = thread::Builder::new().name("front".into());
        thread.spawn(move || listen(&say)).map_err(failed)?;
        Ok(Self { heard, state: state.to_owned() })
    }

    /// What the front passes on; its end is a hang-up.
    pub(super) async fn next(&mut self) -> Signal {
        match self.heard.recv().await {
            Some(signal) => signal,
            None => std::future::pending().await,
        }
    }

    /// The container runs: the front may go. One that has gone before tells nobody the id.
    pub(super) fn started(self, container: &str) -> Result<(), Failure> {
        // First of all: the front passes it on to its end.
        sys::close_stderr().map_err(Failure::run)?;
        output::all_or_fail(&format!("{container}\n")).map_err(Failure::run)?;
        sys::close_front(&self.state).map_err(Failure::run)
    }
}

/// Nobody hears it any more once the container runs: then this thread ends as well.
fn listen(say: &mpsc::Sender<Signal>) {
    for byte in io::stdin().lock().bytes() {
        match byte.ok().and_then(|number| Signal::from_linux_number(number.into())) {
            Some(signal) if say.blocking_send(signal).is_ok() => {}
            _ => break,
        }
    }
    let _ = say.blocking_send(Signal::Hup);
}

/// Be the front of the run that these words describe, the command line without the program's name, and these files, which
/// were read for it: start its keeper, wait until the container runs, print its id. Answers the exit code.
///
/// # Errors
/// The keeper cannot be started.
pub async fn detach(words: Vec<OsString>, files: &Files, notes: Notes) -> Result<u32, Failure> {
    let failed = |error| Failure::run(format!("cannot start the keeper of a detached run: {error}"));
    let mut signals = Signals::listen().map_err(failed)?;
    let (mut keeper, leaving) = start(words).map_err(failed)?;
    if leaving == Leaving::Bound {
        notes.note(
            "this session's job lets no process leave it: the container ends with the session; to keep it, start hcn \
             from a service or a scheduled task",
        );
    }
    let (mut answer, mut stdin) = (answer_of(&mut keeper).map_err(failed)?, keeper.stdin.take());
    // A keeper that has ended says why.
    let _ = stdin.as_mut().map(|stdin| files.hand_on(stdin));
    let answer = loop {
        tokio::select! {
            answer = &mut answer => break answer,
            signal = signals.next() => pass_on(signal, &mut stdin),
        }
    };
    match answer {
        Ok(id) if !id.is_empty() => output::data(id).map(|()| 0).map_err(failed),
        _ => keeper.wait().map(|status| code_of(status.code())).map_err(failed),
    }
}

/// This very program, with the same words.
fn start(words: Vec<OsString>) -> io::Result<(Child, Leaving)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args([KEEP, "--"]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    sys::start_keeper(&mut command)
}

/// The keeper's one line, or nothing when it ended without one; what it says besides is passed on before.
fn answer_of(keeper: &mut Child) -> io::Result<oneshot::Receiver<String>> {
    let (answer, answered) = oneshot::channel();
    let (stdout, stderr) = (keeper.stdout.take(), keeper.stderr.take());
    let passing = thread::Builder::new().name("messages".into()).spawn(move || {
        // Nobody is left to be told when standard error is gone.
        stderr.map(|mut stderr| io::copy(&mut stderr, &mut io::stderr()))
    })?;
    thread::Builder::new().name("answer".into()).spawn(move || {
        let mut line = String::new();
        // A keeper that was killed has said nothing.
        let _ = stdout.map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let _ = passing.join();
        let _ = answer.send(line);
    })?;
    Ok(answered)
}

/// The keeper is in another session: what the terminal sends reaches the front alone.
fn pass_on(signal: Signal, keeper: &mut Option<ChildStdin>) {
    if let Some(keeper) = keeper {
        // A keeper that has ended needs no signal.
        let _ = keeper.write_all(&[signal.linux_number() as u8]);
    }
}

/// One that was killed has failed.
fn code_of(status: Option<i32>) -> u32 {
    status.map_or(Exit::Run.code(), i32::cast_unsigned)
}
