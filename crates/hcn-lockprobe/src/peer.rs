//! The second process: this program, started anew, which does what it is told line by line and ends when nobody tells it
//! anything any more. So none outlives a probe that was killed.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::fault::{Fault, refused};
use crate::lock::{self, Kind, Mode};
use crate::trial;

/// How a process of the probe's is asked to be the second one: `--second FILE KIND`.
pub(crate) const SECOND: &str = "--second";

/// The second processes of a probe.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    program: PathBuf,
    living: Arc<Mutex<Vec<Living>>>,
}

type Living = Arc<Mutex<Child>>;

impl Peers {
    /// None yet; `program` is hcn-lockprobe.
    pub(crate) fn new(program: PathBuf) -> Self {
        Self { program, living: Arc::default() }
    }

    /// Starts one that works with this file, and this kind of lock.
    pub(crate) fn second(&self, file: &Path, kind: Kind) -> Result<Peer, Fault> {
        let mut command = Command::new(&self.program);
        command.arg(SECOND).arg(file).arg(kind.name());
        self.start(command.stdin(Stdio::piped())).map_err(refused("start the second process"))
    }

    /// Runs the program with these arguments in a folder, and answers what it printed.
    pub(crate) fn run(&self, arguments: &[&std::ffi::OsStr], folder: &Path) -> io::Result<String> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        let mut peer = self.start(&mut command)?;
        let mut said = String::new();
        io::Read::read_to_string(&mut peer.output, &mut said)?;
        peer.wait()?;
        Ok(said)
    }

    fn start(&self, command: &mut Command) -> io::Result<Peer> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let child = Arc::new(Mutex::new(child));
        held(&self.living).push(child.clone());
        let output = BufReader::new(output.ok_or(io::ErrorKind::BrokenPipe)?);
        Ok(Peer { child, input, output })
    }

    /// Ends all that are still there: the probe is over, and those of a step that hangs would hang too.
    pub(crate) fn end(&self) {
        for child in held(&self.living).drain(..) {
            let mut child = held(&child);
            // One that has ended cannot be killed, and that is what is wanted.
            let _ = child.kill();
            let _ = child.try_wait();
        }
    }
}

/// What a thread that panicked held is still there.
fn held<T>(what: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A second process.
#[derive(Debug)]
pub(crate) struct Peer {
    child: Living,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// What it is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Open the file for itself alone.
    Open,
    /// Take a lock.
    Take(Mode),
    /// Give it back.
    Release,
}

/// How that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done.
    Done,
    /// Somebody else is in the way.
    Refused,
    /// It failed for another reason: the system's code and words.
    Failed(Option<i32>, String),
}

impl Peer {
    /// Has it do something. Its failure is one of the step.
    pub(crate) fn ask(&mut self, order: Order) -> Result<Answer, Fault> {
        let lost = "hear from the second process";
        let answer = self.exchange(order).map_err(refused(lost))?;
        match answer {
            Answer::Failed(code, what) => {
                Err(Fault { what: format!("the second process cannot {what}"), code })
            }
            answer => Ok(answer),
        }
    }

    fn exchange(&mut self, order: Order) -> io::Result<Answer> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        input.write_all(format!("{}\n", order.text()).as_bytes())?;
        input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Answer::read(line.trim_end()).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Has it end by itself, with all that it holds, and waits for that.
    pub(crate) fn end(mut self) -> io::Result<()> {
        drop(self.input.take());
        self.wait()
    }

    /// Kills it, and waits until it is gone.
    pub(crate) fn kill(mut self) -> io::Result<()> {
        held(&self.child).kill()?;
        self.wait()
    }

    /// Looks again and again, for whoever waits in the kernel keeps others from killing it.
    fn wait(&mut self) -> io::Result<()> {
        while held(&self.child).try_wait()?.is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl Order {
    fn text(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Take(mode) => format!("take {mode}"),
            Self::Release => "release".to_owned(),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let all = [Self::Open, Self::Take(Mode::Shared), Self::Take(Mode::Exclusive), Self::Release];
        all.into_iter().find(|order| order.text() == line)
    }
}

impl Answer {
    fn text(&self) -> String {
        match self {
            Self::Done => "done".to_owned(),
            Self::Refused => "refused".to_owned(),
            Self::Failed(code, what) => {
                format!("failed {} {}", code.unwrap_or_default(), what.replace('\n', " "))
            }
        }
    }

    fn read(line: &str) -> Option<Self> {
        match line.split_once(' ') {
            None if line == "done" => Some(Self::Done),
            None if line == "refused" => Some(Self::Refused),
            Some(("failed", rest)) => {
                let (code, what) = rest.split_once(' ')?;
                let code: i32 = code.parse().ok()?;
                Some(Self::Failed((code != 0).then_some(code), what.to_owned()))
            }
            _ => None,
        }
    }

    fn of(done: io::Result<bool>, what: impl std::fmt::Display) -> Self {
        match done {
            Ok(true) => Self::Done,
            Ok(false) => Self::Refused,
            Err(error) => Self::Failed(error.raw_os_error(), format!("{what}: {error}")),
        }
    }
}

/// Being the second process: orders by line, an answer for each, until there are no more. What is held then is not given
/// back: that is up to the system.
///
/// # Errors
/// What keeps it from hearing or answering.
pub fn serve(file: &Path, kind: Kind, orders: impl BufRead, mut answers: impl Write) -> io::Result<()> {
    let mut open = None;
    for line in orders.lines() {
        let Some(order) = Order::read(line?.trim_end()) else { continue };
        writeln!(answers, "{}", obey(order, file, kind, &mut open).text())?;
        answers.flush()?;
    }
    Ok(())
}

fn obey(order: Order, file: &Path, kind: Kind, open: &mut Option<File>) -> Answer {
    if order == Order::Open {
        return Answer::of(
            trial::open_for_one(file).map(|_| true).or_else(trial::as_refused),
            "open the file for itself",
        );
    }
    let handle = match open.take().map_or_else(|| trial::open(file), Ok) {
        Err(error) => return Answer::of(Err(error), "open the file"),
        Ok(handle) => open.insert(handle),
    };
    match order {
        Order::Take(mode) => {
            Answer::of(lock::try_take(handle, kind, mode), format_args!("take a lock, {mode}"))
        }
        _ => Answer::of(lock::release(handle, kind).map(|()| true), "unlock"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_answers_are_read_as_they_are_written() {
        for order in [Order::Open, Order::Take(Mode::Shared), Order::Take(Mode::Exclusive), Order::Release] {
            assert_eq!(Order::read(&order.text()), Some(order));
        }
        let failed = Answer::Failed(Some(37), "take a lock, shared: No locks available (os error 37)".into());
        for answer in [Answer::Done, Answer::Refused, failed, Answer::Failed(None, "no words".into())] {
            assert_eq!(Answer::read(&answer.text()), Some(answer));
        }
        assert_eq!((Order::read("take"), Answer::read(""), Answer::read("failed x y")), (None, None, None));
    }

    #[test]
    fn one_that_is_told_takes_a_lock_and_gives_it_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let mut answers = Vec::new();
        let orders = "take exclusive\nrelease\nnonsense\ntake shared\n";
        serve(&file, lock::KINDS[0], orders.as_bytes(), &mut answers).unwrap();
        assert_eq!(String::from_utf8(answers).unwrap(), "done\ndone\ndone\n");
    }
}
