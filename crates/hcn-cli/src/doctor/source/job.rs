//! A program that doctor runs and whose words it reads. Signals that come meanwhile are passed on to it, and remembered:
//! what it made is removed before doctor ends.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::exit::Exit;
use crate::sys::{self, Signal, Signals};
use crate::{Failure, runtime};

/// How it ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code; none where a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// The first signal that came meanwhile.
    pub(super) signal: Option<Signal>,
}

/// Runs it to its end; one that takes longer than the limit is killed.
pub(super) fn run(command: &mut Command, limit: Option<Duration>) -> Result<Ended, Failure> {
    runtime::new(Exit::Run)?.block_on(watched(command, limit)).map_err(|why| {
        Failure::run(format!("cannot run `{}`: {why}", command.get_program().to_string_lossy()))
    })
}

async fn watched(command: &mut Command, limit: Option<Duration>) -> io::Result<Ended> {
    let mut signals = Signals::listen()?;
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut said = said(&mut child)?;
    let mut overdue = std::pin::pin!(end_of(limit));
    let (mut signal, mut is_over) = (None, false);
    let (stdout, stderr) = loop {
        tokio::select! {
            // Its thread ends with the program, whatever became of that.
            said = &mut said => break said.unwrap_or_default(),
            next = signals.next() => {
                signal.get_or_insert(next);
                // One that has ended needs none.
                let _ = sys::signal_child(&child, next);
            }
            () = &mut overdue, if !is_over => {
                is_over = true;
                child.kill()?;
            }
        }
    };
    Ok(Ended { code: child.wait()?.code(), stdout, stderr, signal })
}

async fn end_of(limit: Option<Duration>) {
    match limit {
        Some(limit) => sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// All that it says, once it has closed both outputs.
fn said(child: &mut Child) -> io::Result<oneshot::Receiver<(String, String)>> {
    let (tell, told) = oneshot::channel();
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let errors = thread::Builder::new().name("errors".into()).spawn(move || all(stderr))?;
    thread::Builder::new().name("output".into()).spawn(move || {
        let stdout = all(stdout);
        let _ = tell.send((stdout, errors.join().unwrap_or_default()));
    })?;
    Ok(told)
}

fn all(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    // What was read until it broke off is all there is.
    let _ = stream.map(|mut stream| stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}
