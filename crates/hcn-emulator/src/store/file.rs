//! The store's file: made whole by one process, recognised by its marks, never anybody else's.
//!
//! A new store is built under another name and renamed into place under a lock, so that a file under the store's
//! name is always complete. Its application id tells it from other databases, its user version from newer stores.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn::Code;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::refusal::Refusal;

/// "hcnE": tells a store from other SQLite files.
const APPLICATION_ID: u32 = 0x6863_6E45;
/// Raised with every change of the tables.
const USER_VERSION: u32 = 1;
/// The first bytes of every SQLite 3 file, and where its two marks lie.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
const APPLICATION_ID_AT: usize = 68;
const USER_VERSION_AT: usize = 60;
const HEADER: usize = 100;
/// How long a writer waits for the writers before it.
const PATIENCE: Duration = Duration::from_secs(30);
const TABLES: &str = include_str!("tables.sql");

/// Why a store could not be opened. Its message names the path, the reason and the fix.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    why: Why,
}

#[derive(Debug)]
enum Why {
    NotOurs,
    Newer(u32),
    ReadOnly,
    Folder(io::Error),
    File(io::Error),
    Sqlite(rusqlite::Error),
}

impl OpenError {
    /// The HRESULT for a caller who wanted the service: access denied, a full disk, or no service at all.
    pub fn code(&self) -> Code {
        match &self.why {
            Why::ReadOnly => Code::ACCESS_DENIED,
            Why::File(error) | Why::Folder(error) => code_of(error),
            Why::Sqlite(error) => match Refusal::code_of(error) {
                Code::UNSPECIFIED => Code::SERVICE_UNAVAILABLE,
                code => code,
            },
            Why::NotOurs | Why::Newer(_) => Code::SERVICE_UNAVAILABLE,
        }
    }

    /// The store that was asked for.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot open the emulator's store `{}`: ", self.path.display())?;
        match &self.why {
            Why::NotOurs => f.write_str("this file is not a store of hcn's emulator; name another path"),
            Why::Newer(found) => write!(
                f,
                "it was made by a newer hcn (its version is {found}, this one knows {USER_VERSION}); use that hcn, or name another path"
            ),
            Why::ReadOnly => f.write_str("it cannot be written; check its permissions, or name another path"),
            Why::Folder(error) => {
                write!(f, "its folder cannot be made ({error}); check the permissions, or name another path")
            }
            Why::File(error) if error.kind() == io::ErrorKind::StorageFull => {
                f.write_str("its disk is full; make room, or name another path")
            }
            Why::File(error) => write!(f, "{error}; check the permissions, or name another path"),
            Why::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                f.write_str("its disk is full; make room, or name another path")
            }
            Why::Sqlite(error) => write!(f, "{error}; if the file is damaged, remove it"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.why {
            Why::NotOurs | Why::Newer(_) | Why::ReadOnly => None,
            Why::Folder(error) | Why::File(error) => Some(error),
            Why::Sqlite(error) => Some(error),
        }
    }
}

impl From<rusqlite::Error> for Why {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

fn code_of(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::StorageFull => Code::DISK_FULL,
        _ if is_refusal(error) => Code::ACCESS_DENIED,
        _ => Code::SERVICE_UNAVAILABLE,
    }
}

/// Open the store at `path`; make it when there is none.
pub(super) fn open(path: &Path) -> Result<Connection, OpenError> {
    recognised(path).map_err(|why| OpenError { path: path.into(), why })
}

/// A store that ends with its connection.
pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    fill(&connection)?;
    configure(&connection)?;
    Ok(connection)
}

fn recognised(path: &Path) -> Result<Connection, Why> {
    // What is refused is refused before anything is made beside it.
    let _ = is_absent(path)?;
    writable(path)?;
    let _lock = lock(path)?;
    if is_absent(path)? {
        make(path).inspect_err(|_| withdraw(path))?;
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(PATIENCE)?;
    check(&connection)?;
    log_ahead(&connection)?;
    configure(&connection)?;
    Ok(connection)
}

/// One process at a time makes or recognises a store: two that switch a database to WAL at once get "locked"
/// whatever the time limit.
fn lock(path: &Path) -> Result<File, Why> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(Why::Folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    loop {
        let file = options.open(beside(path, ".lock")).map_err(Why::File)?;
        file.lock().map_err(Why::File)?;
        if !is_withdrawn(&file) {
            return Ok(file);
        }
    }
}

/// Nothing is left of a store that could not be made. Under the lock, which whoever waits for it then sees withdrawn.
fn withdraw(path: &Path) {
    // A half-made store has another name.
    let _ = remove(&beside(path, ".new"));
    if cfg!(unix) {
        let _ = remove(&beside(path, ".lock"));
    }
}

/// Was the file removed while its lock was waited for?
#[cfg(unix)]
fn is_withdrawn(lock: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    lock.metadata().is_ok_and(|lock| lock.nlink() == 0)
}

/// Windows has no way to tell, so there the file stays.
#[cfg(not(unix))]
fn is_withdrawn(_: &File) -> bool {
    false
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Absent or empty. A file that is not ours must not even be opened by SQLite, which might change it.
fn is_absent(path: &Path) -> Result<bool, Why> {
    let mut header = [0; HEADER];
    let length = match File::open(path) {
        Ok(file) => read_header(file, &mut header).map_err(Why::File)?,
        // Below a file nothing can be: the folder, which cannot be made, tells so.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(true);
        }
        Err(error) => return Err(Why::File(error)),
    };
    match length {
        0 => Ok(true),
        HEADER if header.starts_with(MAGIC) && number_at(&header, APPLICATION_ID_AT) == APPLICATION_ID => {
            known(number_at(&header, USER_VERSION_AT)).map(|()| false)
        }
        _ => Err(Why::NotOurs),
    }
}

fn number_at(header: &[u8; HEADER], at: usize) -> u32 {
    header[at..].iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Does this hcn know stores of this version?
fn known(version: u32) -> Result<(), Why> {
    match version {
        USER_VERSION => Ok(()),
        newer if newer > USER_VERSION => Err(Why::Newer(newer)),
        _ => Err(Why::NotOurs),
    }
}

/// Can the file, if there is one, be written? Root may write whatever its permissions say.
fn writable(path: &Path) -> Result<(), Why> {
    match OpenOptions::new().write(true).open(path) {
        Err(error) if is_refusal(&error) => Err(Why::ReadOnly),
        _ => Ok(()),
    }
}

fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn read_header(file: File, header: &mut [u8; HEADER]) -> io::Result<usize> {
    let mut bytes = Vec::with_capacity(HEADER);
    file.take(HEADER as u64).read_to_end(&mut bytes)?;
    header[..bytes.len()].copy_from_slice(&bytes);
    Ok(bytes.len())
}

fn make(path: &Path) -> Result<(), Why> {
    let unfinished = beside(path, ".new");
    // A log that outlived its database would be replayed into the new one.
    for stale in [&unfinished, &beside(path, "-wal"), &beside(path, "-shm")] {
        remove(stale)?;
    }
    let connection = Connection::open(&unfinished)?;
    // One flush at the end instead of SQLite's own: until the file has its name, nobody needs it.
    connection.pragma_update(None, "synchronous", "OFF")?;
    fill(&connection)?;
    log_ahead(&connection)?;
    connection.close().map_err(|(_, error)| error)?;
    OpenOptions::new().write(true).open(&unfinished).and_then(|file| file.sync_all()).map_err(Why::File)?;
    fs::rename(&unfinished, path).map_err(Why::File)
}

fn remove(path: &Path) -> Result<(), Why> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Why::File(error)),
        _ => Ok(()),
    }
}

/// Readers and a writer at once. The file remembers it.
fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
}

/// In one transaction: a dozen of them would wait for the disk a dozen times.
fn fill(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN")?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", USER_VERSION)?;
    connection.execute_batch(TABLES)?;
    connection.execute_batch("COMMIT")
}

fn check(connection: &Connection) -> Result<(), Why> {
    if connection.is_readonly("main")? {
        return Err(Why::ReadOnly);
    }
    // The header of the file may lag behind the log.
    known(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// A crash of the machine may cost the last calls, never the store; networks do not survive a reboot anyway.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)
}
