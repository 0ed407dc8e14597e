//! One call of one plugin: its environment, its input, its run. What its answer means is `answer.rs`'s business.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::answer::{failed, not_run, read_result, read_versions, text};
use crate::attachment::Attachment;
use crate::conflist::Conflist;
use crate::error::{Error, ErrorKind};
use crate::exec::{Invocation, Output, absolute};
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
pub(crate) struct Asked<'a> {
    call: &'a Call<'a>,
    network: &'a str,
    source: Option<&'a Path>,
    pub(crate) plugin: &'a str,
}

impl Asked<'_> {
    /// An error about this plugin's part of the call.
    pub(crate) fn error(&self, kind: ErrorKind, why: impl Into<String>) -> Error {
        let error = Error::new(kind, self.call.attempted(self.network), why).with_plugin(self.plugin);
        if self.network.is_empty() { error } else { error.with_network(self.network) }
    }

    /// The advice where nothing better is known.
    pub(crate) fn check_configuration(&self) -> String {
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
            args: Vec::new(),
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
