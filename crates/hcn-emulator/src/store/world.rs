//! The whole world at one moment, row by row: what is dumped, seeded and checked.

use super::{Member, Object, Port, Tx};
use crate::mac::Mac;
use crate::refusal::Ruling;

/// Every row of the store, oldest first.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) objects: Vec<Object>,
    pub(crate) addresses: Vec<Taken<String>>,
    pub(crate) macs: Vec<Taken<Mac>>,
    pub(crate) ports: Vec<(Port, i64)>,
    pub(crate) members: Vec<Joined>,
}

/// Something that an endpoint holds on a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken<T> {
    pub(crate) network: i64,
    pub(crate) what: T,
    pub(crate) endpoint: i64,
}

/// A member of a namespace, and the row of the endpoint that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    pub(crate) namespace: i64,
    pub(crate) member: Member,
    pub(crate) endpoint: Option<i64>,
}

impl World {
    /// The object of this row.
    pub(crate) fn object(&self, seq: i64) -> Option<&Object> {
        self.objects.iter().find(|object| object.seq == seq)
    }
}

impl Tx<'_> {
    /// All of it.
    pub(crate) fn world(&self) -> Ruling<World> {
        Ok(World {
            objects: self.everything()?,
            addresses: self.taken_rows("SELECT network, address, endpoint FROM address ORDER BY 1, 2", Ok)?,
            macs: self
                .taken_rows("SELECT network, mac, endpoint FROM mac ORDER BY 1, 2", |number: i64| {
                    Ok(Mac(number.unsigned_abs()))
                })?,
            ports: self.port_rows()?,
            members: self.member_rows()?,
        })
    }

    fn taken_rows<S: rusqlite::types::FromSql, T>(
        &self,
        sql: &str,
        read: impl Fn(S) -> rusqlite::Result<T>,
    ) -> Ruling<Vec<Taken<T>>> {
        let mut find = self.sql.prepare_cached(sql)?;
        let taken = find.query_map([], |row| {
            Ok(Taken { network: row.get(0)?, what: read(row.get(1)?)?, endpoint: row.get(2)? })
        })?;
        Ok(taken.collect::<Result<_, _>>()?)
    }

    fn port_rows(&self) -> Ruling<Vec<(Port, i64)>> {
        let mut find = self.sql.prepare_cached("SELECT protocol, port, vip, endpoint FROM port")?;
        let ports = find.query_map([], |row| {
            Ok((Port { protocol: row.get(0)?, number: row.get(1)?, vip: row.get(2)? }, row.get(3)?))
        })?;
        Ok(ports.collect::<Result<_, _>>()?)
    }

    fn member_rows(&self) -> Ruling<Vec<Joined>> {
        let mut find =
            self.sql.prepare_cached("SELECT namespace, type, id, endpoint FROM member ORDER BY seq")?;
        let members = find.query_map([], |row| {
            let member = Member { kind: row.get(1)?, id: row.get(2)? };
            Ok(Joined { namespace: row.get(0)?, member, endpoint: row.get(3)? })
        })?;
        Ok(members.collect::<Result<_, _>>()?)
    }

    /// What SQLite itself finds wrong with the file, a line each.
    pub(crate) fn damage(&self) -> Ruling<Vec<String>> {
        let mut find = self.sql.prepare("PRAGMA integrity_check")?;
        let lines = find.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        let mut find = self.sql.prepare("PRAGMA foreign_key_check")?;
        let broken = find.query_map([], |row| {
            let (table, target): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(format!("a row of table {table} refers to a row of {target} that is not there"))
        })?;
        let broken = broken.collect::<Result<Vec<_>, _>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").chain(broken).collect())
    }

    /// Remove everything; a new run of the service begins, and every handle of before is dead.
    pub(crate) fn clear(&self) -> Ruling<()> {
        self.sql.execute("DELETE FROM object", [])?;
        self.sql.execute("UPDATE meta SET value = value + 1 WHERE name = 'epoch'", [])?;
        Ok(())
    }
}
