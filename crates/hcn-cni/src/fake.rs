//! Plugins that are not there: an [`Exec`] for unit tests that answers from a table and writes down what it was asked.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use crate::{Attachment, Conflist, Exec, ExecError, Invocation, Object, Output, RawValue, Runtime};

/// Answers by plugin and verb (`"bridge ADD"`); everything else succeeds with `{}`.
#[derive(Default)]
pub(crate) struct Fake {
    answers: Mutex<Vec<(String, Output)>>,
    missing: Mutex<Vec<String>>,
    calls: Mutex<Vec<(String, Invocation)>>,
}

impl Fake {
    pub(crate) fn answers(&self, call: &str, code: i32, stdout: &str) {
        let output = Output { code: Some(code), stdout: stdout.into(), ..Output::default() };
        self.answers.lock().unwrap().push((call.into(), output));
    }

    pub(crate) fn lacks(&self, plugin: &str) {
        self.missing.lock().unwrap().push(plugin.into());
    }

    /// What was called, in order, since the last time this was asked.
    pub(crate) fn called(&self) -> Vec<String> {
        self.calls.lock().unwrap().drain(..).map(|(name, _)| name).collect()
    }

    /// The calls with what they were given, in order, since the last time this was asked.
    pub(crate) fn given(&self) -> Vec<Invocation> {
        self.calls.lock().unwrap().drain(..).map(|(_, invocation)| invocation).collect()
    }
}

impl Exec for Fake {
    fn find(&self, plugin: &str, folders: &[PathBuf]) -> Option<PathBuf> {
        let is_missing = self.missing.lock().unwrap().iter().any(|name| name == plugin);
        if is_missing { None } else { Some(folders.first()?.join(plugin)) }
    }

    fn run(&self, invocation: &Invocation) -> Result<Output, ExecError> {
        let plugin = invocation.program.file_name().unwrap().to_str().unwrap();
        let call = format!("{plugin} {}", variable(invocation, "CNI_COMMAND"));
        self.calls.lock().unwrap().push((call.clone(), invocation.clone()));
        let answers = self.answers.lock().unwrap();
        let answer = answers.iter().find(|(name, _)| *name == call).map(|(_, output)| output.clone());
        Ok(answer.unwrap_or(Output { code: Some(0), stdout: b"{}".into(), ..Output::default() }))
    }
}

/// A runtime over a fake, with a cache in a scratch folder.
pub(crate) struct Lab {
    pub(crate) runtime: Runtime,
    pub(crate) fake: Arc<Fake>,
    pub(crate) scratch: TempDir,
}

impl Lab {
    pub(crate) fn new() -> Lab {
        let (fake, scratch) = (Arc::new(Fake::default()), TempDir::new().unwrap());
        let runtime = Runtime::new(vec!["/plugins".into()], scratch.path()).with_exec(fake.clone());
        Lab { runtime, fake, scratch }
    }

    /// The names in the cache.
    pub(crate) fn cached(&self) -> Vec<String> {
        names(&self.runtime.cache.results())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A list named `lab` with plugins of these types.
pub(crate) fn list(version: &str, plugins: &[&str]) -> Conflist {
    let plugins: Vec<_> = plugins.iter().map(|kind| format!(r#"{{"type":"{kind}"}}"#)).collect();
    list_of(&format!(r#"{{"cniVersion":"{version}","name":"lab","plugins":[{}]}}"#, plugins.join(",")))
}

pub(crate) fn list_of(text: &str) -> Conflist {
    Conflist::from_raw(&json(text)).unwrap()
}

pub(crate) fn json(text: &str) -> Box<RawValue> {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn container() -> Attachment {
    Attachment::new("t1", "/ns/t1", "eth0")
}

/// A member of what a plugin got on its standard input.
pub(crate) fn member(invocation: &Invocation, key: &str) -> Option<String> {
    let stdin = Object::parse(&invocation.stdin).unwrap();
    stdin.get(key).map(|value| value.get().to_owned())
}

pub(crate) fn variable(invocation: &Invocation, name: &str) -> String {
    let found = invocation.env.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.to_str().unwrap().to_owned()).unwrap()
}
