//! For tests of the client: an [`Api`] that writes down every call and refuses what it is told to refuse.
//!
//! It knows no rules. What the service does with a call is the emulator's to show; what the client calls, in which
//! order and how often, is shown here.

use std::num::NonZeroU64;
use std::sync::Mutex;

use crate::{Api, Code, Failure, Guid, Handle, Kind, Query};

/// Writes calls down, one line each.
#[derive(Default)]
pub(crate) struct Recorder {
    log: Mutex<Vec<String>>,
    refused: Mutex<Vec<(String, Code)>>,
    answers: Mutex<Vec<(String, String)>>,
}

impl Recorder {
    /// Refuses every call whose line starts so.
    pub(crate) fn refuse(self, start: &str, code: Code) -> Self {
        self.refused.lock().unwrap().push((start.to_owned(), code));
        self
    }

    /// Answers a call whose line starts so with this text.
    pub(crate) fn answer(self, start: &str, text: &str) -> Self {
        self.answers.lock().unwrap().push((start.to_owned(), text.to_owned()));
        self
    }

    /// The calls so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn call(&self, line: String) -> Result<(usize, String), Failure> {
        let refusal = self.refused.lock().unwrap().iter().find(|(start, _)| line.starts_with(start)).cloned();
        let answer = self.answers.lock().unwrap().iter().find(|(start, _)| line.starts_with(start)).cloned();
        let mut log = self.log.lock().unwrap();
        log.push(line);
        match refusal {
            Some((_, code)) => Err(Failure::bare(code)),
            None => Ok((log.len(), answer.map_or("{}".to_owned(), |(_, text)| text))),
        }
    }

    /// A handle numbered like the line that opened it.
    fn handle(&self, line: String) -> Result<Handle, Failure> {
        let (number, _) = self.call(line)?;
        Ok(Handle(NonZeroU64::new(number as u64).unwrap()))
    }
}

impl Api for Recorder {
    fn enumerate(&self, kind: Kind, query: Option<&str>) -> Result<String, Failure> {
        self.call(format!("enumerate {} {}", kind.noun(), query.unwrap_or("NULL"))).map(|(_, text)| text)
    }

    fn create(&self, kind: Kind, parent: Option<Handle>, _: Guid, settings: &str) -> Result<Handle, Failure> {
        let parent = parent.map_or(String::new(), |parent| format!("on #{} ", parent.0));
        self.handle(format!("create {} {parent}{settings}", kind.noun()))
    }

    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure> {
        self.handle(format!("open {} {id}", kind.noun()))
    }

    fn query(&self, kind: Kind, handle: Handle, _: Query, text: Option<&str>) -> Result<String, Failure> {
        let line = format!("query {} #{} {}", kind.noun(), handle.0, text.unwrap_or("NULL"));
        self.call(line).map(|(_, text)| text)
    }

    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure> {
        self.call(format!("modify {} #{} {settings}", kind.noun(), handle.0)).map(drop)
    }

    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        self.call(format!("delete {} {id}", kind.noun())).map(drop)
    }

    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure> {
        self.call(format!("close {} #{}", kind.noun(), handle.0)).map(drop)
    }

    fn hns_call(&self, method: &str, path: &str, body: &str) -> Result<String, Failure> {
        self.call(format!("{method} {path} {body}")).map(|(_, text)| text)
    }
}
