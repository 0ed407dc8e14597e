//! Running one plugin: standard input in, standard output and error out, with bounds on size and time.
//!
//! [`Exec`] is the seam: the runtime decides what to run and reads the answer, an `Exec` starts programs. Tests put
//! their own there.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use crate::plugin;
use crate::sys::{self, Family};

/// One call of a plugin.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program, as an absolute path.
    pub program: PathBuf,
    /// Its arguments; a plugin gets none.
    pub args: Vec<OsString>,
    /// The variables that replace those of this process; all others are inherited.
    pub env: Vec<(&'static str, OsString)>,
    /// Its standard input.
    pub stdin: String,
    /// Its working folder; `None` for this process's own.
    pub folder: Option<PathBuf>,
    /// How long it may run.
    pub timeout: Duration,
    /// How many bytes its standard output may have.
    pub limit: usize,
}

/// What a plugin that ended left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// The end of its standard error.
    pub stderr: Vec<u8>,
}

/// Why a plugin gave no output.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExecError {
    /// It could not be started.
    Start(io::Error),
    /// Its end could not be waited for.
    Wait(io::Error),
    /// It ran longer than it may, and was killed with its children; its standard error so far.
    TimedOut(Vec<u8>),
    /// It wrote more than it may, and was killed with its children; its standard error so far.
    TooMuchOutput(Vec<u8>),
}

/// What can find and run plugins.
pub trait Exec: Send + Sync {
    /// The program of a plugin: the first regular file of that name in the folders, on Windows with `.exe` first.
    fn find(&self, plugin: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        plugin::find(plugin, folders)
    }

    /// Run a program to its end.
    fn run(&self, invocation: &Invocation) -> Result<Output, ExecError>;
}

/// Runs plugins as processes.
///
/// A plugin is the first of a process group (Linux) or job (Windows) of its own: at the time limit, or when it writes
/// too much, all of it is killed, and a Ctrl-C on this process's terminal does not reach it. On Windows it has no
/// console window, and it dies with this process; on Linux it goes on when this process is killed. A child that it
/// leaves running on purpose is left alone.
///
/// Nothing is closed that was not opened here: a descriptor without close-on-exec (a lock file, say, by which others
/// see that a plugin is still at work) reaches the plugin and its children.
#[derive(Clone, Copy, Debug, Default)]
pub struct Processes;

/// How much of a plugin's standard error is kept.
const STDERR_LIMIT: usize = 64 * 1024;

/// How long output may still come after a plugin's end, or after its death: its children may hold the pipe.
const DRAIN: Duration = Duration::from_secs(1);

impl Exec for Processes {
    fn run(&self, invocation: &Invocation) -> Result<Output, ExecError> {
        let deadline = Instant::now() + invocation.timeout;
        let (mut child, family) = start(invocation).map_err(ExecError::Start)?;
        let (events, happened) = mpsc::channel();
        feed(&mut child, invocation.stdin.clone());
        let stdout = collect(child.stdout.take(), Keep::Start(invocation.limit), &events);
        let stderr = collect(child.stderr.take(), Keep::End(STDERR_LIMIT), &events);
        let ended = watch(&child, &events).map(|()| wait(&happened, deadline));
        drop(events);
        finish(child, family, Streams { ended, happened, stdout, stderr })
    }
}

/// What comes from the threads around a running plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// The plugin itself ended; its children need not have.
    Exited,
    /// One of its two output streams ended.
    StreamEnded,
    /// It wrote more than it may.
    TooMuch,
}

/// How the wait for a plugin ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    ByItself { streams: usize },
    TimedOut,
    TooMuch,
}

struct Streams {
    ended: io::Result<Ended>,
    happened: Receiver<Event>,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
}

fn start(invocation: &Invocation) -> io::Result<(Child, Family)> {
    let mut command = Command::new(&invocation.program);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.args(&invocation.args);
    command.envs(invocation.env.iter().map(|(name, value)| (name, value)));
    if let Some(folder) = &invocation.folder {
        command.current_dir(folder);
    }
    Family::prepare(&mut command);
    let mut child = spawn(&mut command)?;
    match Family::adopt(&child) {
        Ok(family) => Ok((child, family)),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// A plugin that is being installed answers "text file busy": libcni tries for five seconds, so do we.
fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut pause = Duration::from_millis(10);
    loop {
        match command.spawn() {
            Err(error)
                if error.kind() == io::ErrorKind::ExecutableFileBusy && pause < Duration::from_secs(4) =>
            {
                thread::sleep(pause);
                pause *= 2;
            }
            other => return other,
        }
    }
}

/// Write the standard input beside everything else. A plugin that does not read it closes the pipe: no error.
fn feed(child: &mut Child, text: String) {
    let Some(mut stdin) = child.stdin.take() else { return };
    thread::spawn(move || {
        if let Err(error) = stdin.write_all(text.as_bytes()) {
            tracing::debug!(%error, "the plugin did not read its standard input");
        }
    });
}

/// Which part of a stream is kept.
#[derive(Clone, Copy)]
enum Keep {
    /// The first bytes; more are too many.
    Start(usize),
    /// The last bytes.
    End(usize),
}

/// Read a stream beside everything else.
fn collect(
    stream: Option<impl Read + Send + 'static>,
    keep: Keep,
    events: &Sender<Event>,
) -> Arc<Mutex<Vec<u8>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (shared, events) = (Arc::clone(&kept), events.clone());
    thread::spawn(move || {
        // Nobody listens any more once the plugin has been given up on.
        let _ = events.send(stream.map_or(Event::StreamEnded, |stream| read(stream, keep, &shared)));
    });
    kept
}

fn read(mut stream: impl Read, keep: Keep, kept: &Mutex<Vec<u8>>) -> Event {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Event::StreamEnded,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Event::StreamEnded,
        };
        let mut kept = lock(kept);
        kept.extend_from_slice(&buffer[..count]);
        let length = kept.len();
        match keep {
            Keep::Start(limit) if length > limit => return Event::TooMuch,
            Keep::Start(_) => {}
            Keep::End(limit) => drop(kept.drain(..length.saturating_sub(limit))),
        }
    }
}

/// The bytes are whole at every moment, so a reader that panicked leaves nothing half-done.
fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Tell of the plugin's end, beside everything else.
fn watch(child: &Child, events: &Sender<Event>) -> io::Result<()> {
    let (wait, events) = (sys::waiter(child)?, events.clone());
    thread::spawn(move || {
        wait();
        let _ = events.send(Event::Exited);
    });
    Ok(())
}

fn wait(happened: &Receiver<Event>, deadline: Instant) -> Ended {
    let mut streams = 0;
    loop {
        match happened.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Event::Exited) => return Ended::ByItself { streams },
            Ok(Event::StreamEnded) => streams += 1,
            Ok(Event::TooMuch) => return Ended::TooMuch,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ended::TimedOut,
        }
    }
}

fn finish(mut child: Child, family: Family, streams: Streams) -> Result<Output, ExecError> {
    let ended = match streams.ended {
        Ok(Ended::ByItself { streams: done }) => drain(&streams.happened, done),
        Ok(ended) => ended,
        Err(error) => {
            family.kill();
            let _ = child.wait();
            return Err(ExecError::Wait(error));
        }
    };
    if let Ended::ByItself { .. } = ended {
        family.release();
        let (code, signal) = sys::code_and_signal(child.wait().map_err(ExecError::Wait)?);
        return Ok(Output {
            code,
            signal,
            stdout: lock(&streams.stdout).clone(),
            stderr: lock(&streams.stderr).clone(),
        });
    }
    family.kill();
    let _ = child.wait();
    drain(&streams.happened, 0);
    let stderr = lock(&streams.stderr).clone();
    match ended {
        Ended::TooMuch => Err(ExecError::TooMuchOutput(stderr)),
        Ended::TimedOut | Ended::ByItself { .. } => Err(ExecError::TimedOut(stderr)),
    }
}

/// Wait until both streams have ended, but not for long: a child that the plugin left running may hold them.
fn drain(happened: &Receiver<Event>, mut done: usize) -> Ended {
    let deadline = Instant::now() + DRAIN;
    while done < 2 {
        match happened.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(Event::StreamEnded) => done += 1,
            Ok(Event::TooMuch) => return Ended::TooMuch,
            Ok(Event::Exited) => {}
            Err(_) => break,
        }
    }
    Ended::ByItself { streams: done }
}

/// The program's path as a plugin's children see it too, whatever the working folder.
pub(crate) fn absolute(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}
