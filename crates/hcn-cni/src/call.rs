//! One call of one plugin: its environment, its input, and what its answer means.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::attachment::Attachment;
use crate::conflist::Conflist;
use crate::error::{Error, ErrorKind};
use crate::exec::{ExecError, Invocation, Output, absolute};
use crate::object::Object;
use crate::plugin::{Injected, Plugin};
use crate::result::CniResult;
use crate::runtime::Runtime;
use crate::version::Version;

/// What a plugin is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Add,
    Del,
    Check,
    Status,
    Version,
}

impl Verb {
    fn name(self) -> &'static str {
        match self {
            Verb::Add => "ADD",
            Verb::Del => "DEL",
            Verb::Check => "CHECK",
            Verb::Status => "STATUS",
            Verb::Version => "VERSION",
        }
    }
}

/// A verb, for which attachment, after which result.
#[derive(Clone, Debug)]
pub(crate) struct Call<'a> {
    verb: Verb,
    attachment: Option<&'a Attachment>,
    previous: Option<&'a RawValue>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(verb: Verb) -> Call<'a> {
        Call { verb, attachment: None, previous: None }
    }

    pub(crate) fn of(self, attachment: &'a Attachment) -> Call<'a> {
        Call { attachment: Some(attachment), ..self }
    }

    pub(crate) fn after(self, previous: Option<&'a RawValue>) -> Call<'a> {
        Call { previous, ..self }
    }

    /// What is being attempted, to complete "cannot …".
    pub(crate) fn attempted(&self, network: &str) -> String {
        let container =
            self.attachment.map(|attachment| attachment.container_id.as_str()).unwrap_or_default();
        match self.verb {
            Verb::Add => format!("attach container `{container}` to network `{network}`"),
            Verb::Del => format!("detach container `{container}` from network `{network}`"),
            Verb::Check => format!("check container `{container}` on network `{network}`"),
            Verb::Status => format!("tell whether network `{network}` is ready"),
            Verb::Version => "ask a plugin for its versions".into(),
        }
    }

    /// The six variables, empty where there is nothing to say. Old plugins want some of them even for VERSION.
    fn env(&self, path: OsString) -> Vec<(&'static str, OsString)> {
        let none = Attachment::default();
        let at = self.attachment.unwrap_or(&none);
        let is_version = self.verb == Verb::Version;
        let or_dummy = |text: &str| OsString::from(if is_version { "dummy" } else { text });
        vec![
            ("CNI_COMMAND", self.verb.name().into()),
            ("CNI_CONTAINERID", at.container_id.clone().into()),
            ("CNI_NETNS", or_dummy(at.netns.as_deref().unwrap_or_default())),
            ("CNI_IFNAME", or_dummy(&at.ifname)),
            ("CNI_ARGS", at.args_text().into()),
            ("CNI_PATH", if is_version { "dummy".into() } else { path }),
        ]
    }
}

/// Who answers, for messages.
#[derive(Clone, Copy)]
struct Asked<'a> {
    call: &'a Call<'a>,
    network: &'a str,
    source: Option<&'a Path>,
    plugin: &'a str,
}

impl Asked<'_> {
    fn error(&self, kind: ErrorKind, why: impl Into<String>) -> Error {
        let error = Error::new(kind, self.call.attempted(self.network), why).with_plugin(self.plugin);
        if self.network.is_empty() { error } else { error.with_network(self.network) }
    }

    fn check_configuration(&self) -> String {
        match self.source {
            Some(file) => format!("check {} and what the plugin logs", file.display()),
            None => "check the network's configuration and what the plugin logs".into(),
        }
    }
}

impl Runtime {
    /// The program of a plugin.
    pub(crate) fn find(&self, list: &Conflist, plugin: &Plugin, call: &Call<'_>) -> Result<PathBuf, Error> {
        self.look_up(&asked(list, plugin, call))
    }

    /// Find a plugin and run it; what it answers beyond success does not matter.
    pub(crate) fn find_and_run(
        &self,
        list: &Conflist,
        plugin: &Plugin,
        call: &Call<'_>,
    ) -> Result<(), Error> {
        let program = self.find(list, plugin, call)?;
        self.run(list, plugin, &program, call).map(drop)
    }

    /// Run a plugin that has to answer a result.
    pub(crate) fn run_for_result(
        &self,
        list: &Conflist,
        plugin: &Plugin,
        program: &Path,
        call: &Call<'_>,
    ) -> Result<CniResult, Error> {
        let output = self.run(list, plugin, program, call)?;
        read_result(&output, list.version()).map_err(|why| {
            let asked = asked(list, plugin, call);
            let why =
                format!("plugin `{}` succeeded, but what it printed is no result: {why}", plugin.kind());
            asked
                .error(ErrorKind::InvalidResult, why)
                .with_hint(asked.check_configuration())
                .with_stderr(text(&output.stderr))
        })
    }

    /// The versions that a plugin says it supports; 0.1.0 when it does not know the question.
    ///
    /// Fails as any call does, and with [`ErrorKind::InvalidResult`] when the answer makes no sense.
    pub fn versions(&self, plugin: &str) -> Result<Vec<Version>, Error> {
        let call = Call::new(Verb::Version);
        let asked = Asked { call: &call, network: "", source: None, plugin };
        let program = self.look_up(&asked)?;
        let stdin = format!(r#"{{"cniVersion":"{}"}}"#, Version::NEWEST);
        match self.execute(&asked, &program, stdin) {
            Ok(output) => read_versions(&output).map_err(|why| {
                let why =
                    format!("plugin `{plugin}` succeeded, but what it printed is no list of versions: {why}");
                asked.error(ErrorKind::InvalidResult, why)
            }),
            Err(error) if error.is_unknown_version_command() => Ok(vec![Version::OLDEST]),
            Err(error) => Err(error),
        }
    }

    fn run(
        &self,
        list: &Conflist,
        plugin: &Plugin,
        program: &Path,
        call: &Call<'_>,
    ) -> Result<Output, Error> {
        let none = Object::new();
        let stdin = plugin.stdin(Injected {
            network: list.name(),
            version: list.version(),
            previous: call.previous,
            capability_args: call.attachment.map_or(&none, |attachment| &attachment.capability_args),
        });
        self.execute(&asked(list, plugin, call), program, stdin)
    }

    fn look_up(&self, asked: &Asked<'_>) -> Result<PathBuf, Error> {
        let folders: Vec<_> = self.path.iter().map(|folder| absolute(folder)).collect();
        self.exec.find(asked.plugin, &folders).ok_or_else(|| {
            let searched = folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>();
            let why = match searched.is_empty() {
                true => format!("plugin `{}` cannot be found, for CNI_PATH is empty", asked.plugin),
                false => format!("plugin `{}` is not in {}", asked.plugin, searched.join(", ")),
            };
            asked
                .error(ErrorKind::PluginNotFound, why)
                .with_hint("install the plugin, or name its folder in CNI_PATH")
        })
    }

    fn execute(&self, asked: &Asked<'_>, program: &Path, stdin: String) -> Result<Output, Error> {
        let span = tracing::debug_span!("cni", verb = asked.call.verb.name(), plugin = asked.plugin);
        let _entered = span.enter();
        tracing::trace!(%stdin);
        let invocation = self.invocation(asked, program, stdin)?;
        let output = self.exec.run(&invocation).map_err(|error| not_run(asked, &invocation, error))?;
        log(&output);
        if output.code == Some(0) { Ok(output) } else { Err(failed(asked, &output)) }
    }

    fn invocation(&self, asked: &Asked<'_>, program: &Path, stdin: String) -> Result<Invocation, Error> {
        let path = env::join_paths(self.path.iter().map(|folder| absolute(folder))).map_err(|error| {
            asked.error(ErrorKind::PluginNotRunnable, format!("CNI_PATH cannot be written: {error}"))
        })?;
        Ok(Invocation {
            program: program.to_owned(),
            env: asked.call.env(path),
            stdin,
            folder: self.folder.clone(),
            timeout: self.timeout,
            limit: self.limit,
        })
    }
}

fn asked<'a>(list: &'a Conflist, plugin: &'a Plugin, call: &'a Call<'a>) -> Asked<'a> {
    Asked { call, network: list.name(), source: list.source(), plugin: plugin.kind() }
}

fn log(output: &Output) {
    tracing::trace!(stdout = %text(&output.stdout));
    if !output.stderr.is_empty() {
        tracing::info!("{}", text(&output.stderr));
    }
}

/// A plugin that did not run, or not to its end.
fn not_run(asked: &Asked<'_>, invocation: &Invocation, error: ExecError) -> Error {
    let (plugin, program) = (asked.plugin, invocation.program.display());
    match error {
        ExecError::Start(error) => {
            let why = format!("plugin `{plugin}` cannot be started: {error}");
            let hint = format!("{program} has to be a program of this system that may be executed");
            asked.error(ErrorKind::PluginNotRunnable, why).with_hint(hint)
        }
        ExecError::Wait(error) => {
            let why = format!("plugin `{plugin}` cannot be waited for: {error}");
            asked.error(ErrorKind::PluginFailed, why)
        }
        ExecError::TimedOut(stderr) => {
            let seconds = invocation.timeout.as_secs_f64();
            let why =
                format!("plugin `{plugin}` did not end within {seconds} s and was killed with its children");
            asked
                .error(ErrorKind::TimedOut, why)
                .with_hint(asked.check_configuration())
                .with_stderr(text(&stderr))
        }
        ExecError::TooMuchOutput(stderr) => {
            let why =
                format!("plugin `{plugin}` printed more than {} bytes and was killed", invocation.limit);
            let hint = format!("no result is that long: check what {program} is");
            asked.error(ErrorKind::TooMuchOutput, why).with_hint(hint).with_stderr(text(&stderr))
        }
    }
}

/// A plugin that ended without success: by its error object, else by what it printed, else by its exit.
fn failed(asked: &Asked<'_>, output: &Output) -> Error {
    let answer = Object::parse(&text(&output.stdout)).ok();
    let message = answer.as_ref().and_then(message);
    let code = answer
        .and_then(|answer| serde_json::from_str(answer.get("code")?.get()).ok())
        .filter(|code| *code != 0);
    let said = message.or_else(|| one_line(&output.stdout)).or_else(|| one_line(&output.stderr));
    let plugin = asked.plugin;
    let why = match (said, output.signal, output.code) {
        (Some(said), None, _) => format!("plugin `{plugin}` failed: {said}"),
        (Some(said), Some(signal), _) => format!("plugin `{plugin}` was ended by signal {signal}: {said}"),
        (None, Some(signal), _) => format!("plugin `{plugin}` was ended by signal {signal} and said nothing"),
        (None, None, exit) => {
            format!("plugin `{plugin}` exited with {} and said nothing", exit.unwrap_or(-1))
        }
    };
    let error = asked.error(ErrorKind::PluginFailed, why).with_stderr(text(&output.stderr));
    match code {
        Some(code) if crate::code::code(code).is_some() => error.with_code(code),
        Some(code) => error.with_code(code).with_hint(asked.check_configuration()),
        None => error.with_hint(asked.check_configuration()),
    }
}

/// `msg` and `details` of an error object.
fn message(answer: &Object) -> Option<String> {
    let part = |key| answer.text(key).ok().flatten().and_then(|text| one_line(text.as_bytes()));
    let message = part("msg")?;
    Some(part("details").map(|details| format!("{message}: {details}")).unwrap_or(message))
}

/// Empty output is an error, as in libcni. An error object with exit 0 is a result without addresses, as there.
fn read_result(output: &Output, version: Version) -> Result<CniResult, String> {
    let text = std::str::from_utf8(&output.stdout).map_err(|_| "it is no UTF-8 text".to_string())?;
    match one_line(text.as_bytes()) {
        None => Err("it is empty".into()),
        Some(line) => CniResult::parse(text, version).map_err(|why| format!("{why}, in `{line}`")),
    }
}

fn read_versions(output: &Output) -> Result<Vec<Version>, String> {
    let answer = Object::parse(&text(&output.stdout)).map_err(|error| error.to_string())?;
    let value = answer.get("supportedVersions").ok_or("`supportedVersions` is missing")?;
    let texts: Vec<String> = serde_json::from_str(value.get()).map_err(|error| error.to_string())?;
    texts.iter().map(|text| text.parse().map_err(|error| format!("{error}"))).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a plugin printed, fit for one line of a message; `None` when there is nothing to see.
fn one_line(bytes: &[u8]) -> Option<String> {
    const LONGEST: usize = 1000;
    let text = text(bytes);
    let words = text.split(|c: char| c.is_control()).map(str::trim).filter(|part| !part.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    let cut = line.char_indices().nth(LONGEST).map(|(at, _)| format!("{}…", &line[..at]));
    Some(cut.unwrap_or(line)).filter(|line| !line.is_empty())
}
