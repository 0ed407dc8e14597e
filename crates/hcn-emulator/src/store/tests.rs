//! Opening stores: shared, foreign, newer, unwritable.

use std::fs;

use hcn_test::names;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn refused(path: &Path) -> String {
    Store::open(path).unwrap_err().to_string()
}

#[test]
fn a_store_is_made_with_its_folders_and_opened_again() {
    let folder = folder();
    let path = folder.path().join("a/b/hns.db");
    for _ in 0..2 {
        assert_eq!(Store::open(&path).unwrap().read(|tx| tx.epoch()), Ok(1));
    }
    assert!(!path.with_extension("db.new").exists(), "nothing unfinished stays");
}

#[test]
fn a_foreign_file_is_refused_and_untouched() {
    let folder = folder();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "dear diary").unwrap();
    assert!(refused(&text).contains("notes.txt`: this file is not a store of hcn's emulator"));
    assert_eq!(fs::read(&text).unwrap(), b"dear diary");
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let before = fs::read(&other).unwrap();
    assert!(refused(&other).contains("is not a store of hcn's emulator"));
    assert_eq!(fs::read(&other).unwrap(), before);
    assert_eq!(names(folder.path()), ["notes.txt", "other.db"], "nothing is left beside them");
}

#[test]
fn a_newer_store_is_refused_with_both_versions() {
    let folder = folder();
    let path = folder.path().join("hns.db");
    drop(Store::open(&path).unwrap());
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    fs::remove_file(folder.path().join("hns.db.lock")).unwrap();
    assert!(refused(&path).contains("made by a newer hcn (its version is 9, this one knows 1)"));
    assert_eq!(names(folder.path()), ["hns.db"], "nothing is left beside it");
    assert_eq!(Store::open(&path).unwrap_err().code(), hcn::Code::SERVICE_UNAVAILABLE);
}

#[test]
fn a_path_that_cannot_be_a_file_is_refused_by_name() {
    let folder = folder();
    let path = folder.path().join("hns.db");
    fs::create_dir(&path).unwrap();
    assert!(refused(&path).starts_with(&format!("cannot open the emulator's store `{}`: ", path.display())));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(refused(&file.join("hns.db")).contains("its folder cannot be made"));
}

fn insert(tx: &Tx<'_>) -> Ruling<i64> {
    let (kind, id) = (hcn::Kind::Namespace, hcn::Guid::random());
    tx.insert(&Object { seq: 0, kind, id, parent: None, name: String::new(), doc: "{}".into() })
}

/// Windows deletes no file that is open.
#[cfg(unix)]
#[test]
fn a_store_that_was_deleted_comes_back_empty_whatever_its_log_says() {
    let folder = folder();
    let path = folder.path().join("hns.db");
    let old = Store::open(&path).unwrap();
    old.write(insert).unwrap();
    assert!(folder.path().join("hns.db-wal").exists());
    fs::remove_file(&path).unwrap();
    let new = Store::open(&path).unwrap();
    assert_eq!(new.read(|tx| tx.ids(hcn::Kind::Namespace)), Ok(vec![]));
    new.write(insert).unwrap();
}

/// An endpoint in a namespace; then this is done with the rows of its network and of itself.
fn attached(then: impl FnOnce(&Tx<'_>, i64, i64) -> Ruling<()>) -> Ruling<Vec<Option<i64>>> {
    let store = Store::in_memory();
    store.write(|tx| {
        let new = |kind, parent| Object {
            seq: 0,
            kind,
            id: hcn::Guid::random(),
            parent,
            name: String::new(),
            doc: "{}".into(),
        };
        let network = tx.insert(&new(hcn::Kind::Network, None))?;
        let endpoint = tx.insert(&new(hcn::Kind::Endpoint, Some(network)))?;
        let member = Member { kind: "Endpoint".into(), id: "e".into() };
        tx.join(insert(tx)?, &member, Some(endpoint))?;
        then(tx, network, endpoint)?;
        Ok(tx.world()?.members.iter().map(|row| row.endpoint).collect())
    })
}

#[test]
fn an_endpoint_that_was_not_detached_cannot_be_removed() {
    let forgotten = attached(|tx, _, endpoint| tx.remove(endpoint)).unwrap_err();
    assert!(forgotten.words().contains("FOREIGN KEY constraint failed"), "{forgotten:?}");
    attached(|tx, network, _| tx.remove(network)).unwrap_err();
    let detached = attached(|tx, _, endpoint| tx.detach(endpoint).and_then(|()| tx.remove(endpoint)));
    assert_eq!(detached, Ok(vec![]));
}

#[test]
fn the_reference_to_an_endpoint_of_a_vanished_network_stays() {
    let vanished = attached(|tx, network, _| tx.abandon(network).and_then(|()| tx.remove(network)));
    assert_eq!(vanished, Ok(vec![None]));
    assert_eq!(attached(|tx, _, _| tx.clear()), Ok(vec![]), "a reset needs no detaching");
}

#[test]
fn a_refused_change_leaves_the_world_as_it_was() {
    let store = Store::in_memory();
    let refused = store.write(|tx| {
        insert(tx)?;
        Err::<(), _>(hcn::Code::INVALID_ARGUMENT.into())
    });
    assert_eq!(refused, Err(hcn::Code::INVALID_ARGUMENT.into()));
    assert_eq!(store.read(|tx| tx.ids(hcn::Kind::Namespace)), Ok(vec![]));
}
