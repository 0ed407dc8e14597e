//! The emulator behind [`Api`]: check the shape, parse, rule, store, render.

use std::path::Path;

use hcn::{Api, Code, Failure, Guid, Handle, Kind, Query};

use crate::audit;
use crate::backup;
use crate::dialect;
use crate::filter;
use crate::handle::{Handles, Open};
use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling, StoreError};
use crate::rule;
use crate::shape::query::query;
use crate::store::{Object, OpenError, Store, Tx};

/// An emulated Host Network Service.
///
/// Any number of threads may call it, and any number of processes may open one store at once. Handles belong to
/// the value that issued them.
#[derive(Debug)]
pub struct Emulator {
    store: Store,
    handles: Handles,
}

impl Emulator {
    /// The service whose objects are kept at `path`, which is made, folders included, when there is none.
    ///
    /// # Errors
    /// A file that is no store, one of a newer hcn, and one that cannot be written; the message names the path.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Ok(Self { store: Store::open(path)?, handles: Handles::default() })
    }

    /// A service of this value alone, empty.
    pub fn in_memory() -> Self {
        Self { store: Store::in_memory(), handles: Handles::default() }
    }

    /// The whole store as one JSON text, for [`Emulator::seed`] and for people.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn dump(&self) -> Result<String, StoreError> {
        Ok(self.store.read(backup::dump)?)
    }

    /// Loads what [`Emulator::dump`] wrote into an empty store; all of it or nothing.
    ///
    /// # Errors
    /// A text that is no dump, a store that is not empty or cannot be written.
    pub fn seed(&self, dump: &str) -> Result<(), StoreError> {
        Ok(self.store.write(|tx| backup::seed(tx, dump))?)
    }

    /// Removes every object. To open handles it is as if the service had been restarted.
    ///
    /// # Errors
    /// A store that cannot be written.
    pub fn reset(&self) -> Result<(), StoreError> {
        Ok(self.store.write(|tx| tx.clear())?)
    }

    /// What is wrong with the store, a line each: dangling references that Windows does not leave, duplicate
    /// addresses, MAC addresses and names, what is marked as taken by nobody or held without a mark.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub fn check(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.store.read(audit::violations)?)
    }

    /// How many addresses, MAC addresses and ports are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> (i64, i64, i64) {
        self.store.read(|tx| tx.taken()).unwrap()
    }

    fn issue(&self, kind: Kind, (seq, epoch): (i64, i64)) -> Handle {
        self.handles.issue(Open { kind, seq, epoch })
    }

    /// The object behind a handle, as it is in this transaction.
    fn behind(&self, tx: &Tx<'_>, kind: Kind, handle: Handle) -> Ruling<Object> {
        let open = self.handles.find(kind, handle)?;
        let object = if tx.epoch()? == open.epoch { tx.find_seq(open.seq)? } else { None };
        // INFERRED: this code (the not-found codes are what later opens give); a query through the handle of a
        // deleted object on a real Windows would settle it.
        object.ok_or_else(|| Code::OBJECT_USED_AFTER_UNLOAD.into())
    }

    fn created(&self, kind: Kind, parent: Option<Handle>, id: Guid, settings: &str) -> Ruling<Handle> {
        let made = self.store.write(|tx| {
            let network = parent.map(|handle| self.behind(tx, Kind::Network, handle)).transpose()?;
            Ok((rule::create(tx, kind, &rule::New { network, id, settings })?, tx.epoch()?))
        })?;
        Ok(self.issue(kind, made))
    }

    fn opened(&self, kind: Kind, id: Guid) -> Ruling<Handle> {
        let found = self.store.read(|tx| Ok((rule::find(tx, kind, id)?.seq, tx.epoch()?)))?;
        Ok(self.issue(kind, found))
    }

    /// No packet flows, so that every counter is 0.
    fn counted(&self, kind: Kind, handle: Handle, text: Option<&str>) -> Ruling<String> {
        self.store.read(|tx| {
            query(&tx.profile, text)?;
            let endpoint = self.behind(tx, kind, handle)?;
            match endpoint.kind {
                Kind::Endpoint => Ok(counters(endpoint.id)),
                other => Err(Refusal::not_modelled(format_args!("counters of {}s", other.noun()))),
            }
        })
    }

    fn queried(&self, kind: Kind, handle: Handle, text: Option<&str>) -> Ruling<String> {
        self.store.read(|tx| {
            let query = query(&tx.profile, text)?;
            dialect::render(tx, &self.behind(tx, kind, handle)?, query.dialect)
        })
    }
}

/// An endpoint's counters.
///
/// INFERRED: the members are those of the V1 statistics, and `InstanceId` is zero while nothing is attached; the answer
/// for an endpoint of a running container on a real Windows would settle both.
fn counters(endpoint: Guid) -> String {
    let zero = Guid::ZERO;
    format!(
        r#"{{"BytesReceived":0,"BytesSent":0,"DroppedPacketsIncoming":0,"DroppedPacketsOutgoing":0,"EndpointId":"{endpoint}","InstanceId":"{zero}","PacketsReceived":0,"PacketsSent":0}}"#
    )
}

impl Api for Emulator {
    fn enumerate(&self, kind: Kind, text: Option<&str>) -> Result<String, Failure> {
        rule::modelled(kind)?;
        let found = self.store.read(|tx| filter::ids(tx, kind, &query(&tx.profile, text)?))?;
        let ids: Vec<String> = found.iter().map(|id| format!("\"{id}\"")).collect();
        Ok(format!("[{}]", ids.join(",")))
    }

    fn create(
        &self,
        kind: Kind,
        parent: Option<Handle>,
        id: Guid,
        settings: &str,
    ) -> Result<Handle, Failure> {
        rule::modelled(kind)?;
        Ok(self.created(kind, parent, id, settings)?)
    }

    fn open(&self, kind: Kind, id: Guid) -> Result<Handle, Failure> {
        rule::modelled(kind)?;
        Ok(self.opened(kind, id)?)
    }

    fn query(&self, kind: Kind, handle: Handle, what: Query, text: Option<&str>) -> Result<String, Failure> {
        rule::modelled(kind)?;
        match what {
            Query::Properties => Ok(self.queried(kind, handle, text)?),
            Query::Stats => Ok(self.counted(kind, handle, text)?),
            // No answer of a real Windows was ever published.
            Query::Addresses => Err(Refusal::not_modelled("HcnQueryEndpointAddresses").into()),
        }
    }

    fn modify(&self, kind: Kind, handle: Handle, settings: &str) -> Result<(), Failure> {
        rule::modelled(kind)?;
        Ok(self.store.write(|tx| rule::modify(tx, &self.behind(tx, kind, handle)?, settings))?)
    }

    fn delete(&self, kind: Kind, id: Guid) -> Result<(), Failure> {
        rule::modelled(kind)?;
        Ok(self.store.write(|tx| rule::delete(tx, &rule::find(tx, kind, id)?))?)
    }

    fn close(&self, kind: Kind, handle: Handle) -> Result<(), Failure> {
        Ok(self.handles.close(kind, handle)?)
    }

    /// `/globals/version` alone so far; another path is answered with a record, as the service does, in an `Ok`.
    fn hns_call(&self, method: &str, path: &str, _body: &str) -> Result<String, Failure> {
        let (major, minor) = Profile::SERVER_2019.service;
        match (method, path.trim_end_matches('/')) {
            ("GET", "/globals/version") => {
                Ok(format!(r#"{{"Success":true,"Output":{{"Major":{major},"Minor":{minor}}}}}"#))
            }
            _ => Ok(Refusal::not_modelled(format_args!("{method} {path}")).record()),
        }
    }
}

#[cfg(test)]
mod tests;
