//! Running programs: the command is printed first, Ctrl-C ends them, a failure names them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::{leftovers, say};

static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From here on INT and TERM only set a flag, so that every task gets to clean up.
pub(crate) fn watch_signals() {
    let flag = INTERRUPTED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM] {
        // Refused only for signals that no program may catch.
        let _ = signal_hook::flag::register(signal, Arc::clone(flag));
    }
}

/// Whether Ctrl-C was pressed.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// An error after Ctrl-C.
pub(crate) fn go_on() -> Result<()> {
    anyhow::ensure!(!interrupted(), "interrupted");
    Ok(())
}

/// The command as it could be typed, with the variables set for it.
pub(crate) fn shown(command: &Command) -> String {
    let inherited = std::env::var("PATH").unwrap_or_default();
    let set = command.get_envs().filter_map(|(name, value)| {
        let value = value?.to_string_lossy().into_owned();
        let value = if inherited.is_empty() { value } else { value.replace(&inherited, "$PATH") };
        Some(format!("{}={}", name.to_string_lossy(), quoted(&value)))
    });
    let program = command.get_program().to_string_lossy().into_owned();
    let name = match program.rsplit_once('/') {
        Some((_, "cargo")) if !program.starts_with("/usr/") => "cargo".to_owned(),
        _ => program,
    };
    let args = command.get_args().map(|arg| quoted(&arg.to_string_lossy()));
    set.chain([name]).chain(args).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:,=+@%{}$".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

/// Prints the command and runs it.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    say::command(&shown);
    let child = command.spawn().with_context(|| format!("cannot start `{shown}`"))?;
    judge(&shown, wait(child)?)
}

/// Runs the command without a word and gives its stdout.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start `{shown}`"))?;
    let (stdout, stderr) = (child.stdout.take().map(read_all), child.stderr.take().map(read_all));
    let status = wait(child)?;
    let text = |reader: Option<std::thread::JoinHandle<String>>| {
        reader.and_then(|r| r.join().ok()).unwrap_or_default()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    judge(&shown, status).with_context(|| stderr.trim().to_owned())?;
    Ok(stdout)
}

/// What [`tee`] picked out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Teed {
    pub(crate) success: bool,
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
}

/// Prints the command and runs it, passing on what it says and keeping the lines that `keep` picks.
pub(crate) fn tee(command: &mut Command, keep: fn(&str) -> bool) -> Result<Teed> {
    let shown = shown(command);
    say::command(&shown);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start `{shown}`"))?;
    let stdout = child.stdout.take().map(|pipe| pass_on(pipe, say::line, keep));
    let stderr = child.stderr.take().map(|pipe| pass_on(pipe, say::passed_on, keep));
    let status = wait(child)?;
    let [stdout, stderr] =
        [stdout, stderr].map(|reader| reader.and_then(|r| r.join().ok()).unwrap_or_default());
    Ok(Teed { success: status.success(), stdout, stderr })
}

/// Whether a program is there and answers `--version`.
pub(crate) fn answers(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn judge(shown: &str, status: ExitStatus) -> Result<()> {
    go_on()?;
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    Ok(())
}

/// Waits, and after Ctrl-C no longer than it takes to ask twice: the terminal's INT has reached the
/// child by itself. Polled, for std's wait cannot be woken by a flag.
fn wait(mut child: Child) -> Result<ExitStatus> {
    let mut asked: Option<(Instant, bool)> = None;
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for a child")? {
            return Ok(status);
        }
        if interrupted() {
            let (since, told) = *asked.get_or_insert((Instant::now(), false));
            if since.elapsed() > Duration::from_secs(15) {
                let _ = child.kill();
            } else if since.elapsed() > Duration::from_secs(3) && !told {
                leftovers::terminate(child.id());
                asked = Some((since, true));
            }
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn read_all(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read is all there is to show.
        let _ = pipe.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn pass_on(
    pipe: impl Read + Send + 'static,
    say: fn(&str),
    keep: fn(&str) -> bool,
) -> std::thread::JoinHandle<Vec<String>> {
    std::thread::spawn(move || {
        let lines = BufReader::new(pipe).split(b'\n').map_while(Result::ok);
        let text = lines.map(|line| String::from_utf8_lossy(&line).into_owned());
        text.inspect(|line| say(line)).filter(|line| keep(line)).collect()
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_could_be_typed() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["build", "-p", "a b"]).env("RUSTC", "/usr/bin/rustc").env_remove("CARGO");
        assert_eq!(shown(&command), "RUSTC=/usr/bin/rustc /usr/bin/cargo build -p 'a b'");
    }

    #[test]
    fn a_failure_names_the_command_and_shows_what_it_said() {
        let failed = capture(Command::new("/bin/sh").args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(format!("{failed:#}"), "why: `/bin/sh -c 'echo why >&2; exit 3'` failed: exit status: 3");
    }

    #[test]
    fn picked_lines_are_kept_from_both_streams() {
        let script = "echo Summary a; echo other; echo Summary b >&2; exit 1";
        let kept =
            tee(Command::new("/bin/sh").args(["-c", script]), |line| line.starts_with("Summary")).unwrap();
        let (stdout, stderr) = (vec!["Summary a".into()], vec!["Summary b".into()]);
        assert_eq!(kept, Teed { success: false, stdout, stderr });
    }
}
