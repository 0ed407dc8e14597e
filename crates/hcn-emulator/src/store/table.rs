//! The tables as Rust: objects, what they hold, and what they have taken.

use hcn::{Code, Guid, Kind};
use rusqlite::{OptionalExtension, Row, params};

use super::Tx;
use crate::refusal::{Refusal, Ruling};

/// A row of `object`.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) seq: i64,
    pub(crate) kind: Kind,
    pub(crate) id: Guid,
    /// An endpoint's network.
    pub(crate) parent: Option<i64>,
    pub(crate) name: String,
    /// What it keeps, as a V2 document.
    pub(crate) doc: String,
}

/// A row of `member`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// `Endpoint` or `Container`.
    pub(crate) kind: String,
    /// An endpoint's GUID in lower case; a container's id as it was given.
    pub(crate) id: String,
}

const COLUMNS: &str = "SELECT seq, kind, id, parent, name, doc FROM object";

impl Tx<'_> {
    /// The object of this kind and id.
    pub(crate) fn find(&self, kind: Kind, id: Guid) -> Ruling<Option<Object>> {
        let mut find = self.sql.prepare_cached(&format!("{COLUMNS} WHERE kind = ?1 AND id = ?2"))?;
        Ok(find.query_row(params![word(kind), id.to_string()], object).optional()?)
    }

    /// The object of this row.
    pub(crate) fn find_seq(&self, seq: i64) -> Ruling<Option<Object>> {
        let mut find = self.sql.prepare_cached(&format!("{COLUMNS} WHERE seq = ?1"))?;
        Ok(find.query_row([seq], object).optional()?)
    }

    /// All objects of a kind, oldest first.
    pub(crate) fn all(&self, kind: Kind) -> Ruling<Vec<Object>> {
        self.objects("WHERE kind = ?1 ORDER BY seq", &[&word(kind)])
    }

    /// All objects of all kinds, oldest first.
    pub(crate) fn everything(&self) -> Ruling<Vec<Object>> {
        self.objects("ORDER BY seq", &[])
    }

    /// Those of a kind with exactly this name, oldest first.
    pub(crate) fn named(&self, kind: Kind, name: &str) -> Ruling<Vec<Object>> {
        self.objects("WHERE kind = ?1 AND name = ?2 ORDER BY seq", &[&word(kind), &name])
    }

    /// A network's endpoints, oldest first.
    pub(crate) fn children(&self, parent: i64) -> Ruling<Vec<Object>> {
        self.objects("WHERE parent = ?1 ORDER BY seq", &[&parent])
    }

    fn objects(&self, condition: &str, values: &[&dyn rusqlite::ToSql]) -> Ruling<Vec<Object>> {
        let mut find = self.sql.prepare_cached(&format!("{COLUMNS} {condition}"))?;
        let found = find.query_map(values, object)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// The ids of a kind, oldest first.
    pub(crate) fn ids(&self, kind: Kind) -> Ruling<Vec<Guid>> {
        let mut find = self.sql.prepare_cached("SELECT id FROM object WHERE kind = ?1 ORDER BY seq")?;
        let found = find.query_map([word(kind)], |row| guid(row, 0))?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// Keep a new object; its row.
    pub(crate) fn insert(&self, new: &Object) -> Ruling<i64> {
        let sql = "INSERT INTO object (kind, id, parent, name, doc) VALUES (?1, ?2, ?3, ?4, ?5)";
        let mut insert = self.sql.prepare_cached(sql)?;
        Ok(insert.insert(params![word(new.kind), new.id.to_string(), new.parent, new.name, new.doc])?)
    }

    /// Replace what an object keeps.
    pub(crate) fn replace(&self, seq: i64, doc: &str) -> Ruling<()> {
        self.sql.prepare_cached("UPDATE object SET doc = ?2 WHERE seq = ?1")?.execute(params![seq, doc])?;
        Ok(())
    }

    /// Remove an object with its endpoints, and all that they had taken. No endpoint may be in a namespace any more.
    pub(crate) fn remove(&self, seq: i64) -> Ruling<()> {
        self.sql.prepare_cached("DELETE FROM object WHERE seq = ?1")?.execute([seq])?;
        Ok(())
    }

    /// What is in a namespace, in the order in which it was added.
    pub(crate) fn members(&self, namespace: i64) -> Ruling<Vec<Member>> {
        let mut find =
            self.sql.prepare_cached("SELECT type, id FROM member WHERE namespace = ?1 ORDER BY seq")?;
        let member = |row: &Row<'_>| Ok(Member { kind: row.get(0)?, id: row.get(1)? });
        let found = find.query_map([namespace], member)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// Add to a namespace. A reference that a vanished endpoint of the same id left behind is replaced.
    pub(crate) fn join(&self, namespace: i64, member: &Member, endpoint: Option<i64>) -> Ruling<()> {
        let sql = "INSERT OR REPLACE INTO member (namespace, type, id, endpoint) VALUES (?1, ?2, ?3, ?4)";
        self.sql.prepare_cached(sql)?.execute(params![namespace, member.kind, member.id, endpoint])?;
        Ok(())
    }

    /// Take out of a namespace; was it there?
    pub(crate) fn leave(&self, namespace: i64, member: &Member) -> Ruling<bool> {
        let sql = "DELETE FROM member WHERE namespace = ?1 AND type = ?2 AND id = ?3";
        Ok(self.sql.prepare_cached(sql)?.execute(params![namespace, member.kind, member.id])? == 1)
    }

    /// Take an endpoint out of whatever namespace it is in.
    pub(crate) fn detach(&self, endpoint: i64) -> Ruling<()> {
        self.sql.prepare_cached("DELETE FROM member WHERE endpoint = ?1")?.execute([endpoint])?;
        Ok(())
    }

    /// Have the namespaces keep references alone to the endpoints of a network, which is about to vanish.
    pub(crate) fn abandon(&self, network: i64) -> Ruling<()> {
        let sql =
            "UPDATE member SET endpoint = NULL WHERE endpoint IN (SELECT seq FROM object WHERE parent = ?1)";
        self.sql.prepare_cached(sql)?.execute([network])?;
        Ok(())
    }

    /// The namespace that an endpoint is in.
    pub(crate) fn namespace_of(&self, endpoint: i64) -> Ruling<Option<Guid>> {
        let sql = "SELECT o.id FROM member m JOIN object o ON o.seq = m.namespace WHERE m.endpoint = ?1";
        Ok(self.sql.prepare_cached(sql)?.query_row([endpoint], |row| guid(row, 0)).optional()?)
    }

    /// The service's run: a restart raises it, and every handle of before is dead.
    pub(crate) fn epoch(&self) -> Ruling<i64> {
        let mut find = self.sql.prepare_cached("SELECT value FROM meta WHERE name = 'epoch'")?;
        Ok(find.query_row([], |row| row.get(0))?)
    }
}

/// How `object.kind` spells a kind.
const fn word(kind: Kind) -> &'static str {
    kind.noun()
}

fn object(row: &Row<'_>) -> rusqlite::Result<Object> {
    Ok(Object {
        seq: row.get(0)?,
        kind: kind(row, 1)?,
        id: guid(row, 2)?,
        parent: row.get(3)?,
        name: row.get(4)?,
        doc: row.get(5)?,
    })
}

fn kind(row: &Row<'_>, column: usize) -> rusqlite::Result<Kind> {
    let text: String = row.get(column)?;
    let known = Kind::ALL.into_iter().find(|kind| word(*kind) == text);
    known.ok_or_else(|| unreadable(column, format!("`{text}` is no kind of object").into()))
}

fn guid(row: &Row<'_>, column: usize) -> rusqlite::Result<Guid> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: hcn::InvalidGuid| unreadable(column, error.into()))
}

fn unreadable(column: usize, why: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, why)
}

/// What the store holds was checked before it was kept: unreadable, it is damaged.
pub(crate) fn damaged(object: &Object, error: impl std::fmt::Display) -> Refusal {
    let (kind, id) = (object.kind.noun(), object.id);
    Refusal::detailed(Code::UNSPECIFIED, format_args!("the document of {kind} {id} is damaged: {error}"))
}
