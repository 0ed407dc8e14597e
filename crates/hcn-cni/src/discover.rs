//! Finding a host's network configuration, as go-cni's default loader does for containerd.
//!
//! The sorted files of a folder are candidates and the first one decides: when it is broken that is an error, and what
//! comes after it is not used.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::conflist::{Conflist, invalid};
use crate::error::{Error, ErrorKind};
use crate::object::Object;
use crate::plugin::Plugin;

/// The endings of configuration files. Case matters, and a file named just `.conf` counts.
const ENDINGS: &[&str] = &[".conf", ".conflist", ".json"];

impl Conflist {
    /// The network configuration of a folder: its first candidate, whole.
    ///
    /// Fails with [`ErrorKind::NoConfiguration`] when there is none, with [`ErrorKind::InvalidConfiguration`] when the
    /// first one is broken.
    pub fn discover(folder: &Path) -> Result<Conflist, Error> {
        let files = configuration_files(folder)?;
        let (first, others) =
            files.split_first().ok_or_else(|| nothing(folder, "it has no .conf, .conflist or .json file"))?;
        tell(first, others);
        Conflist::read(first)
    }

    /// The configuration of the network of this name in a folder: the first that can be read and has it. For what the
    /// cache does not tell; a container's network is the one that [`discover`](Conflist::discover) finds.
    pub fn named(folder: &Path, network: &str) -> Result<Conflist, Error> {
        let readable = configuration_files(folder)?.into_iter().filter_map(|file| Conflist::read(&file).ok());
        let mut named = readable.filter(|list| list.name() == network);
        named.next().ok_or_else(|| nothing(folder, &format!("none of its files is of network `{network}`")))
    }

    /// Read one file: a list when its name ends in `.conflist`, else a single plugin.
    pub fn read(file: &Path) -> Result<Conflist, Error> {
        let text = read_text(file)?;
        if !ends_with(file, ".conflist") {
            return Conflist::parse_single(&text, Some(file));
        }
        let list = Conflist::parse(&text, Some(file))?;
        let more = if list.takes_more_plugins() { plugins_beside(file, list.name())? } else { Vec::new() };
        list.with_plugins(more)
    }
}

/// The configuration files of a folder, in the order in which they count: the first one decides.
///
/// Folders inside are not looked at. A folder that is not there is [`ErrorKind::NoConfiguration`].
pub fn configuration_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    match files(folder, ENDINGS) {
        Ok(files) => Ok(files),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(nothing(folder, "there is no such folder"))
        }
        Err(error) => Err(invalid(Some(folder), &error.to_string())),
    }
}

/// People look for why their second file is not used.
fn tell(first: &Path, others: &[PathBuf]) {
    let name = |file: &Path| file.file_name().unwrap_or_default().display().to_string();
    let others: Vec<_> = others.iter().map(|file| name(file)).collect();
    match &others[..] {
        [] => tracing::debug!("{} is used: its folder has no other configuration", first.display()),
        others => tracing::debug!(
            "{} is used: its name is the first by its bytes; not used: {}",
            first.display(),
            others.join(", ")
        ),
    }
}

fn nothing(folder: &Path, why: &str) -> Error {
    Error::new(
        ErrorKind::NoConfiguration,
        format!("find a network configuration in {}", folder.display()),
        why,
    )
    .with_hint("put a CNI configuration there, or name another folder")
}

/// Plugins in files of their own: `NAME/*.conf` beside the list (CNI 1.1).
fn plugins_beside(file: &Path, network: &str) -> Result<Vec<Plugin>, Error> {
    let folder = file.with_file_name(network);
    match files(&folder, &[".conf"]) {
        Ok(files) => files.iter().map(|file| read_plugin(file)).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Vec::new()),
        Err(error) => Err(invalid(Some(&folder), &error.to_string())),
    }
}

fn read_plugin(file: &Path) -> Result<Plugin, Error> {
    let text = read_text(file)?;
    let object = Object::parse(&text).map_err(|error| format!("it is no JSON object: {error}"));
    object.and_then(Plugin::new).map_err(|why| invalid(Some(file), &why))
}

/// What is no folder and has one of the endings, sorted by the bytes of the name.
fn files(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() && endings.iter().any(|ending| ends_with(&entry.path(), ending)) {
            files.push(entry.path());
        }
    }
    files.sort_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));
    Ok(files)
}

fn ends_with(file: &Path, ending: &str) -> bool {
    file.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(ending.as_bytes()))
}

/// A file's text. Editors and shells of Windows write byte order marks: UTF-8's is skipped, UTF-16 is named.
fn read_text(file: &Path) -> Result<String, Error> {
    let bytes = fs::read(file).map_err(|error| invalid(Some(file), &error.to_string()))?;
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(invalid(Some(file), "it is UTF-16 text, and JSON files have to be UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|_| invalid(Some(file), "it is no UTF-8 text"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    const LIST: &str = r#"{"cniVersion":"1.0.0","name":"list","plugins":[{"type":"a"}]}"#;
    const SINGLE: &str = r#"{"cniVersion":"0.2.0","name":"single","type":"b"}"#;

    fn folder(files: &[(&str, &str)]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }

    fn refused(files: &[(&str, &str)]) -> (ErrorKind, String) {
        let folder = folder(files);
        let error = Conflist::discover(folder.path()).unwrap_err();
        (error.kind(), error.to_string().replace(&folder.path().display().to_string(), "DIR"))
    }

    #[test]
    fn the_first_file_by_name_decides_whatever_its_kind() {
        let folder = folder(&[("10-y.conflist", LIST), ("05-x.conf", SINGLE), ("00-readme.txt", "no")]);
        assert_eq!(Conflist::discover(folder.path()).unwrap().name(), "single");
        let names: Vec<_> = configuration_files(folder.path()).unwrap();
        assert_eq!(names, [folder.path().join("05-x.conf"), folder.path().join("10-y.conflist")]);
    }

    #[test]
    fn names_are_sorted_by_their_bytes() {
        let folder = folder(&[("a.conf", SINGLE), ("B.conflist", LIST)]);
        assert_eq!(Conflist::discover(folder.path()).unwrap().name(), "list");
    }

    #[test]
    fn a_folder_is_no_configuration() {
        let folder = folder(&[("00.conf/x", ""), ("10.json", SINGLE)]);
        assert_eq!(Conflist::discover(folder.path()).unwrap().name(), "single");
    }

    #[test]
    fn a_broken_first_file_is_an_error_that_names_it() {
        let (kind, text) = refused(&[("1.conflist", "{"), ("2.conflist", LIST)]);
        assert_eq!(kind, ErrorKind::InvalidConfiguration);
        assert!(
            text.starts_with(
                "cannot use the network configuration DIR/1.conflist: it is no JSON object: EOF"
            )
        );
    }

    #[test]
    fn a_network_is_found_by_its_name_past_broken_files() {
        let folder = folder(&[("1.conflist", "{"), ("2.conf", SINGLE), ("3.conflist", LIST)]);
        assert_eq!(
            Conflist::named(folder.path(), "list").unwrap().source(),
            Some(&*folder.path().join("3.conflist"))
        );
        assert_eq!(Conflist::named(folder.path(), "x").unwrap_err().kind(), ErrorKind::NoConfiguration);
    }

    #[test]
    fn no_file_and_no_folder_are_told_apart() {
        let (kind, text) = refused(&[("readme", "")]);
        assert_eq!(kind, ErrorKind::NoConfiguration);
        assert_eq!(
            text,
            "cannot find a network configuration in DIR: it has no .conf, .conflist or .json file; \
             put a CNI configuration there, or name another folder"
        );
        let error = Conflist::discover(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoConfiguration);
        assert!(error.to_string().contains("there is no such folder"));
    }

    #[test]
    fn a_list_in_a_file_for_one_plugin_is_refused_with_the_way_out() {
        let (_, text) = refused(&[("1.conf", LIST)]);
        assert!(text.contains("only a file named .conflist may be: rename it"), "{text}");
    }

    #[test]
    fn byte_order_marks_are_understood() {
        let marked = folder(&[("1.conflist", &format!("\u{feff}{LIST}"))]);
        assert_eq!(Conflist::discover(marked.path()).unwrap().raw().get(), LIST);
        fs::write(marked.path().join("0.conf"), b"\xFF\xFE{\0").unwrap();
        assert!(Conflist::discover(marked.path()).unwrap_err().to_string().contains("it is UTF-16 text"));
    }

    #[test]
    fn a_folder_of_the_networks_name_adds_plugins_unless_the_list_forbids_it() {
        let more =
            [("list/b.conf", r#"{"type":"y"}"#), ("list/a.conf", r#"{"type":"x"}"#), ("list/c.json", "")];
        let open = folder(&[&[("1.conflist", LIST)], &more[..]].concat());
        let list = Conflist::discover(open.path()).unwrap();
        assert_eq!(list.plugins().iter().map(Plugin::kind).collect::<Vec<_>>(), ["a", "x", "y"]);
        assert_eq!(Conflist::from_raw(list.raw()).unwrap().plugins().len(), 3);

        let text = LIST.replace("\"name\"", "\"loadOnlyInlinedPlugins\":true,\"name\"");
        let closed = folder(&[&[("1.conflist", text.as_str())], &more[..]].concat());
        assert_eq!(Conflist::discover(closed.path()).unwrap().plugins().len(), 1);
    }

    #[test]
    fn a_list_whose_plugins_all_come_from_the_folder_is_fine_and_one_without_any_is_not() {
        let text = r#"{"name":"n"}"#;
        let given = folder(&[("1.conflist", text), ("n/a.conf", r#"{"type":"x"}"#)]);
        assert_eq!(Conflist::discover(given.path()).unwrap().plugins()[0].kind(), "x");
        assert!(refused(&[("1.conflist", text)]).1.contains("it has no plugin"));
        assert!(
            refused(&[("1.conflist", text), ("n/a.conf", "{}")])
                .1
                .contains("DIR/n/a.conf: `type` is missing")
        );
    }
}
