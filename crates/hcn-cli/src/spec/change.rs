//! What is to be set in a spec. Only along the paths of what is set; every other byte stays.

use serde_json::{Value, json};

use super::edit::Step::{Element, Member};
use super::edit::{Document, Path, Unfit};
use super::snapshot::Files;
use super::{Mount, linux, network};
use crate::os::Os;

/// What is to be set; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The network namespace: a GUID on Windows, a path on Linux.
    pub network_namespace: Option<String>,
    /// Where the container's files are.
    pub files: Option<Files>,
    /// Mounts: each replaces the one in its place, or comes behind the others.
    pub mounts: Vec<Mount>,
    /// `NAME=VALUE` replaces or adds, a bare `NAME` takes out.
    pub env: Vec<String>,
    /// The program and its arguments, if any are given.
    pub args: Vec<String>,
    /// Who runs it.
    pub user: Option<User>,
    /// The working folder.
    pub cwd: Option<String>,
    /// The host name.
    pub hostname: Option<String>,
}

/// Who runs a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    /// Windows: by name.
    Name(String),
    /// Linux: user and primary group.
    Numbers(u32, u32),
}

impl User {
    /// Read a user as it is typed.
    ///
    /// # Errors
    /// *why; fix*: Linux takes numbers alone, for a spec is not looked up in anybody's /etc/passwd.
    pub fn parse(text: &str, os: Os) -> Result<Self, String> {
        match (os, super::process::numbers(text)) {
            (Os::Windows, _) => Ok(Self::Name(text.to_owned())),
            (Os::Linux, Some((uid, gid))) => Ok(Self::Numbers(uid, gid)),
            (Os::Linux, None) => Err("names are not looked up; give the numbers, as in 1000:1000".to_owned()),
        }
    }
}

const PROCESS: super::Step<'static> = Member("process");

impl Change {
    /// Set all of it.
    ///
    /// # Errors
    /// [`Unfit`]: what stands on the way is of another kind.
    pub fn apply(&self, spec: &mut Document, os: Os) -> Result<(), Unfit> {
        if let Some(namespace) = &self.network_namespace {
            network::put(spec, namespace, os)?;
        }
        self.files.as_ref().map_or(Ok(()), |files| put_files(spec, files))?;
        self.mounts.iter().try_for_each(|mount| put_mount(spec, mount, os))?;
        self.env.iter().try_for_each(|entry| put_variable(spec, entry, os))?;
        self.put_command(spec)?;
        self.user.as_ref().map_or(Ok(()), |user| put_user(spec, user))?;
        put_text(spec, &[PROCESS, Member("cwd")], self.cwd.as_deref())?;
        put_text(spec, &[Member("hostname")], self.hostname.as_deref())
    }

    /// A command line of Windows would win over the arguments.
    fn put_command(&self, spec: &mut Document) -> Result<(), Unfit> {
        if self.args.is_empty() {
            return Ok(());
        }
        spec.set(&[PROCESS, Member("args")], &json!(self.args))?;
        spec.remove(&[PROCESS], "commandLine").map(drop)
    }
}

fn put_text(spec: &mut Document, path: Path<'_>, text: Option<&str>) -> Result<(), Unfit> {
    text.map_or(Ok(()), |text| spec.set(path, &json!(text)))
}

/// On Windows the shim writes `root.path` itself, and refuses one that is there.
fn put_files(spec: &mut Document, files: &Files) -> Result<(), Unfit> {
    let root = [Member("root")];
    match files {
        Files::Layers(folders) => {
            spec.remove(&root, "path")?;
            spec.set(&[Member("windows"), Member("layerFolders")], &json!(folders))
        }
        Files::Folder(folder, read_only) => {
            spec.set(&[root[0], Member("path")], &json!(folder))?;
            match read_only {
                true => spec.set(&[root[0], Member("readonly")], &json!(true)),
                false => Ok(()),
            }
        }
    }
}

/// In the place of the one with the same destination, or at the end.
fn put_mount(spec: &mut Document, mount: &Mount, os: Os) -> Result<(), Unfit> {
    let list = [Member("mounts")];
    let length = spec.length(&list)?;
    let mut at = length;
    for index in (0..length).rev() {
        let destination = spec.text_at(&[list[0], Element(index), Member("destination")])?;
        if destination.is_some_and(|other| is_same_place(&other, &mount.destination, os)) {
            at = index;
        }
    }
    spec.set(&[list[0], Element(at)], &json!(mount))
}

fn is_same_place(one: &str, other: &str, os: Os) -> bool {
    let windows = |path: &str| path.replace('/', r"\").trim_end_matches('\\').to_lowercase();
    match os {
        Os::Linux => linux::cleaned(one) == linux::cleaned(other),
        Os::Windows => windows(one) == windows(other),
    }
}

/// The first of a name is replaced, further ones go: of two the last would win.
fn put_variable(spec: &mut Document, entry: &str, os: Os) -> Result<(), Unfit> {
    let list = [PROCESS, Member("env")];
    let (name, has_value) = (name_of(entry), entry.contains('='));
    let mut places = Vec::new();
    for index in 0..spec.length(&list)? {
        let other = spec.text_at(&[list[0], list[1], Element(index)])?;
        if other.is_some_and(|other| is_same_name(name_of(&other), name, os)) {
            places.push(index);
        }
    }
    let kept = if has_value { 1 } else { 0 };
    for index in places.iter().skip(kept).rev() {
        spec.remove_element(&list, *index)?;
    }
    match has_value {
        true => {
            let at = places.first().copied().map_or_else(|| spec.length(&list), Ok)?;
            spec.set(&[list[0], list[1], Element(at)], &json!(entry))
        }
        false => Ok(()),
    }
}

fn name_of(entry: &str) -> &str {
    entry.split('=').next().unwrap_or_default()
}

fn is_same_name(one: &str, other: &str, os: Os) -> bool {
    match os {
        Os::Linux => one == other,
        Os::Windows => one.eq_ignore_ascii_case(other),
    }
}

/// The primary group stands among the additional ones too, or a process could drop out of it. Those of another user go.
fn put_user(spec: &mut Document, user: &User) -> Result<(), Unfit> {
    let mut set =
        |member: &'static str, value: Value| spec.set(&[PROCESS, Member("user"), Member(member)], &value);
    match user {
        User::Name(name) => set("username", json!(name)),
        User::Numbers(uid, gid) => {
            set("uid", json!(uid))?;
            set("gid", json!(gid))?;
            set("additionalGids", json!([gid]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: &Change, os: Os) -> String {
        let mut spec = Document::parse(text).unwrap();
        change.apply(&mut spec, os).unwrap();
        spec.into_text()
    }

    #[test]
    fn everything_is_set_along_its_path_and_the_rest_keeps_its_bytes() {
        let text = r#"{ "x":1e400, "process":{"args":["a"],"commandLine":"a b", "odd":"\u00e4\/","user":{"username":"A"}},
 "windows":{"layerFolders":null ,"y":18446744073709551616}}"#;
        let change = Change {
            network_namespace: Some("NS".into()),
            files: Some(Files::Layers(vec![r"C:\b".into(), r"C:\s".into()])),
            args: vec!["cmd".into(), "/c".into()],
            user: Some(User::Name("ContainerUser".into())),
            cwd: Some(r"C:\".into()),
            hostname: Some("lab".into()),
            ..Change::default()
        };
        let expected = r#"{ "x":1e400, "process":{"args":["cmd","/c"],"odd":"\u00e4\/","user":{"username":"ContainerUser"},"cwd":"C:\\"},
 "windows":{"layerFolders":["C:\\b","C:\\s"] ,"y":18446744073709551616,"network":{"networkNamespace":"NS"}},"hostname":"lab"}"#;
        assert_eq!(changed(text, &change, Os::Windows), expected);
        assert_eq!(changed(expected, &change, Os::Windows), expected, "a second time changes nothing");
    }

    #[test]
    fn variables_are_replaced_in_their_place_added_and_taken_out() {
        let env = |text: &str, env: &[&str], os| {
            let env = env.iter().map(|entry| (*entry).to_owned()).collect();
            let spec = changed(text, &Change { env, ..Change::default() }, os);
            spec.trim_start_matches(r#"{"process":{"env":"#).trim_end_matches("}}").to_owned()
        };
        let text = r#"{"process":{"env":["A=1","Path=x", "A=2"]}}"#;
        assert_eq!(env(text, &["A=3", "B=4"], Os::Linux), r#"["A=3","Path=x","B=4"]"#);
        assert_eq!(env(text, &["A", "PATH=y"], Os::Windows), r#"["PATH=y"]"#);
        assert_eq!(env(text, &["PATH=y"], Os::Linux), r#"["A=1","Path=x", "A=2","PATH=y"]"#);
    }

    #[test]
    fn a_mount_takes_the_place_of_the_one_that_is_there() {
        let text = r#"{"mounts":[{"destination":"C:\\Data\\","source":"C:\\a"}, {"destination":"D:\\"}]}"#;
        let mount = Mount::from_volume(r"E:\b:c:/data", Os::Windows).unwrap();
        let change = Change { mounts: vec![mount], ..Change::default() };
        let expected = r#"{"mounts":[{"destination":"c:/data","source":"E:\\b"}, {"destination":"D:\\"}]}"#;
        assert_eq!(changed(text, &change, Os::Windows), expected);
    }

    #[test]
    fn a_folder_of_linux_becomes_the_root_and_a_user_loses_the_groups_of_another() {
        let text = r#"{"process":{"user":{"uid":0,"gid":0,"additionalGids":[1, 2]}}}"#;
        let files = Some(Files::Folder("/r".into(), true));
        let user = User::parse("7:8", Os::Linux).ok();
        assert_eq!(
            changed(text, &Change { files, user, ..Change::default() }, Os::Linux),
            r#"{"process":{"user":{"uid":7,"gid":8,"additionalGids":[8]}},"root":{"path":"/r","readonly":true}}"#
        );
        User::parse("joe", Os::Linux).unwrap_err();
    }
}
