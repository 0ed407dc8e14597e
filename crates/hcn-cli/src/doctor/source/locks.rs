//! The lock probe itself: the program beside this one, run on the host, and inside a container through the engine of
//! `hcn run`, without a network. The container sees the program's folder by a read-only mount of its own, so that mounts
//! that are full, read-only or not for programs can be probed too, and nothing has to be copied into them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;
use std::{env, io, thread};

use hcn_lockprobe::{Left, Report, Token, remove};

use super::answers::Answers;
use super::job::{Ended, Jobs};
use crate::doctor::facts::locks::Locks;
use crate::doctor::facts::{Absent, Fact};
use crate::doctor::subject::Bind;
use crate::os::Os;
use crate::settings::Settings;
use crate::sys::Signal;

/// The program's name.
const PROGRAM: &str = "hcn-lockprobe";
/// What it takes to start it and to hear what it says.
const START: Duration = Duration::from_secs(10);
/// What a file system has to remove the files of a probe that was killed.
const REMOVAL: Duration = Duration::from_secs(10);

/// The probe.
pub(crate) struct Probe<'a> {
    settings: &'a Settings,
    /// The image of the container, where one was asked for.
    image: Option<&'a str>,
    jobs: Jobs,
    answers: Rc<Answers>,
}

impl<'a> Probe<'a> {
    /// One for the host, and with an image one for its container too.
    pub(crate) fn new(settings: &'a Settings, image: Option<&'a str>, answers: Rc<Answers>) -> Self {
        Self { settings, image, jobs: Jobs::default(), answers }
    }

    /// The signal that came since it began.
    pub(crate) fn stopped_by(&self) -> Option<Signal> {
        self.jobs.stopped_by()
    }

    /// Works any of its programs on, since it did not end?
    pub(crate) fn has_let_go(&self) -> bool {
        self.jobs.has_let_go()
    }

    /// Runs it and reads its report. Whatever became of it, its files are removed.
    fn report(
        &self,
        command: &mut Command,
        limit: Option<Duration>,
        (folder, token): (&Path, &Token),
    ) -> Fact<Report> {
        if let Some(signal) = self.stopped_by() {
            return Err(Absent::Unreadable(format!("stopped by {signal}")));
        }
        let ended = self.jobs.run(command, limit).map_err(|why| Absent::Unreadable(why.error))?;
        let read = read(&ended);
        let left = match &read {
            Ok(report) if report.left.is_empty() => Vec::new(),
            // Whoever asks that file system next is not to be had back either.
            _ if ended.is_let_go => vec![silent(folder)],
            _ => swept(folder, token),
        };
        match read {
            Ok(report) => Ok(Report { left, ..report }),
            Err(why) => Err(Absent::Unreadable(with(why, &left))),
        }
    }

    fn contained(&self, image: &str, bind: &Bind) -> Fact<Report> {
        // Neither does what mounts it for a container come back.
        self.answers.of(&bind.source)?;
        let token = Token::random();
        let program = program()?;
        let own = env::current_exe().map_err(|why| unfound("hcn's own file", &why))?;
        let mut command = Command::new(own);
        command.args(self.words(image, bind, (&program, &token)));
        // It has the time limit of the command, if there is one: an image may have to be pulled first.
        self.report(&mut command, None, (&bind.source, &token))
    }

    /// The command line behind the program's name.
    fn words(&self, image: &str, bind: &Bind, (program, token): (&Path, &Token)) -> Vec<OsString> {
        let Settings { address, containerd_namespace, state, snapshotter, .. } = self.settings;
        let seconds = |limit: Duration| format!("{}ms", limit.as_millis());
        let mut words: Vec<OsString> = vec!["--address".into(), address.into()];
        words.extend(["--containerd-namespace".into(), containerd_namespace.as_str().into()]);
        words.extend(["--state".into(), state.into()]);
        words.extend(["--connect-timeout".into(), seconds(self.settings.connect_timeout).into()]);
        words.extend(
            self.settings.timeout.iter().flat_map(|limit| ["--timeout".into(), seconds(*limit).into()]),
        );
        words.extend(["run", "--quiet", "--net", "none"].map(OsString::from));
        if self.settings.snapshotter_is_chosen {
            words.extend(["--snapshotter".into(), snapshotter.into()]);
        }
        let place = Place::of(Os::HOST);
        let mounts = [mount(&bind.source, &bind.destination, &bind.options), place.mount(program)];
        words.extend(mounts.into_iter().flat_map(|mount| ["--mount".into(), mount]));
        words.extend([image.into(), format!("{PROGRAM}-{token}").into(), place.program().into()]);
        words.extend(
            [bind.destination.as_str(), "-o", "json", "--token", &token.to_string()].map(OsString::from),
        );
        words
    }
}

impl Locks for Probe<'_> {
    fn on_host(&self, folder: &Path) -> Fact<Report> {
        self.answers.of(folder)?;
        let token = Token::random();
        let mut command = Command::new(program()?);
        command.arg(folder).args(["-o", "json", "--token", &token.to_string()]);
        let limit = hcn_lockprobe::longest(hcn_lockprobe::LIMIT) + START;
        self.report(&mut command, Some(limit), (folder, &token))
    }

    fn in_container(&self, bind: &Bind) -> Option<Fact<Report>> {
        self.image.map(|image| self.contained(image, bind))
    }
}

/// The program beside this one.
fn program() -> Fact<PathBuf> {
    let own = env::current_exe().map_err(|why| unfound("hcn's own file", &why))?;
    let program = own.with_file_name(format!("{PROGRAM}{}", env::consts::EXE_SUFFIX));
    match program.is_file() {
        true => Ok(program),
        false => Err(Absent::NotHere(format!(
            "the lock probe is not beside hcn: there is no {}; put it there, it comes with hcn",
            program.display()
        ))),
    }
}

fn unfound(what: &str, why: &io::Error) -> Absent {
    Absent::Unreadable(format!("cannot find {what}: {why}"))
}

/// Where the container sees the program.
struct Place {
    os: Os,
    folder: &'static str,
}

impl Place {
    fn of(os: Os) -> Self {
        let folder = match os {
            Os::Linux => "/.hcn-lockprobe",
            Os::Windows => r"C:\.hcn-lockprobe",
        };
        Self { os, folder }
    }

    fn program(&self) -> String {
        match self.os {
            Os::Linux => format!("{}/{PROGRAM}", self.folder),
            Os::Windows => format!(r"{}\{PROGRAM}.exe", self.folder),
        }
    }

    /// Linux mounts a file; Windows takes folders alone.
    fn mount(&self, program: &Path) -> OsString {
        let options = ["ro".to_owned()];
        match self.os {
            Os::Linux => mount(program, &self.program(), &options),
            Os::Windows => mount(program.parent().unwrap_or(program), self.folder, &options),
        }
    }
}

/// As `--mount` takes it.
fn mount(source: &Path, destination: &str, options: &[String]) -> OsString {
    let is_bound = options.iter().any(|option| option == "bind" || option == "rbind");
    let more = (cfg!(not(windows)) && !is_bound).then_some("rbind");
    let options: Vec<_> = options.iter().map(String::as_str).chain(more).collect();
    let mut text = OsString::from("type=bind,");
    text.push(field("src=", &source.to_string_lossy()));
    text.push(",");
    text.push(field("dst=", destination));
    if !options.is_empty() {
        text.push(",");
        text.push(field("options=", &options.join(":")));
    }
    text
}

/// A field of CSV, in which commas and quotes may stand.
fn field(key: &str, value: &str) -> String {
    format!("\"{key}{}\"", value.replace('"', "\"\""))
}

/// Its report, or why there is none: what it said instead, without its name in front.
fn read(ended: &Ended) -> Result<Report, String> {
    let last = ended.stdout.lines().last().unwrap_or_default();
    serde_json::from_str(last).map_err(|_| match (ended.stderr.trim(), ended.code) {
        ("", _) if ended.is_let_go => "it could not be ended: the file system does not answer".to_owned(),
        ("", None) => "it ended without a report, with a signal".to_owned(),
        ("", Some(code)) => format!("it ended without a report, with {code}"),
        (said, _) => said.lines().map(plain).collect::<Vec<_>>().join("; "),
    })
}

fn plain(line: &str) -> &str {
    ["hcn: ", "hcn-lockprobe: "].iter().find_map(|name| line.strip_prefix(name)).unwrap_or(line)
}

fn with(why: String, left: &[Left]) -> String {
    match left {
        [] => why,
        left => {
            let named: Vec<_> = left.iter().map(|left| left.path.display().to_string()).collect();
            format!("{why}; delete what it left: {}", named.join(" "))
        }
    }
}

/// A file system that hangs keeps nothing here from ending.
fn swept(folder: &Path, token: &Token) -> Vec<Left> {
    let (tell, told) = mpsc::channel();
    let (folder_of, token) = (folder.to_owned(), token.clone());
    let started = thread::Builder::new().spawn(move || drop(tell.send(remove(&folder_of, &token))));
    started.ok().and_then(|_| told.recv_timeout(REMOVAL).ok()).unwrap_or_else(|| vec![silent(folder)])
}

fn silent(folder: &Path) -> Left {
    Left { path: folder.to_owned(), why: "it does not answer".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Mount;

    #[test]
    fn a_mount_is_read_back_as_it_was_whatever_stands_in_its_names() {
        let options = ["rbind".to_owned(), "ro".to_owned()];
        let text = mount(Path::new("/a,b \"c\""), "/d,", &options);
        let read = Mount::from_csv(text.to_str().unwrap(), Os::Linux).unwrap();
        assert_eq!(read.source.as_deref(), Some("/a,b \"c\""));
        assert_eq!((read.destination.as_str(), &read.options[..]), ("/d,", &options[..]));
    }

    #[test]
    fn windows_mounts_the_folder_of_the_program() {
        let place = Place::of(Os::Windows);
        assert_eq!(place.program(), r"C:\.hcn-lockprobe\hcn-lockprobe.exe");
        let mount = place.mount(Path::new("/opt/hcn/hcn-lockprobe.exe"));
        assert!(
            mount.to_str().unwrap().starts_with("type=bind,\"src=/opt/hcn\",\"dst=C:\\.hcn-lockprobe\""),
            "{mount:?}"
        );
    }

    #[test]
    fn what_is_said_instead_of_a_report_is_the_reason() {
        let ended = |stdout: &str, stderr: &str, code| Ended {
            code,
            stdout: stdout.into(),
            stderr: stderr.into(),
            is_let_go: false,
        };
        let said = read(&ended("", "hcn: cannot run: no\nhcn: two\n", Some(125)));
        assert_eq!(said.unwrap_err(), "cannot run: no; two");
        assert_eq!(read(&ended("", "", None)).unwrap_err(), "it ended without a report, with a signal");
        let hangs = Ended { is_let_go: true, ..ended("", "", None) };
        assert_eq!(read(&hangs).unwrap_err(), "it could not be ended: the file system does not answer");
        let report = r#"{"version":1,"folder":"/d","system":"linux","stages":[]}"#;
        assert!(read(&ended(&format!("noise\n{report}\n"), "", Some(0))).is_ok());
    }
}
