//! The runtime's verbs: which plugins run in which order, what each of them gets, and what a failure leaves.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;

use crate::attachment::Attachment;
use crate::cache::{Cache, CacheEntry, Found};
use crate::call::{Call, Verb};
use crate::conflist::Conflist;
use crate::error::{Error, ErrorKind, Errors};
use crate::exec::{Exec, Processes};
use crate::result::CniResult;
use crate::version::Version;

/// Runs the plugins of a network for a container.
///
/// Blocking: a call lasts until the last plugin has ended, each of them at most [`timeout`](Runtime::timeout). One
/// container at a time per network and interface is the caller's duty; different containers need no order.
#[derive(Clone)]
pub struct Runtime {
    /// CNI_PATH: the folders with the plugins; the first one that has a plugin wins.
    pub path: Vec<PathBuf>,
    /// Where results are kept between ADD and DEL.
    pub cache: Cache,
    /// How long one plugin may run before it is killed with its children; 60 s by default.
    pub timeout: Duration,
    /// How many bytes a plugin may answer; 4 MiB by default.
    pub limit: usize,
    /// The plugins' working folder, where some of them write a log; `None` for this process's own.
    pub folder: Option<PathBuf>,
    pub(crate) exec: Arc<dyn Exec>,
}

/// What an ADD made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Added {
    /// The last plugin's result.
    pub result: CniResult,
}

impl Runtime {
    /// A runtime that looks plugins up in `path` and keeps results under `cache` (libcni's is `/var/lib/cni`).
    pub fn new(path: Vec<PathBuf>, cache: impl Into<PathBuf>) -> Runtime {
        Runtime {
            path,
            cache: Cache::new(cache),
            timeout: Duration::from_secs(60),
            limit: 4 << 20,
            folder: None,
            exec: Arc::new(Processes),
        }
    }

    /// Run plugins through something else than [`Processes`].
    pub fn with_exec(self, exec: Arc<dyn Exec>) -> Runtime {
        Runtime { exec, ..self }
    }

    /// Attach a container: every plugin in order, each one with the result of the one before.
    ///
    /// Nothing is run when something can be seen to be wrong before: an id, a missing plugin, an attachment that is
    /// there already. When a plugin fails, or its result cannot be cached, the whole list gets DEL, the failed plugin
    /// included; the error is the first one, with what the undo failed at in [`Error::undo`].
    pub fn add(&self, list: &Conflist, attachment: &Attachment) -> Result<Added, Error> {
        attachment.check()?;
        let programs = self.find_all(list, attachment)?;
        self.refuse_attached(list, attachment)?;
        let mut last = None;
        match self.add_each(list, attachment, &programs, &mut last) {
            Ok(result) => Ok(Added { result }),
            Err(error) => Err(error.with_undo(self.undo(list, attachment, last.as_ref()))),
        }
    }

    /// Detach a container: every plugin in reverse order, whatever the others do.
    ///
    /// What is gone already is success. Configurations since 0.4.0 pass the cached result on; arguments that
    /// `attachment` does not have are taken from the cache. The cache's entry is removed last, and only when nothing
    /// failed, so that it can be tried again. Use the configuration as it was at ADD: [`CacheEntry::conflist`] has it.
    pub fn del(&self, list: &Conflist, attachment: &Attachment) -> Result<(), Errors> {
        attachment.check()?;
        let found = self.cache.find(list.name(), attachment);
        let (entry, may_remove, mut errors) = match found {
            Ok(Found::Entry(entry)) => (Some(*entry), true, Vec::new()),
            Ok(Found::Nothing | Found::Unreadable) => (None, true, Vec::new()),
            Ok(Found::Another) => (None, false, Vec::new()),
            Err(error) => (None, false, vec![error]),
        };
        let previous = entry.as_ref().and_then(|entry| previous(list, entry));
        let attachment = with_arguments(attachment, entry);
        errors.extend(self.del_each(list, &attachment, previous.as_deref()));
        if errors.is_empty() && may_remove {
            errors.extend(self.cache.remove(list.name(), &attachment).err());
        }
        Errors::check(errors)
    }

    /// Is the attachment as ADD left it? Every plugin in order; the first failure is the answer.
    ///
    /// [`ErrorKind::Unsupported`] before version 0.4.0; success without a look where the configuration says
    /// `disableCheck`; [`ErrorKind::Cache`] when no result is cached.
    pub fn check(&self, list: &Conflist, attachment: &Attachment) -> Result<(), Error> {
        attachment.check()?;
        if list.disable_check() {
            return Ok(());
        }
        if !list.version().passes_result_on() {
            return Err(too_old(list, attachment));
        }
        let entry = self.cache.read(list.name(), attachment)?;
        let previous = entry.as_ref().and_then(|entry| previous(list, entry));
        let previous = previous.ok_or_else(|| not_cached(list, attachment))?;
        let attachment = with_arguments(attachment, entry);
        self.each(list, Call::new(Verb::Check).of(&attachment).after(Some(&previous)))
    }

    /// Are the plugins ready for ADD? In order; the first failure is the answer. Success before version 1.1.0, which
    /// has no such question.
    pub fn status(&self, list: &Conflist) -> Result<(), Error> {
        match list.version() < Version::V1_1 {
            true => Ok(()),
            false => self.each(list, Call::new(Verb::Status)),
        }
    }

    fn find_all(&self, list: &Conflist, attachment: &Attachment) -> Result<Vec<PathBuf>, Error> {
        let call = Call::new(Verb::Add).of(attachment);
        list.plugins().iter().map(|plugin| self.find(list, plugin, &call)).collect()
    }

    /// The undo of a failed ADD would take away what an earlier one made: the specification forbids two.
    fn refuse_attached(&self, list: &Conflist, attachment: &Attachment) -> Result<(), Error> {
        let why = match self.cache.find(list.name(), attachment)? {
            Found::Nothing | Found::Unreadable => return Ok(()),
            Found::Entry(_) => "it is attached already",
            Found::Another => "another attachment has the same key in the result cache",
        };
        let file = self.cache.path(list.name(), attachment);
        Err(Error::new(
            ErrorKind::AlreadyAttached,
            Call::new(Verb::Add).of(attachment).attempted(list.name()),
            why,
        )
        .with_hint(format!(
            "detach it first, or choose another container id: {} is in the way",
            file.display()
        ))
        .with_network(list.name()))
    }

    /// Leaves in `last` what the last plugin that succeeded said.
    fn add_each(
        &self,
        list: &Conflist,
        attachment: &Attachment,
        programs: &[PathBuf],
        last: &mut Option<CniResult>,
    ) -> Result<CniResult, Error> {
        let call = Call::new(Verb::Add).of(attachment);
        for (plugin, program) in list.plugins().iter().zip(programs) {
            let previous = last.as_ref().map(CniResult::raw);
            *last = Some(self.run_for_result(list, plugin, program, &call.clone().after(previous))?);
        }
        let result = last.clone().expect("a Conflist has at least one plugin, or it was refused");
        self.cache.write(list, attachment, result.raw())?;
        Ok(result)
    }

    /// Plugins that clean up by the result (firewall does) get the last one there was, though none is cached yet.
    fn undo(&self, list: &Conflist, attachment: &Attachment, last: Option<&CniResult>) -> Vec<Error> {
        let previous = last.and_then(|result| in_version_of(list, result));
        self.del_each(list, attachment, previous.as_deref())
    }

    fn del_each(&self, list: &Conflist, attachment: &Attachment, previous: Option<&RawValue>) -> Vec<Error> {
        let call = Call::new(Verb::Del).of(attachment).after(previous);
        let backwards = list.plugins().iter().rev();
        backwards.filter_map(|plugin| self.find_and_run(list, plugin, &call).err()).collect()
    }

    fn each(&self, list: &Conflist, call: Call<'_>) -> Result<(), Error> {
        list.plugins().iter().try_for_each(|plugin| self.find_and_run(list, plugin, &call))
    }
}

/// The cached result as plugins get it: in the configuration's version, since 0.4.0.
fn previous(list: &Conflist, entry: &CacheEntry) -> Option<Box<RawValue>> {
    let text = entry.result.as_ref()?.get();
    match CniResult::parse(text, list.version()) {
        Ok(result) => in_version_of(list, &result),
        Err(why) => {
            tracing::warn!(network = list.name(), %why, "the cached result is of no use");
            None
        }
    }
}

fn in_version_of(list: &Conflist, result: &CniResult) -> Option<Box<RawValue>> {
    if !list.version().passes_result_on() {
        return None;
    }
    let converted = result.to_version(list.version());
    converted
        .inspect_err(|why| tracing::warn!(network = list.name(), %why, "the result cannot be passed on"))
        .ok()
}

/// The caller's arguments, or where there are none those of the ADD: portmap removes nothing without them.
fn with_arguments(attachment: &Attachment, entry: Option<CacheEntry>) -> Attachment {
    let mut attachment = attachment.clone();
    let Some(CacheEntry { attachment: cached, .. }) = entry else { return attachment };
    if attachment.args.is_empty() {
        attachment.args = cached.args;
    }
    if attachment.capability_args.is_empty() {
        attachment.capability_args = cached.capability_args;
    }
    attachment
}

fn too_old(list: &Conflist, attachment: &Attachment) -> Error {
    let why = format!("its configuration asks for CNI {}, and CHECK came with 0.4.0", list.version());
    Error::new(ErrorKind::Unsupported, Call::new(Verb::Check).of(attachment).attempted(list.name()), why)
        .with_hint("raise cniVersion in it, if its plugins know a later one")
        .with_network(list.name())
}

fn not_cached(list: &Conflist, attachment: &Attachment) -> Error {
    let why = "no usable result of its ADD is cached";
    Error::new(ErrorKind::Cache, Call::new(Verb::Check).of(attachment).attempted(list.name()), why)
        .with_hint("use the cache folder that it was attached with, or detach it and attach it again")
        .with_network(list.name())
}

#[cfg(test)]
mod tests;
