//! Programs that doctor runs and whose words it reads. Signals that come from the first of them on are passed on to the one
//! that runs, and remembered, those between two of them included: what they made is removed before doctor ends.
//!
//! A process that waits in the kernel for a file system that hangs cannot be ended, not even by a kill: it is let go of.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use crate::exit::Exit;
use crate::sys::{self, Signal, Signals};
use crate::{Failure, runtime};

/// How long a program that was killed has to be gone.
const PATIENCE: Duration = Duration::from_secs(5);
/// The program itself takes the first for a request and the second for a kill; who sends a third wants to be rid of it.
const ENOUGH: usize = 3;

/// Runs programs, one after the other.
pub(super) struct Jobs {
    ears: RefCell<Option<Ears>>,
    first: Cell<Option<Signal>>,
    lets_go: Cell<bool>,
    patience: Duration,
}

/// What hears the signals. Nothing listens before the first program is run: till then a signal ends doctor at once.
struct Ears {
    runtime: Runtime,
    signals: Signals,
}

/// How it ended, and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its exit code; none where a signal ended it, or where it was let go of.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// Was it let go of, and works on?
    pub(super) is_let_go: bool,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            ears: RefCell::default(),
            first: Cell::default(),
            lets_go: Cell::default(),
            patience: PATIENCE,
        }
    }
}

impl Jobs {
    /// The first signal that has come since the first program was run.
    pub(super) fn stopped_by(&self) -> Option<Signal> {
        if self.first.get().is_none() {
            self.first.set(self.ears.borrow_mut().as_mut().and_then(Ears::pending));
        }
        self.first.get()
    }

    /// Works any of them on?
    pub(super) fn has_let_go(&self) -> bool {
        self.lets_go.get()
    }

    /// Runs it to its end; one that takes longer than the limit is killed.
    pub(super) fn run(&self, command: &mut Command, limit: Option<Duration>) -> Result<Ended, Failure> {
        let mut ears = self.ears.borrow_mut();
        let ears = match ears.take() {
            Some(known) => ears.insert(known),
            None => ears.insert(Ears::new()?),
        };
        let Ears { runtime, signals } = ears;
        runtime.block_on(self.watched(command, limit, signals)).map_err(|why| {
            Failure::run(format!("cannot run `{}`: {why}", command.get_program().to_string_lossy()))
        })
    }

    async fn watched(
        &self,
        command: &mut Command,
        limit: Option<Duration>,
        signals: &mut Signals,
    ) -> io::Result<Ended> {
        sys::lead_own_group(command);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (mut stdout, mut stderr) = (Said::by(child.stdout.take())?, Said::by(child.stderr.take())?);
        let mut overdue = std::pin::pin!(end_of(limit));
        let (mut heard, mut is_killed) = (0, false);
        let is_let_go = loop {
            tokio::select! {
                // Both end with the program, whatever became of that.
                () = async { stdout.end().await; stderr.end().await } => break false,
                next = signals.next() => {
                    self.first.set(self.first.get().or(Some(next)));
                    heard += 1;
                    if heard == ENOUGH {
                        break true;
                    }
                    // One that has ended needs none.
                    let _ = sys::signal_child(&child, next);
                }
                () = &mut overdue => {
                    if is_killed {
                        break true;
                    }
                    is_killed = true;
                    child.kill()?;
                    overdue.set(end_of(Some(self.patience)));
                }
            }
        };
        self.lets_go.set(self.lets_go.get() || is_let_go);
        let code = status(&mut child, is_let_go)?.and_then(|status| status.code());
        Ok(Ended { code, stdout: stdout.text(), stderr: stderr.text(), is_let_go })
    }
}

impl Ears {
    fn new() -> Result<Self, Failure> {
        let runtime = runtime::new(Exit::Run)?;
        let signals = runtime.block_on(async { Signals::listen() });
        let signals = signals.map_err(|why| Failure::run(format!("cannot listen to signals: {why}")))?;
        Ok(Self { runtime, signals })
    }

    /// The next signal that has come already. The runtime learns of it as it waits: so it waits, if for no time.
    fn pending(&mut self) -> Option<Signal> {
        let Self { runtime, signals } = self;
        runtime.block_on(async { timeout(Duration::from_millis(1), signals.next()).await.ok() })
    }
}

async fn end_of(limit: Option<Duration>) {
    match limit {
        Some(limit) => sleep(limit).await,
        None => std::future::pending().await,
    }
}

/// Nobody waits for one that is let go of.
fn status(child: &mut Child, is_let_go: bool) -> io::Result<Option<ExitStatus>> {
    match is_let_go {
        true => child.try_wait(),
        false => child.wait().map(Some),
    }
}

/// What a program says on one of its outputs, as far as it has.
struct Said {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: Option<oneshot::Receiver<()>>,
}

impl Said {
    fn by(stream: Option<impl Read + Send + 'static>) -> io::Result<Self> {
        let (tell, ended) = oneshot::channel();
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&bytes);
        thread::Builder::new().name("output".into()).spawn(move || {
            // What was read until it broke off is all there is.
            let _ = stream.map(|stream| keep(stream, &kept));
            drop(tell);
        })?;
        Ok(Self { bytes, ended: Some(ended) })
    }

    /// Waits for its end. Cancelling the wait loses nothing.
    async fn end(&mut self) {
        if let Some(ended) = &mut self.ended {
            // Nothing is ever sent: that the other side is gone is the end.
            let _ = ended.await;
            self.ended = None;
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

fn keep(mut stream: impl Read, kept: &Mutex<Vec<u8>>) -> io::Result<()> {
    let mut buffer = [0; 8192];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&buffer[..length]);
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::process::{Signal as Number, getpid, kill_process};

    use super::*;

    /// A signal that one test sends to this process is heard by the jobs of all.
    static ALONE: Mutex<()> = Mutex::new(());

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn all_that_a_program_said_is_there_with_its_exit_code() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = Jobs::default().run(&mut sh("echo out; echo err >&2; exit 7"), None).unwrap();
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(7), "out\n", "err\n"));
        assert!(!ended.is_let_go);
    }

    /// What is typed at a terminal goes to the group of its foreground: the program gets it from us alone, once.
    #[test]
    fn a_program_is_in_a_group_of_its_own() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = Jobs::default().run(&mut sh("echo $$; cut -d' ' -f5 /proc/$$/stat"), None).unwrap();
        let [process, group] = ended.stdout.lines().collect::<Vec<_>>()[..] else { panic!("{ended:?}") };
        assert_eq!(process, group);
    }

    /// Who holds its outputs stands in for a process that cannot be killed.
    #[test]
    fn a_program_that_does_not_end_when_it_is_killed_is_let_go_of_with_what_it_said() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = Jobs { patience: Duration::from_millis(50), ..Jobs::default() };
        let holder = "echo said; sleep 5 & exec sleep 60";
        let ended = jobs.run(&mut sh(holder), Some(Duration::from_millis(500))).unwrap();
        assert!(ended.is_let_go && jobs.has_let_go() && ended.stdout.starts_with("said\n"), "{ended:?}");
    }

    #[test]
    fn a_signal_between_two_programs_is_not_lost() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = Jobs::default();
        assert_eq!(jobs.stopped_by(), None);
        jobs.run(&mut sh("exit 0"), None).unwrap();
        assert_eq!(jobs.stopped_by(), None);
        kill_process(getpid(), Number::USR2).unwrap();
        assert_eq!(jobs.stopped_by(), Some(Signal::Usr2));
    }

    #[test]
    fn a_signal_is_passed_on_once() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = Jobs::default();
        let script = "trap 'echo heard; exit 3' USR2; kill -USR2 $PPID; while :; do sleep 0.01; done";
        let ended = jobs.run(&mut sh(script), None).unwrap();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), "heard\n"));
        assert_eq!(jobs.stopped_by(), Some(Signal::Usr2));
    }

    #[test]
    fn a_program_that_two_signals_do_not_end_is_let_go_of_with_the_third() {
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let again = "for round in 1 2 3 4 5 6 7 8 9; do sleep 0.1; done";
        let script = format!("trap 'kill -USR2 $PPID' USR2; kill -USR2 $PPID; {again}; {again}; {again}");
        let jobs = Jobs::default();
        assert!(jobs.run(&mut sh(&script), None).unwrap().is_let_go);
        assert_eq!(jobs.stopped_by(), Some(Signal::Usr2));
    }
}
