//! What a run runs: a config.json as it was read, or an image.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::options::Wanted;
use crate::Failure;
use crate::image::Image;
use crate::os::Os;
use crate::spec::Step::{Element, Member};
use crate::spec::{self, Document, Kind, Problem};

/// What runs.
#[derive(Debug)]
pub enum Workload {
    /// A spec.
    Config(Config),
    /// An image, and what was asked for.
    Image(Box<Image>, Box<Wanted>),
    /// A folder that holds a root file system, and what was asked for.
    Rootfs(PathBuf, Box<Wanted>),
}

/// A config.json.
#[derive(Debug)]
pub struct Config {
    /// The file.
    pub source: PathBuf,
    /// The folder that its relative paths start from.
    pub folder: PathBuf,
    /// What it says.
    pub spec: Document,
    /// The system it is for.
    pub os: Os,
}

/// Where a shim mounts the root file system that a task is created with, in the bundle.
const ROOTFS: &str = "rootfs";

/// The note about mounts of type `bind` on Windows.
pub(super) const BIND_DROPPED: &str =
    "a mount's type `bind` is left out, for containerd's shims refuse it on Windows";

impl Workload {
    /// The network namespace that the spec names, as it stands there.
    ///
    /// # Errors
    /// The spec names it in a form that cannot be read.
    pub fn named_namespace(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Image(_, wanted) | Self::Rootfs(_, wanted) => {
                Ok(wanted.network_namespace().map(str::to_owned))
            }
            Self::Config(config) => config.named_namespace(),
        }
    }

    /// What to call it in a message.
    pub fn source(&self) -> String {
        match self {
            Self::Config(config) => config.source.display().to_string(),
            Self::Image(_, wanted) if wanted.network_namespace().is_some() => "--with-ns".to_owned(),
            Self::Image(image, _) => image.name.clone(),
            Self::Rootfs(_, wanted) if wanted.network_namespace().is_some() => "--with-ns".to_owned(),
            Self::Rootfs(folder, _) => folder.display().to_string(),
        }
    }
}

impl Config {
    /// Understand what a file holds.
    ///
    /// # Errors
    /// It is no JSON or no runtime spec for `host`, each with the place and the fix.
    pub fn of(file: &Path, held: Vec<u8>, host: Os) -> Result<Self, Failure> {
        let folder = std::path::absolute(file)
            .map_err(|why| Failure::run(format!("cannot use the path {}: {why}", file.display())))?
            .parent()
            .unwrap_or(Path::new("/"))
            .to_owned();
        Self::parse(file, folder, held, host)
    }

    /// The same, with another folder that its relative paths start from.
    ///
    /// # Errors
    /// As [`Config::of`].
    pub fn parse(file: &Path, folder: PathBuf, bytes: Vec<u8>, host: Os) -> Result<Self, Failure> {
        let wrong =
            |why: &dyn std::fmt::Display| Failure::run(format!("cannot use {}: {why}", file.display()));
        let text = decoded(bytes).map_err(|why| wrong(&why))?;
        check_form(&text, host).map_err(|why| wrong(&why))?;
        let spec = Document::parse(text).map_err(|why| wrong(&why))?;
        let os = system_of(&spec, host).map_err(|why| wrong(&why))?;
        Ok(Self { source: file.to_owned(), folder, spec, os })
    }

    fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        Failure::run(format!("cannot use {}: {why}", self.source.display()))
    }

    fn named_namespace(&self) -> Result<Option<String>, Failure> {
        let named = spec::named(&self.spec, self.os).map_err(|why| self.wrong(why))?;
        match named.as_deref() {
            Some(name) if self.os == Os::Windows => match name.parse::<hcn::Guid>() {
                Ok(_) => Ok(named),
                Err(why) => Err(self.wrong(format!(
                    "windows.network.networkNamespace: {why}; hcn-namespace create prints one"
                ))),
            },
            Some(name) if !name.starts_with('/') => Err(self.wrong(format!(
                "the network namespace's path `{name}` is not absolute; write the whole path"
            ))),
            _ => Ok(named),
        }
    }

    /// The spec as containerd is to have it, and notes about what was changed.
    ///
    /// # Errors
    /// It asks for what a run cannot do.
    pub fn adapted(mut self, os: Os, on_a_snapshot: bool) -> Result<(Document, Vec<String>), Failure> {
        let mut notes = Vec::new();
        match os {
            Os::Linux if on_a_snapshot => notes.extend(self.root_replaced()?),
            Os::Linux => notes.extend(self.root_made_absolute()?),
            Os::Windows => notes.extend(self.bind_types_dropped()?.map(str::to_owned)),
        }
        Ok((self.spec, notes))
    }

    /// Does the spec ask for a terminal?
    ///
    /// # Errors
    /// It says so in a form that cannot be read.
    pub fn terminal(&self) -> Result<bool, Failure> {
        self.bool_at(&[Member("process"), Member("terminal")]).map(|asked| asked == Some(true))
    }

    /// Have the spec ask for a terminal.
    ///
    /// # Errors
    /// It has no process.
    pub fn set_terminal(&mut self) -> Result<(), Failure> {
        let set = self.spec.set(&[Member("process"), Member("terminal")], &json!(true));
        set.map_err(|why| self.wrong(why))
    }

    fn bool_at(&self, path: spec::Path<'_>) -> Result<Option<bool>, Failure> {
        self.spec.bool_at(path).map_err(|why| self.wrong(why))
    }

    /// The runtime starts relative paths from the bundle, which containerd makes elsewhere and leaves empty; people
    /// mean the folder in which config.json lies.
    fn root_made_absolute(&mut self) -> Result<Option<String>, Failure> {
        let path = [Member("root"), Member("path")];
        let root = self.spec.text_at(&path).map_err(|why| self.wrong(why))?.filter(|root| !root.is_empty());
        let Some(root) = root else {
            return Err(self.wrong("it has no root.path; name the folder of the root file system there"));
        };
        if root.starts_with('/') {
            return Ok(None);
        }
        let whole = self.folder.join(&root);
        let Some(text) = whole.to_str() else {
            return Err(self.wrong(format!(
                "root.path `{root}` is relative to a folder whose name is no UTF-8; write a whole path"
            )));
        };
        self.spec.set(&path, &json!(text)).map_err(|why| self.wrong(why))?;
        Ok(Some(format!("root.path `{root}` is read as {text}, beside {}", self.source.display())))
    }

    /// A snapshot is mounted in the bundle, under this name.
    fn root_replaced(&mut self) -> Result<Option<String>, Failure> {
        let path = [Member("root"), Member("path")];
        let root = self.spec.text_at(&path).map_err(|why| self.wrong(why))?;
        self.spec.set(&path, &json!(ROOTFS)).map_err(|why| self.wrong(why))?;
        let other = root.filter(|root| !root.is_empty() && root != ROOTFS);
        Ok(other.map(|root| format!("root.path `{root}` is not used: the snapshot is the root file system")))
    }

    fn bind_types_dropped(&mut self) -> Result<Option<&'static str>, Failure> {
        let mut note = None;
        for index in 0..self.spec.length(&[Member("mounts")]).map_err(|why| self.wrong(why))? {
            let mount = [Member("mounts"), Element(index)];
            let [mounts, element] = mount;
            let kind =
                self.spec.text_at(&[mounts, element, Member("type")]).map_err(|why| self.wrong(why))?;
            if kind.as_deref() == Some("bind") {
                self.spec.remove(&mount, "type").map_err(|why| self.wrong(why))?;
                note = Some(BIND_DROPPED);
            }
        }
        Ok(note)
    }
}

/// The text of a file: UTF-8. A byte order mark, which editors of Windows write and containerd refuses, is left out.
fn decoded(bytes: Vec<u8>) -> Result<String, &'static str> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8, in PowerShell with Set-Content -Encoding utf8");
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8; save it as UTF-8")?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// Everything that containerd could not read, or would read otherwise than it stands there, at once. Whether the values
/// are good ones is for the runtime to say, which may know more than `hcn spec`.
fn check_form(text: &str, host: Os) -> Result<(), String> {
    let mut found = spec::check(text, host);
    found.retain(|problem| matches!(problem.kind, Kind::Syntax | Kind::Shape));
    let told: Vec<_> = found.iter().map(Problem::to_string).collect();
    if told.is_empty() { Ok(()) } else { Err(told.join("; and ")) }
}

/// The system that a spec is for: it must be the one it is to run on.
fn system_of(spec: &Document, host: Os) -> Result<Os, String> {
    let has =
        |member| spec.get(&[Member(member)]).map(|found| found.is_some()).map_err(|why| why.to_string());
    let os = match (has("linux")?, has("windows")?) {
        (true, true) => {
            return Err(
                "it is for Linux on Windows, which is not supported; remove `linux` or `windows`".into()
            );
        }
        (true, false) => Os::Linux,
        (false, true) => Os::Windows,
        (false, false) => host,
    };
    for other in ["solaris", "zos", "freebsd", "vm"] {
        if has(other)? {
            return Err(format!("it has a member `{other}`, which is not supported; remove it"));
        }
    }
    match os == host {
        true => Ok(os),
        false => Err(format!("it is for {os}, and this is {host}; run it on {os}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: impl AsRef<[u8]>, host: Os) -> Result<Config, Failure> {
        Config::parse(Path::new("config.json"), "/bundle".into(), text.as_ref().to_vec(), host)
    }

    fn adapted(text: &str, os: Os) -> Result<(String, Vec<String>), Failure> {
        let (spec, notes) = parse(text, os)?.adapted(os, false)?;
        Ok((spec.into_text(), notes))
    }

    #[test]
    fn bind_is_left_out_of_windows_mounts_with_one_note() {
        let text =
            r#"{"mounts":[{"type":"bind","source":"D:\\a"},{"source":"D:\\b","type":"bind"},{"type":"x"}]}"#;
        let (spec, notes) = adapted(text, Os::Windows).unwrap();
        assert_eq!(spec, r#"{"mounts":[{"source":"D:\\a"},{"source":"D:\\b"},{"type":"x"}]}"#);
        assert_eq!(notes, [BIND_DROPPED]);
    }

    #[test]
    #[cfg_attr(windows, ignore = "Linux' paths")]
    fn a_relative_root_starts_from_the_file_s_folder() {
        let (spec, notes) = adapted(r#"{"root": {"path" :"rootfs"}}"#, Os::Linux).unwrap();
        assert_eq!(spec, r#"{"root": {"path" :"/bundle/rootfs"}}"#);
        assert_eq!(notes, ["root.path `rootfs` is read as /bundle/rootfs, beside config.json"]);
        assert_eq!(adapted(r#"{"root":{"path":"/x"}}"#, Os::Linux).unwrap().1.len(), 0);
    }

    #[test]
    fn a_snapshot_takes_the_place_of_the_root() {
        let adapted = |text| parse(text, Os::Linux)?.adapted(Os::Linux, true);
        let (spec, notes) = adapted(r#"{"root":{"path":"/x","readonly":true}}"#).unwrap();
        assert_eq!(spec.into_text(), r#"{"root":{"path":"rootfs","readonly":true}}"#);
        assert_eq!(notes, ["root.path `/x` is not used: the snapshot is the root file system"]);
        assert_eq!(adapted(r#"{"root":{"path":"rootfs"}}"#).unwrap().1.len(), 0);
    }

    #[test]
    fn what_cannot_be_run_says_why() {
        let refusals = [
            adapted("{", Os::Linux).unwrap_err(),
            adapted("{}", Os::Linux).unwrap_err(),
            adapted(r#"{"windows":{}}"#, Os::Linux).unwrap_err(),
            adapted(r#"{"windows":{},"linux":{}}"#, Os::Windows).unwrap_err(),
            adapted(r#"{"windows":{},"process":{"args":[],"args":[]}}"#, Os::Windows).unwrap_err(),
            adapted(r#"{"root":7,"process":{"Args":[],"terminal":1,"cwd":"a","cwd":"b"}}"#, Os::Linux)
                .unwrap_err(),
            parse([0xff, 0xfe, b'{', 0], Os::Windows).unwrap_err(),
        ];
        let lines: Vec<_> = refusals.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        cannot use config.json: line 1, column 1: EOF while parsing an object; correct it there
        cannot use config.json: it has no root.path; name the folder of the root file system there
        cannot use config.json: it is for Windows, and this is Linux; run it on Windows
        cannot use config.json: it is for Linux on Windows, which is not supported; remove `linux` or `windows`
        cannot use config.json: `process.args` stands there twice, again in line 1, column 36; remove one of the two
        cannot use config.json: `process.cwd` stands there twice, again in line 1, column 55; remove one of the two; and `root` is 7, not an object; write an object there; and `process.Args` is spelled in another case than containerd writes it; spell it `args`; and `process.terminal` is 1, not true or false; write true or false there
        cannot use config.json: it is UTF-16; save it as UTF-8, in PowerShell with Set-Content -Encoding utf8
        ");
    }

    #[test]
    fn a_byte_order_mark_is_left_out() {
        assert_eq!(parse("\u{feff}{}", Os::Windows).unwrap().spec.text(), "{}");
    }

    #[test]
    fn a_namespace_that_is_none_is_refused() {
        let name = |text, os| Workload::Config(parse(text, os).unwrap()).named_namespace();
        let windows = name(r#"{"windows":{"network":{"networkNamespace":"lab"}}}"#, Os::Windows).unwrap_err();
        insta::assert_snapshot!(windows, @"cannot use config.json: windows.network.networkNamespace: `lab` is not a GUID: 36 characters such as 6b29fc40-ca47-1067-b31d-00dd010662da, with or without braces; hcn-namespace create prints one");
        let linux =
            name(r#"{"linux":{"namespaces":[{"type":"network","path":"lab"}]}}"#, Os::Linux).unwrap_err();
        insta::assert_snapshot!(linux, @"cannot use config.json: the network namespace's path `lab` is not absolute; write the whole path");
    }
}
