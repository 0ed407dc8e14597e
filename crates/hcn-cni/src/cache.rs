//! The cache of results, as libcni keeps it: an attachment that one runtime made can be removed by another.
//!
//! `results/NETWORK-CONTAINERID-IFNAME` under the cache folder. The key is ambiguous (`a-b` and `c`, `a` and `b-c`), so
//! the members inside decide. libcni writes in place and does not sync: an empty or cut file is normal after a crash.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;

use crate::attachment::{Attachment, is_name};
use crate::base64;
use crate::conflist::Conflist;
use crate::error::{Error, ErrorKind};
use crate::object::{Object, raw};
use crate::sys;

/// The folder of the cache, by default `/var/lib/cni`.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
}

/// What the cache knows about one attachment.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    /// The network's name.
    pub network: String,
    /// The container, its namespace, interface and arguments as they were at ADD.
    pub attachment: Attachment,
    /// The configuration list as it was at ADD, byte for byte; empty in files of old libcni.
    pub config: Vec<u8>,
    /// The result as the last plugin printed it; absent in a file without one.
    pub result: Option<Box<RawValue>>,
}

/// What is found under an attachment's key.
#[derive(Debug)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// An entry for this very attachment.
    Entry(Box<CacheEntry>),
    /// A file that says nothing: empty, cut, or not JSON.
    Unreadable,
    /// The entry of another attachment with the same key.
    Another,
}

/// The `kind` of libcni's present format; older files hold the bare result.
const KIND: &str = "cniCacheV1";

impl Cache {
    /// The cache in a folder, which need not exist.
    pub fn new(folder: impl Into<PathBuf>) -> Cache {
        Cache { folder: folder.into() }
    }

    /// The folder with the entries.
    pub fn results(&self) -> PathBuf {
        self.folder.join("results")
    }

    /// The file of an attachment.
    pub fn path(&self, network: &str, attachment: &Attachment) -> PathBuf {
        let Attachment { container_id, ifname, .. } = attachment;
        self.results().join(format!("{network}-{container_id}-{ifname}"))
    }

    /// The entry of an attachment; `None` when there is none, or none that can be read.
    pub fn read(&self, network: &str, attachment: &Attachment) -> Result<Option<CacheEntry>, Error> {
        match self.find(network, attachment)? {
            Found::Entry(entry) => Ok(Some(*entry)),
            Found::Nothing | Found::Unreadable | Found::Another => Ok(None),
        }
    }

    /// The entry of an attachment that has to be there. One of a file that says nothing (libcni writes in place and a
    /// crash leaves it cut) has neither configuration nor result.
    ///
    /// Fails with [`ErrorKind::NotAttached`] when there is none, or when it is another attachment's; with
    /// [`ErrorKind::InvalidAttachment`] when such an attachment cannot be.
    pub fn entry(&self, network: &str, attachment: &Attachment) -> Result<CacheEntry, Error> {
        let why = match self.checked(network, attachment)? {
            Found::Entry(entry) => return Ok(*entry),
            Found::Unreadable => {
                let Attachment { container_id, ifname, .. } = attachment.clone();
                let attachment = Attachment { container_id, ifname, ..Attachment::default() };
                return Ok(CacheEntry {
                    network: network.into(),
                    attachment,
                    config: Vec::new(),
                    result: None,
                });
            }
            Found::Nothing => "it is not in the CNI result cache",
            Found::Another => "the CNI result cache has another attachment under this name",
        };
        let attempted = format!("detach container `{}` from network `{network}`", attachment.container_id);
        let file = self.path(network, attachment);
        Err(Error::new(ErrorKind::NotAttached, attempted, format!("{why}, {}", file.display()))
            .with_hint("name network, container id and interface as they are kept there")
            .with_network(network))
    }

    /// What is under a name that was checked first: it becomes a file's.
    fn checked(&self, network: &str, attachment: &Attachment) -> Result<Found, Error> {
        attachment.check()?;
        if !is_name(network) {
            let attempted = format!("look for network `{network}`");
            let why =
                "a network's name consists of letters, digits, `_`, `.` and `-`, the first a letter or digit";
            return Err(Error::new(ErrorKind::InvalidAttachment, attempted, why));
        }
        self.find(network, attachment)
    }

    /// Every entry that can be read and says whom it belongs to, sorted by file name.
    pub fn entries(&self) -> Result<Vec<CacheEntry>, Error> {
        let folder = self.results();
        let listed = fs::read_dir(&folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
        let mut files: Vec<_> = match listed {
            Ok(entries) => entries.iter().map(fs::DirEntry::path).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("read", &folder, &error)),
        };
        files.sort();
        Ok(files.iter().filter_map(|file| parse(&fs::read_to_string(file).ok()?).ok()).collect())
    }

    pub(crate) fn find(&self, network: &str, attachment: &Attachment) -> Result<Found, Error> {
        let file = self.path(network, attachment);
        let text = match fs::read(&file) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(failed("read", &file, &error)),
        };
        Ok(found(&text, network, attachment))
    }

    /// Write an entry: a temporary file beside it, then a rename.
    ///
    /// Not synced: what a power failure takes from here, it took from the host's network as well.
    pub(crate) fn write(
        &self,
        list: &Conflist,
        attachment: &Attachment,
        result: &RawValue,
    ) -> Result<(), Error> {
        let file = self.path(list.name(), attachment);
        let text = render(list, attachment, result);
        create_folder(&self.results())
            .and_then(|()| replace(&file, text.as_bytes()))
            .map_err(|error| failed("write", &file, &error))
    }

    /// Remove an attachment's file, and what a killed writer left beside it. Absent is success.
    pub(crate) fn remove(&self, network: &str, attachment: &Attachment) -> Result<(), Error> {
        let file = self.path(network, attachment);
        remove_if_there(&temporary(&file))?;
        remove_if_there(&file)
    }
}

impl CacheEntry {
    /// The configuration as it was at ADD.
    pub fn conflist(&self) -> Result<Conflist, Error> {
        let attempted = || format!("use the cached configuration of network `{}`", self.network);
        let invalid = |why: String| Error::new(ErrorKind::InvalidConfiguration, attempted(), why);
        if self.config.is_empty() {
            return Err(invalid("the cache holds none".into()));
        }
        let text: Box<RawValue> = serde_json::from_slice(&self.config)
            .map_err(|error| invalid(format!("it is no JSON: {error}")))?;
        Conflist::from_raw(&text)
    }
}

fn failed(verb: &str, file: &Path, error: &io::Error) -> Error {
    Error::new(ErrorKind::Cache, format!("{verb} the CNI result cache {}", file.display()), error.to_string())
        .with_hint("check the folder's owner, mode and free space, or choose another cache folder")
}

fn found(text: &str, network: &str, attachment: &Attachment) -> Found {
    match parse(text) {
        Ok(entry) if is_of(&entry, network, attachment) => Found::Entry(Box::new(entry)),
        Ok(_) => Found::Another,
        Err(Unread::Bare(result)) => Found::Entry(Box::new(bare(network, attachment, result))),
        Err(Unread::Broken(why)) => {
            tracing::warn!(network, container = attachment.container_id, %why, "a cached result cannot be read");
            Found::Unreadable
        }
    }
}

fn is_of(entry: &CacheEntry, network: &str, attachment: &Attachment) -> bool {
    let inside = &entry.attachment;
    entry.network == network
        && inside.container_id == attachment.container_id
        && inside.ifname == attachment.ifname
}

/// A file of old libcni says nothing but the result.
fn bare(network: &str, attachment: &Attachment, result: Box<RawValue>) -> CacheEntry {
    let attachment = Attachment {
        container_id: attachment.container_id.clone(),
        ifname: attachment.ifname.clone(),
        ..Attachment::default()
    };
    CacheEntry { network: network.into(), attachment, config: Vec::new(), result: Some(result) }
}

/// Why a file is no entry of the present format.
enum Unread {
    /// It is the bare result of an older one.
    Bare(Box<RawValue>),
    Broken(String),
}

impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Unread {
        Unread::Broken(error.to_string())
    }
}

impl From<String> for Unread {
    fn from(why: String) -> Unread {
        Unread::Broken(why)
    }
}

fn parse(text: &str) -> Result<CacheEntry, Unread> {
    let object = Object::parse(text)?;
    if object.text("kind")?.as_deref() != Some(KIND) {
        return Err(Unread::Bare(serde_json::from_str(text)?));
    }
    let text = |key: &str| object.text(key).map(Option::unwrap_or_default);
    let config = base64::decode(&text("config")?).ok_or("`config` is no base64".to_string())?;
    let attachment = Attachment {
        container_id: text("containerId")?,
        netns: Some(text("netns")?).filter(|netns| !netns.is_empty()),
        ifname: text("ifName")?,
        args: member(&object, "cniArgs")?.unwrap_or_default(),
        capability_args: member(&object, "capabilityArgs")?.unwrap_or_default(),
    };
    let result = object.get("result").filter(|result| result.get() != "null").map(ToOwned::to_owned);
    Ok(CacheEntry { network: text("networkName")?, attachment, config, result })
}

fn member<T: serde::de::DeserializeOwned>(
    object: &Object,
    key: &str,
) -> Result<Option<T>, serde_json::Error> {
    object.get(key).map_or(Ok(None), |value| serde_json::from_str(value.get()))
}

/// The members in libcni's order; what is empty is left out as there.
fn render(list: &Conflist, attachment: &Attachment, result: &RawValue) -> String {
    let mut entry = Object::new();
    entry.set_text("kind", KIND);
    entry.set_text("containerId", &attachment.container_id);
    entry.set_text("config", &base64::encode(list.raw().get().as_bytes()));
    entry.set_text("ifName", &attachment.ifname);
    entry.set_text("networkName", list.name());
    if let Some(netns) = &attachment.netns {
        entry.set_text("netns", netns);
    }
    if !attachment.args.is_empty() {
        entry.set("cniArgs", raw(&attachment.args));
    }
    if !attachment.capability_args.is_empty() {
        entry.set("capabilityArgs", attachment.capability_args.to_raw());
    }
    entry.set("result", result.to_owned());
    entry.to_raw().get().to_owned()
}

/// The folder, for its owner alone where the system has modes.
fn create_folder(folder: &Path) -> io::Result<()> {
    sys::private_folder().recursive(true).create(folder)
}

fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = temporary(file);
    let written = write_new(&temporary, bytes).and_then(|()| sys::patiently(|| fs::rename(&temporary, file)));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// What an entry is written to first. It is named by the attachment, not by the process, so that [`Cache::remove`] finds
/// what a killed writer left. libcni's collector looks at names that start with the network's: a dot is no such start.
fn temporary(file: &Path) -> PathBuf {
    let mut name = OsString::from(".tmp-");
    name.push(file.file_name().unwrap_or_default());
    file.with_file_name(name)
}

fn remove_if_there(file: &Path) -> Result<(), Error> {
    match sys::patiently(|| fs::remove_file(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", file, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn write_new(file: &Path, bytes: &[u8]) -> io::Result<()> {
    sys::private_file().write(true).create(true).truncate(true).open(file)?.write_all(bytes)
}

#[cfg(test)]
mod tests;
