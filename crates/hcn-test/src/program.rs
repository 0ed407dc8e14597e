//! Running a program: arguments, environment, stdin, a deadline, and all it said.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::Patience;
#[cfg(target_os = "linux")]
use crate::standstill;

/// A command to run. Children inherit the namespaces of the calling thread, so a program that a test
/// with a [`Daemon`](crate::Daemon) starts runs beside it.
#[derive(Debug)]
pub struct Program {
    command: Command,
    shown: String,
    stdin: Option<Vec<u8>>,
    deadline: Duration,
    folders: Vec<String>,
}

impl Program {
    /// A program by path or by name on PATH; stdin empty, deadline one minute.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let shown = program.as_ref().to_string_lossy().into_owned();
        let command = hearing(program.as_ref());
        Program { command, shown, stdin: None, deadline: Duration::from_secs(60), folders: Vec::new() }
    }

    /// One more argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push_str(&format!(" {}", arg.as_ref().to_string_lossy()));
        self.command.arg(arg);
        self
    }

    /// More arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(self, args: I) -> Self {
        args.into_iter().fold(self, Program::arg)
    }

    /// Sets a variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets variables, as [`Daemon::env`](crate::Daemon::env) gives them.
    pub fn envs<N: AsRef<OsStr>, V: AsRef<OsStr>>(self, vars: impl IntoIterator<Item = (N, V)>) -> Self {
        vars.into_iter().fold(self, |program, (name, value)| program.env(name, value))
    }

    /// Takes a variable away.
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Starts with an empty environment.
    pub fn env_clear(mut self) -> Self {
        self.command.env_clear();
        self
    }

    /// The folder to start in.
    pub fn current_dir(mut self, folder: impl AsRef<std::path::Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// What it reads on stdin, then the end.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// The same on a terminal of its own, which `script` makes: its standard output is what the terminal shows, and what
    /// is written to it is typed. For Windows programs it is a console. What `script` takes from the environment is
    /// set: the shell, which steps aside so that a typed Ctrl-C does not end it, the terminal's kind, and its encoding.
    pub fn on_a_terminal(self) -> Self {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let line: Vec<_> = words.map(|word| quoted(&word.to_string_lossy())).collect();
        let mut command = Command::new("script");
        command.args(["-qec", &format!("exec {}", line.join(" ")), "/dev/null"]);
        command.envs([("SHELL", "/bin/sh"), ("TERM", "dumb"), ("LC_ALL", "C.UTF-8")]);
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = self.command.get_current_dir() {
            command.current_dir(folder);
        }
        Program { command, ..self }
    }

    /// The same with its standard output and errors in files, `FILE` and `FILE.err`: for one that starts what lives on,
    /// and under Wine holds whatever was open. The caller waits for its exit alone.
    pub fn with_output_in(self, file: impl Into<PathBuf>) -> Self {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", r#"exec "$@" >"$0" 2>"$0.err" </dev/null"#]).arg(file.into());
        command.arg(self.command.get_program()).args(self.command.get_args());
        command.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        if let Some(folder) = self.command.get_current_dir() {
            command.current_dir(folder);
        }
        Program { command, ..self }
    }

    /// How long it may take before it is killed and the test fails; a pause of the test does not count.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// A folder that snapshots show as `[SCRATCH]`.
    pub fn scratch(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into().to_string_lossy().into_owned());
        self
    }

    /// Runs to the end.
    ///
    /// # Panics
    /// Where it cannot be started, or is still running at the deadline (it is killed first, and what it
    /// had said is in the message).
    pub fn run(mut self) -> Output {
        let stdin = self.stdin.take().unwrap_or_default();
        let mut running = self.spawn();
        running.write_and_close(stdin);
        running.wait()
    }

    /// Starts it and returns; stdin stays open until [`Running::close_stdin`].
    ///
    /// # Panics
    /// Where it cannot be started.
    pub fn spawn(mut self) -> Running {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = self.command.spawn();
        let mut child = started.unwrap_or_else(|why| panic!("cannot start `{}`: {why}", self.shown));
        #[cfg(target_os = "linux")]
        let pipes = standstill::pipes(&child);
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        let patience = Patience::new(self.deadline);
        Running {
            child,
            shown: self.shown,
            patience,
            stdout,
            stderr,
            writer: None,
            folders: self.folders,
            #[cfg(target_os = "linux")]
            pipes,
        }
    }
}

/// The program with the usual answer to the signals of a terminal, whatever this process was started to ignore
/// (`nohup`, what a shell puts in the background): children inherit that, and would never hear a test's SIGINT.
fn hearing(program: &OsStr) -> Command {
    if !ignores_signals() {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/env");
    command.arg("--default-signal=HUP,INT,QUIT").arg(program);
    command
}

/// proc(5)'s status: bit 0 of the mask is signal 1, SIGHUP; then SIGINT and SIGQUIT.
fn ignores_signals() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 0b111 != 0)
}

/// A word as a shell reads it whole.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A program that was started. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    shown: String,
    patience: Patience,
    stdout: Option<Collector>,
    stderr: Option<Collector>,
    writer: Option<JoinHandle<()>>,
    folders: Vec<String>,
    #[cfg(target_os = "linux")]
    pipes: Vec<PathBuf>,
}

impl Running {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes to its stdin, which stays open.
    ///
    /// # Panics
    /// Where stdin was closed or the program no longer reads.
    pub fn write(&mut self, bytes: &[u8]) {
        let stdin = self.child.stdin.as_mut().unwrap_or_else(|| panic!("`{}`: stdin is closed", self.shown));
        stdin.write_all(bytes).and_then(|()| stdin.flush()).unwrap_or_else(|why| {
            panic!("cannot write to `{}`: {why}", self.shown);
        });
    }

    /// Closes its stdin.
    pub fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Waits until its stdout holds `text`.
    ///
    /// # Panics
    /// Where it ends, or the deadline passes, before that.
    pub fn wait_for_stdout(&mut self, text: &str) {
        self.wait_for_stdout_times(text, 1);
    }

    /// The same until its stdout holds the text so many times.
    ///
    /// # Panics
    /// Where it ends, or the deadline comes, before that.
    pub fn wait_for_stdout_times(&mut self, text: &str, times: usize) {
        if !self.says(text, times) {
            let (doing, all) = (self.doing(), self.finish());
            panic!("`{}` never said {text:?} {times} times:\n{}{doing}", self.shown, all.render());
        }
    }

    /// Waits for the same, and tells whether it came: not where the program ends, or the deadline comes, before that.
    pub fn says(&mut self, text: &str, times: usize) -> bool {
        self.stdout.as_mut().is_some_and(|out| out.wait_for(text.as_bytes(), times, &mut self.patience))
    }

    /// Sends a signal by its process id.
    ///
    /// # Panics
    /// Where the signal cannot be sent.
    #[cfg(target_os = "linux")]
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal)
            .unwrap_or_else(|why| panic!("cannot signal `{}`: {why}", self.shown));
    }

    /// Sends SIGTERM.
    #[cfg(target_os = "linux")]
    pub fn terminate(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end; stdin stays as it is.
    ///
    /// # Panics
    /// Where it still runs at the deadline.
    pub fn wait(mut self) -> Output {
        // Its output ends no later than it does, unless a grandchild holds the pipes: then the
        // deadline falls due and the message shows what was said.
        let ended = [&mut self.stdout, &mut self.stderr]
            .into_iter()
            .flatten()
            .all(|collector| collector.wait_for_end(&mut self.patience))
            && self.reap_before_deadline();
        let doing = if ended { String::new() } else { self.doing() };
        let output = self.finish();
        assert!(ended, "`{}` was still running at its deadline:\n{}{doing}", self.shown, output.render());
        output
    }

    /// What it waits for; where it has ended, who holds its output.
    fn doing(&mut self) -> String {
        #[cfg(target_os = "linux")]
        return match self.is_running() {
            true => format!("\nuntil then:\n{}", standstill::describe(self.id())),
            false => format!("\nits output is held by:\n{}", standstill::holders(&self.pipes)),
        };
        #[cfg(not(target_os = "linux"))]
        String::new()
    }

    fn write_and_close(&mut self, bytes: Vec<u8>) {
        let stdin = self.child.stdin.take();
        // A program may end without reading all: that is no failure of the test.
        self.writer = stdin.map(|mut stdin| std::thread::spawn(move || drop(stdin.write_all(&bytes))));
    }

    /// Both pipes are closed, so the end is near: polled, for std has no wait with a deadline.
    fn reap_before_deadline(&mut self) -> bool {
        while self.is_running() {
            if self.patience.is_over() {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        true
    }

    /// Kills what still runs and gathers what was said.
    fn finish(&mut self) -> Output {
        drop(self.child.stdin.take());
        if self.is_running() {
            let _ = self.child.kill();
        }
        let status = self.child.wait();
        let exit = status.map_or(-1, exit_code);
        let mut patience = Patience::new(Duration::from_millis(200));
        let mut said = |collector: Option<Collector>| {
            collector.map_or_else(Vec::new, |mut collector| {
                collector.wait_for_end(&mut patience);
                collector.bytes
            })
        };
        let (stdout, stderr) = (said(self.stdout.take()), said(self.stderr.take()));
        Output { exit, stdout, stderr, shown: self.shown.clone(), folders: std::mem::take(&mut self.folders) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A signal's number counts from 128, as shells say it.
fn exit_code(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
    }
    #[cfg(not(unix))]
    status.code().unwrap_or(-1)
}

/// What one pipe said so far; a thread of its own reads it, so that no program blocks on a full pipe.
#[derive(Debug)]
struct Collector {
    bytes: Vec<u8>,
    chunks: mpsc::Receiver<Vec<u8>>,
    ended: bool,
}

fn collect(mut pipe: impl Read + Send + 'static) -> Collector {
    let (sender, chunks) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            if sender.send(buffer[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    Collector { bytes: Vec::new(), chunks, ended: false }
}

impl Collector {
    /// Takes one chunk if one comes; false at the end of the pipe or at the deadline.
    fn advance(&mut self, patience: &mut Patience) -> bool {
        let turn = patience.turn();
        match self.chunks.recv_timeout(turn) {
            Ok(chunk) => self.bytes.extend(chunk),
            Err(why) => self.ended = why == mpsc::RecvTimeoutError::Disconnected,
        }
        !self.ended && !turn.is_zero()
    }

    fn wait_for_end(&mut self, patience: &mut Patience) -> bool {
        while self.advance(patience) {}
        self.ended
    }

    fn wait_for(&mut self, text: &[u8], times: usize, patience: &mut Patience) -> bool {
        let holds = |bytes: &[u8]| {
            bytes.windows(text.len()).filter(|window| *window == text).take(times).count() == times
        };
        while !holds(&self.bytes) {
            if !self.advance(patience) {
                return holds(&self.bytes);
            }
        }
        true
    }
}

/// How a program ended and all that it said.
#[derive(Clone, Debug)]
pub struct Output {
    /// The exit code; 128 and the number of the signal that ended it.
    pub exit: i32,
    /// All of its stdout.
    pub stdout: Vec<u8>,
    /// All of its stderr.
    pub stderr: Vec<u8>,
    shown: String,
    folders: Vec<String>,
}

impl Output {
    /// Its stdout as text.
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).replace("\r\n", "\n")
    }

    /// Its stderr as text.
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).replace("\r\n", "\n")
    }

    /// Insists on exit 0.
    ///
    /// # Panics
    /// With all it said, where it ended otherwise.
    #[track_caller]
    pub fn success(self) -> Self {
        assert!(self.exit == 0, "`{}` failed:\n{}", self.shown, self.render());
        self
    }

    /// Exit code, stdout and stderr as one text, with [`filter`](crate::filter) applied: for
    /// `insta::assert_snapshot!`. Empty streams are left out.
    pub fn snapshot(&self) -> String {
        let folders: Vec<&str> = self.folders.iter().map(String::as_str).collect();
        crate::filter(&self.render(), &folders)
    }

    fn render(&self) -> String {
        let mut text = format!("exit {}", self.exit);
        for (name, said) in [("stdout", self.stdout()), ("stderr", self.stderr())] {
            match said.trim_end() {
                "" => {}
                said if said.contains('\n') => text.push_str(&format!("\n{name}:\n{said}")),
                said => text.push_str(&format!("\n{name}: {said}")),
            }
        }
        text
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::panic::AssertUnwindSafe;

    use super::*;

    fn sh(script: &str) -> Program {
        Program::new("/bin/sh").args(["-c", script])
    }

    #[test]
    fn all_it_said_and_its_exit_code_are_captured() {
        let output = sh("cat; echo oops >&2; exit 7").stdin("hello\n").run();
        assert_eq!(output.snapshot(), "exit 7\nstdout: hello\nstderr: oops");
    }

    #[test]
    fn more_than_a_pipe_holds_goes_in_and_comes_out() {
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
        assert_eq!(sh("cat").stdin(bytes.clone()).run().stdout, bytes);
    }

    #[test]
    #[should_panic(expected = "was still running at its deadline:\nexit 137\nstdout: before")]
    fn a_program_that_hangs_is_killed_and_what_it_said_is_shown() {
        sh("echo before; exec sleep 60").deadline(Duration::from_millis(100)).run();
    }

    /// Run by itself with SIGINT ignored: what a test starts hears it all the same.
    #[test]
    fn a_program_hears_the_signals_that_the_test_was_started_to_ignore() {
        let this = std::env::current_exe().unwrap();
        if !ignores_signals() {
            let name = "program::tests::a_program_hears_the_signals_that_the_test_was_started_to_ignore";
            let again = "trap '' HUP INT QUIT; exec \"$0\" \"$@\"";
            let args = [this.as_os_str(), name.as_ref(), "--exact".as_ref()];
            Program::new("/bin/sh").args(["-c", again]).args(args).run().success();
            return;
        }
        let output = sh("trap 'exit 3' INT; kill -INT $$; echo deaf").run();
        assert_eq!(output.snapshot(), "exit 3");
    }

    /// As who measures pauses what else runs. A limit on the clock would be over when the test goes on.
    #[test]
    fn a_pause_of_the_test_takes_no_time_from_the_program() {
        let pause = "kill -STOP $PPID; sleep 2.5; kill -CONT $PPID; sleep 0.3; echo up";
        let script = format!("trap 'kill -CONT $PPID' EXIT; trap exit INT TERM; read -r line; {pause}");
        let mut running = sh(&script).deadline(Duration::from_secs(2)).spawn();
        running.write(b"go\n");
        running.wait_for_stdout("up");
        running.wait().success();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn who_holds_the_output_of_a_program_that_has_ended_is_shown() {
        let ended = sh("sleep 3.25 & exit 0").deadline(Duration::from_millis(500)).spawn();
        let given_up = std::panic::catch_unwind(AssertUnwindSafe(|| ended.wait())).unwrap_err();
        let told = given_up.downcast::<String>().unwrap();
        assert!(told.contains("its output is held by:\n"), "{told}");
        assert!(told.ends_with(": sleep 3.25\n"), "{told}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[should_panic(expected = "stdout: sleeps\nuntil then:\n")]
    fn what_a_program_that_hangs_waits_for_is_shown() {
        let mut running = sh("echo sleeps; sleep 60; true").deadline(Duration::from_millis(300)).spawn();
        running.wait_for_stdout("awake");
    }

    #[test]
    fn a_running_program_can_be_waited_for_and_signalled() {
        let mut running = sh("trap 'echo caught; exit 3' TERM; echo ready; read line").spawn();
        running.wait_for_stdout("ready");
        running.terminate();
        let output = running.wait();
        assert_eq!((output.exit, output.stdout()), (3, "ready\ncaught\n".into()));
    }
}
