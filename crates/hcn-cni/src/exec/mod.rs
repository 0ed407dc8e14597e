//! Running one plugin: standard input in, standard output and error out, with bounds on size and time.
//!
//! [`Exec`] is the seam: the runtime decides what to run and reads the answer, an `Exec` starts programs. Tests put
//! their own there.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::attend::{Attend, Ended};
pub(crate) use self::pipe::Ends;
use self::pipe::Streams;
use crate::plugin;
use crate::sys::Family;

mod attend;
mod pipe;
#[cfg(target_os = "linux")]
mod polled;
mod threads;
#[cfg(all(test, windows))]
mod windows_tests;

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
/// console window, it is born in its job and so dies with this process, however that ends; on Linux it goes on when
/// this process is killed. A child that it leaves running on purpose is left alone. This process itself is put into no
/// job.
///
/// On Linux nothing is closed that was not opened here: a descriptor without close-on-exec (a lock file, say, by which
/// others see that a plugin is still at work) reaches the plugin and its children. On Windows they inherit nothing but
/// the plugin's own three streams.
#[derive(Clone, Copy, Debug, Default)]
pub struct Processes;

/// How much of a plugin's standard error is kept.
const STDERR_LIMIT: usize = 64 * 1024;

/// How long output may still come after a plugin's end, or after its death: its children may hold the pipe.
const DRAIN: Duration = Duration::from_secs(1);

impl Exec for Processes {
    fn run(&self, invocation: &Invocation) -> Result<Output, ExecError> {
        run(invocation, attendant)
    }
}

/// Who sees to a process: the one thread that is there already where the system can wait for all at once.
#[cfg(target_os = "linux")]
fn attendant(family: &Family, streams: Streams, invocation: &Invocation) -> io::Result<Box<dyn Attend>> {
    match rustix::process::pidfd_open(family.pid(), rustix::process::PidfdFlags::empty()) {
        Ok(exit) => Ok(Box::new(polled::Polled::new(exit, streams, invocation)?)),
        // Linux before 5.3 has none, and a filter of system calls may deny it.
        Err(_) => threaded(family, streams, invocation),
    }
}

#[cfg(not(target_os = "linux"))]
fn attendant(family: &Family, streams: Streams, invocation: &Invocation) -> io::Result<Box<dyn Attend>> {
    threaded(family, streams, invocation)
}

fn threaded(family: &Family, streams: Streams, invocation: &Invocation) -> io::Result<Box<dyn Attend>> {
    Ok(Box::new(threads::Threads::new(family, streams, invocation)?))
}

fn run(
    invocation: &Invocation,
    attendant: impl FnOnce(&Family, Streams, &Invocation) -> io::Result<Box<dyn Attend>>,
) -> Result<Output, ExecError> {
    let deadline = Instant::now() + invocation.timeout;
    let (mut family, streams) = start(invocation).map_err(ExecError::Start)?;
    let waited = attendant(&family, streams, invocation).and_then(|mut attending| {
        let ended = attending.until_end(deadline)?;
        Ok((attending, ended))
    });
    match waited {
        Ok((attending, ended)) => finish(family, attending, ended),
        Err(error) => {
            family.kill();
            let _ = family.wait();
            Err(ExecError::Wait(error))
        }
    }
}

fn start(invocation: &Invocation) -> io::Result<(Family, Streams)> {
    let (streams, ends) = pipe::pipes()?;
    Ok((Family::start(invocation, ends)?, streams))
}

fn finish(mut family: Family, mut attending: Box<dyn Attend>, ended: Ended) -> Result<Output, ExecError> {
    let ended = match ended {
        Ended::ByItself => attending.drain(Instant::now() + DRAIN),
        ended => ended,
    };
    if ended == Ended::ByItself {
        family.release();
        let (code, signal) = family.wait().map_err(ExecError::Wait)?;
        let (stdout, stderr) = attending.kept();
        return Ok(Output { code, signal, stdout, stderr });
    }
    family.kill();
    let _ = family.wait();
    attending.drain(Instant::now() + DRAIN);
    let (_, stderr) = attending.kept();
    match ended {
        Ended::TooMuch => Err(ExecError::TooMuchOutput(stderr)),
        Ended::TimedOut | Ended::ByItself => Err(ExecError::TimedOut(stderr)),
    }
}

/// The program's path as a plugin's children see it too, whatever the working folder.
pub(crate) fn absolute(folder: &Path) -> PathBuf {
    std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    type Attendant = fn(&Family, Streams, &Invocation) -> io::Result<Box<dyn Attend>>;

    /// What the system's best way answers, and what the way that works on every system does: the same.
    fn both(script: &str, stdin: &str, timeout: Duration) -> [Result<Output, String>; 2] {
        let invocation = Invocation {
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into()],
            env: Vec::new(),
            stdin: stdin.to_owned(),
            folder: None,
            timeout,
            limit: 100_000,
        };
        let ways: [Attendant; 2] = [attendant, threaded];
        ways.map(|way| run(&invocation, way).map_err(|error| format!("{error:?}")))
    }

    fn within(script: &str, stdin: &str) -> [Result<Output, String>; 2] {
        both(script, stdin, Duration::from_secs(30))
    }

    #[test]
    fn input_larger_than_a_pipe_comes_back_whole_while_both_streams_are_written() {
        let text = "0123456789".repeat(9_999);
        for answer in within("cat; echo told >&2; exit 3", &text) {
            let output = answer.unwrap();
            assert_eq!((output.code, output.stdout), (Some(3), text.clone().into_bytes()));
            assert_eq!(output.stderr, b"told\n");
        }
    }

    #[test]
    fn input_that_nobody_reads_is_no_fault() {
        for answer in within("exec <&-; echo done", &"x".repeat(1_000_000)) {
            assert_eq!(answer.unwrap().stdout, b"done\n");
        }
    }

    #[test]
    fn more_output_than_allowed_ends_it_and_keeps_what_it_said() {
        for answer in within("echo why >&2; sleep 0.1; yes", "") {
            assert_eq!(answer.unwrap_err(), format!("TooMuchOutput({:?})", b"why\n"));
        }
    }

    #[test]
    fn too_much_output_of_a_plugin_that_ended_is_too_much_all_the_same() {
        for answer in within("head -c 200000 /dev/zero & exit 0", "") {
            assert_eq!(answer.unwrap_err(), "TooMuchOutput([])");
        }
    }

    #[test]
    fn the_time_limit_ends_it_with_its_children() {
        for answer in both("sleep 1000 & sleep 1000", "", Duration::from_millis(300)) {
            assert_eq!(answer.unwrap_err(), "TimedOut([])");
        }
    }

    #[test]
    fn a_child_that_holds_the_streams_does_not_hold_up_the_answer() {
        for answer in within("sleep 5 & echo done", "") {
            let output = answer.unwrap();
            assert_eq!((output.code, output.stdout), (Some(0), b"done\n".to_vec()));
        }
    }

    #[test]
    fn the_signal_that_ended_it_is_told() {
        for answer in within("kill -9 $$", "") {
            let output = answer.unwrap();
            assert_eq!((output.code, output.signal), (None, Some(9)));
        }
    }
}
