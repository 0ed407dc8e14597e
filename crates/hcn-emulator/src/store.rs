//! The world of the emulated service in one SQLite file, shared by every process that opens it.
//!
//! The transaction is the world: a rule reads and writes through a [`Tx`], and a refusal rolls all of it back.
//! Writers begin with `BEGIN IMMEDIATE`, since a deferred transaction that turns to writing fails at once when
//! another process wrote meanwhile, whatever the time limit. The primary keys of `address`, `mac` and `port` are
//! the rules that nothing is handed out twice.

mod file;
mod table;
mod taken;
mod world;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use file::OpenError;
pub(crate) use table::{Member, Object, damaged};
pub(crate) use taken::Port;
pub(crate) use world::World;

use crate::profile::Profile;
use crate::refusal::{Refusal, Ruling};

/// An open store.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
    path: Option<PathBuf>,
}

impl Store {
    /// Open the store at `path`; make it when there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let connection = Mutex::new(file::open(path)?);
        Ok(Self { connection, path: Some(path.into()) })
    }

    /// A store of this value alone.
    pub(crate) fn in_memory() -> Self {
        let connection = file::in_memory().expect("a database in memory needs nothing but memory");
        Self { connection: Mutex::new(connection), path: None }
    }

    /// Look at the world as it is at one moment.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Tx<'_>) -> Ruling<T>) -> Ruling<T> {
        self.transact(TransactionBehavior::Deferred, look)
    }

    /// Change the world; a refusal changes nothing.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&Tx<'_>) -> Ruling<T>) -> Ruling<T> {
        self.transact(TransactionBehavior::Immediate, change)
    }

    fn transact<T>(&self, how: TransactionBehavior, run: impl FnOnce(&Tx<'_>) -> Ruling<T>) -> Ruling<T> {
        let mut connection = self.connection();
        let place = || self.path.as_deref().unwrap_or(Path::new(":memory:")).display();
        let tx = connection.transaction_with_behavior(how).map_err(|e| Refusal::from(e).at(place()))?;
        let tx = Tx { sql: tx, profile: Profile::SERVER_2019 };
        let done = run(&tx).map_err(|refusal| refusal.at(place()))?;
        tx.sql.commit().map_err(|e| Refusal::from(e).at(place()))?;
        Ok(done)
    }

    /// A panic inside a rule rolled its transaction back, so the connection is as good as before.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One transaction.
pub(crate) struct Tx<'a> {
    sql: Transaction<'a>,
    pub(crate) profile: Profile,
}

#[cfg(test)]
mod tests;
