//! The spec of a container from an image or a folder: the system's default, the image's configuration, the flags.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Mount, linux, windows};
use crate::Failure;
use crate::image::{Image, Process};
use crate::os::Os;
use crate::run::options::Wanted;

/// The PATH of an image that sets no environment.
pub(super) const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The largest user and group id that containerd takes.
const LARGEST_ID: u32 = i32::MAX as u32;

/// What the spec of a container is made from.
#[derive(Debug)]
pub struct Recipe<'a> {
    /// The system.
    pub os: Os,
    /// What its root file system is.
    pub root: Root<'a>,
    /// What was asked for.
    pub wanted: &'a Wanted,
    /// On Linux: the path of its cgroup, if nothing else was asked for.
    pub cgroup: String,
    /// The namespace that it joins; none for the host's network.
    pub network_namespace: Option<&'a str>,
    /// On Linux: its labels, which ctr writes as annotations too.
    pub labels: &'a BTreeMap<String, String>,
    /// On Linux: the files by which it finds others, as mounts.
    pub names: Vec<Mount>,
    /// On Linux: what the host calls itself.
    pub host_name: &'a str,
    /// Its terminal, if it gets one.
    pub terminal: Option<Terminal>,
}

/// A container's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Letters in a line, and lines; unknown where this command has no terminal itself.
    pub size: Option<(u16, u16)>,
}

/// What a root file system is.
#[derive(Debug, Clone, Copy)]
pub enum Root<'a> {
    /// An image's.
    Image(&'a Image),
    /// A folder's.
    Folder(&'a str),
}

impl Root<'_> {
    /// What its configuration says of the process.
    fn process(&self) -> Cow<'_, Process> {
        match self {
            Self::Image(image) => Cow::Borrowed(&image.configuration.config),
            Self::Folder(_) => Cow::Owned(Process::default()),
        }
    }
}

impl Recipe<'_> {
    /// Make the spec. On Linux the user's numbers are not in it yet: [`Recipe::user`] names who is to be looked up.
    ///
    /// # Errors
    /// No command.
    pub fn spec(&self) -> Result<Value, Failure> {
        match self.os {
            Os::Linux => self.linux(),
            Os::Windows => self.windows(),
        }
    }

    /// The user that the container runs as, if somebody said who.
    pub fn user(&self) -> Option<String> {
        let image = self.root.process();
        let user = self.wanted.user.clone().or_else(|| Some(image.user.clone()));
        user.filter(|user| !user.is_empty())
    }

    fn linux(&self) -> Result<Value, Failure> {
        let wanted = self.wanted;
        let mut spec = linux::default(&self.cgroup, self.network_namespace);
        if let Root::Folder(folder) = self.root {
            spec["root"]["path"] = json!(folder);
        }
        spec["process"]["args"] = json!(self.arguments()?);
        spec["process"]["env"] = json!(self.linux_env());
        spec["process"]["cwd"] = json!(self.cwd().unwrap_or_else(|| "/".to_owned()));
        spec["mounts"] = json!(self.linux_mounts());
        let annotations: BTreeMap<_, _> = wanted.annotations.iter().chain(self.labels).collect();
        if !annotations.is_empty() {
            spec["annotations"] = json!(annotations);
        }
        wanted.rights.on_linux(&mut spec);
        wanted.limits.on_linux(&mut spec);
        wanted.devices.iter().for_each(|device| device.put(&mut spec));
        let joins = wanted.joins.iter().filter(|join| join.kind != "network");
        joins.for_each(|join| linux::join(&mut spec, join));
        self.put_linux_texts(&mut spec);
        self.add_common(&mut spec);
        Ok(spec)
    }

    fn linux_env(&self) -> Vec<String> {
        let default = [PATH.to_owned()];
        let image = self.root.process();
        let base = if image.env.is_empty() { &default[..] } else { &image.env };
        let mut env = merge(base, &self.wanted.env);
        if self.wanted.host_network {
            env = overlay(env, &[format!("HOSTNAME={}", self.host_name)]);
        }
        self.with_term(env)
    }

    /// Programs draw on a terminal of this kind; what was asked for wins.
    fn with_term(&self, mut env: Vec<String>) -> Vec<String> {
        if self.terminal.is_some() && !env.iter().any(|entry| entry.starts_with("TERM=")) {
            env.push("TERM=xterm".to_owned());
        }
        env
    }

    /// The files by which it finds others stand before what the user mounts, which may lie over them; those of the
    /// host's network behind, as with ctr.
    fn linux_mounts(&self) -> Vec<Mount> {
        let mut mounts = linux::mounts(&self.wanted.mounts, &self.names);
        if self.wanted.host_network {
            mounts.extend(["/etc/hosts", "/etc/resolv.conf"].map(linux::host_file));
        }
        mounts
    }

    fn put_linux_texts(&self, spec: &mut Value) {
        match self.wanted.cgroup.as_deref() {
            None => {}
            Some("") => linux::remove(&mut spec["linux"], "cgroupsPath"),
            Some(path) => spec["linux"]["cgroupsPath"] = json!(path),
        }
        if let Some(class) = &self.wanted.rdt_class {
            spec["linux"]["intelRdt"] = json!({"closID": class});
        }
        if let Some(mode) = &self.wanted.rootfs_propagation {
            spec["linux"]["rootfsPropagation"] = json!(mode);
        }
    }

    fn windows(&self) -> Result<Value, Failure> {
        let mut spec = windows::default(self.network_namespace.unwrap_or_default());
        let image = self.root.process();
        let words = self.arguments()?;
        // As containerd's client has it: the line is escaped as far as it is the image's own.
        let images_own =
            self.wanted.command.is_empty() || (self.wanted.keep_entrypoint && !image.entrypoint.is_empty());
        if image.args_escaped && images_own {
            spec["process"]["commandLine"] = json!(windows::command_line(&words));
        } else {
            spec["process"]["args"] = json!(words);
        }
        spec["process"]["env"] = json!(merge(&image.env, &self.wanted.env));
        // Empty stays empty: the host compute service then takes C:\.
        spec["process"]["cwd"] = json!(self.cwd().unwrap_or_default());
        if let Some(user) = self.user() {
            spec["process"]["user"] = json!({"username": user});
        }
        if !self.wanted.mounts.is_empty() {
            spec["mounts"] = json!(self.wanted.mounts);
        }
        if let Some(Terminal { size: Some((width, height)) }) = self.terminal {
            spec["process"]["consoleSize"] = json!({"height": height, "width": width});
        }
        if !self.wanted.annotations.is_empty() {
            spec["annotations"] = json!(self.wanted.annotations);
        }
        if self.wanted.isolated {
            spec["windows"]["hyperv"] = json!({});
        }
        self.wanted.limits.on_windows(&mut spec);
        self.wanted.devices.iter().for_each(|device| device.put(&mut spec));
        self.add_common(&mut spec);
        Ok(spec)
    }

    fn add_common(&self, spec: &mut Value) {
        if self.terminal.is_some() {
            spec["process"]["terminal"] = json!(true);
        }
        if let Some(name) = &self.wanted.hostname {
            spec["hostname"] = json!(name);
        }
        if self.wanted.read_only {
            spec["root"]["readonly"] = json!(true);
        }
    }

    /// The command that was asked for replaces the image's, its entrypoint included, as with ctr; unless that is kept.
    fn arguments(&self) -> Result<Vec<String>, Failure> {
        let image = self.root.process();
        let (entrypoint, cmd) = match (self.wanted.command.is_empty(), self.wanted.keep_entrypoint) {
            (true, _) => (&image.entrypoint[..], &image.cmd[..]),
            (false, true) => (&image.entrypoint[..], &self.wanted.command[..]),
            (false, false) => (&[][..], &self.wanted.command[..]),
        };
        match (entrypoint, cmd, self.root) {
            ([], [], Root::Image(image)) => Err(Failure::run(format!(
                "cannot run image `{}`: it has no command of its own; write one behind the id",
                image.name
            ))),
            ([], [], Root::Folder(folder)) => Err(Failure::run(format!(
                "cannot run on the folder `{folder}`: it has no command of its own; write one behind the id"
            ))),
            _ => Ok(entrypoint.iter().chain(cmd).cloned().collect()),
        }
    }

    fn cwd(&self) -> Option<String> {
        let image = self.root.process();
        let folder = self.wanted.cwd.clone().or_else(|| Some(image.working_dir.clone()));
        folder.filter(|folder| !folder.is_empty())
    }
}

/// `uid`, `uid:gid` or root: what can be told without the files of a root file system.
pub(super) fn numbers(user: &str) -> Option<(u32, u32)> {
    let number = |text: &str| match text {
        "root" => Some(0),
        digits => digits.parse().ok().filter(|id| *id <= LARGEST_ID && !digits.starts_with('+')),
    };
    match user.split_once(':') {
        Some((uid, gid)) => Some((number(uid)?, number(gid)?)),
        None => Some((number(user)?, 0)),
    }
}

/// Both numbers of a user that names both: nothing has to be looked up for it.
pub fn linux_ids(user: &str) -> Option<(u32, u32)> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|id| digits && *id <= LARGEST_ID)
    };
    let (uid, gid) = user.split_once(':')?;
    Some((number(uid)?, number(gid)?))
}

/// Can this be a user of Linux?
///
/// # Errors
/// Why not, and the form.
pub fn check_user(user: &str) -> Result<(), Failure> {
    let parts: Vec<_> = user.split(':').collect();
    let too_large = |part: &&str| part.parse::<u64>().is_ok_and(|id| id > LARGEST_ID.into());
    let why = match &parts[..] {
        [] | [_, _, _, ..] => "it is not USER[:GROUP]",
        parts if parts.iter().any(|part| part.is_empty()) => "a part of it is empty",
        parts if parts.iter().any(too_large) => "a number in it is beyond 2147483647",
        _ => return Ok(()),
    };
    Err(Failure::run(format!(
        "cannot run as user `{user}`: {why}; write it as in root, joe:staff or 1000:1000"
    )))
}

/// The image's environment with what was asked for: the same name keeps its place, a bare name takes the name out.
fn merge(base: &[String], wanted: &[String]) -> Vec<String> {
    overlay(base.to_vec(), &overlay(Vec::new(), wanted))
}

fn overlay(mut base: Vec<String>, wanted: &[String]) -> Vec<String> {
    for entry in wanted {
        let name = entry.split('=').next().unwrap_or_default();
        let place = base.iter().position(|other| other.split('=').next() == Some(name));
        match (entry.contains('='), place) {
            (true, Some(at)) => base[at] = entry.clone(),
            (true, None) => base.push(entry.clone()),
            (false, Some(at)) => drop(base.remove(at)),
            (false, None) => {}
        }
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(os: Os, process: Process, wanted: &Wanted) -> Result<Value, Failure> {
        let mut image = Image { name: "busybox".into(), ..Image::default() };
        image.configuration.config = process;
        let recipe = Recipe {
            os,
            root: Root::Image(&image),
            wanted,
            cgroup: "/default/t1".into(),
            network_namespace: Some("NS"),
            labels: &BTreeMap::new(),
            names: Vec::new(),
            host_name: "host",
            terminal: None,
        };
        recipe.spec()
    }

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_command_replaces_entrypoint_and_cmd() {
        let image = Process { entrypoint: words("sh -c"), cmd: words("date"), ..Process::default() };
        let own = spec(Os::Linux, image.clone(), &Wanted::default()).unwrap();
        assert_eq!(own["process"]["args"], json!(["sh", "-c", "date"]));
        let wanted = Wanted { command: words("ip addr"), ..Wanted::default() };
        assert_eq!(spec(Os::Linux, image, &wanted).unwrap()["process"]["args"], json!(["ip", "addr"]));
    }

    #[test]
    fn an_image_without_a_command_is_refused() {
        insta::assert_snapshot!(spec(Os::Linux, Process::default(), &Wanted::default()).unwrap_err(), @"cannot run image `busybox`: it has no command of its own; write one behind the id");
    }

    #[test]
    fn the_environment_of_flags_wins_in_the_image_s_order() {
        let image = words("A=1 B=2");
        assert_eq!(merge(&image, &words("A=9 C=3")), words("A=9 B=2 C=3"));
        assert_eq!(merge(&image, &words("C=3 C")), image, "a bare name takes out what was asked for before");
        assert_eq!(merge(&image, &words("A")), image, "but nothing of the image's");
    }

    #[test]
    fn an_entrypoint_that_is_kept_stands_in_front_of_the_command() {
        let image = Process { entrypoint: words("tini --"), cmd: words("date"), ..Process::default() };
        let wanted = Wanted { command: words("ip addr"), keep_entrypoint: true, ..Wanted::default() };
        assert_eq!(
            spec(Os::Linux, image, &wanted).unwrap()["process"]["args"],
            json!(["tini", "--", "ip", "addr"])
        );
    }

    #[test]
    fn a_user_of_two_numbers_needs_no_files() {
        assert_eq!(linux_ids("1000:100"), Some((1000, 100)));
        assert_eq!(
            ["", "joe", "7", "root:0", "+1:2", "1:2:3", "1:2147483648", "1:"].map(linux_ids),
            [None; 8]
        );
        assert!(["joe", "7", "joe:staff", "1:staff"].iter().all(|user| check_user(user).is_ok()));
        assert!(["1:2:3", "joe:", ":1", "2147483648"].iter().all(|user| check_user(user).is_err()));
    }

    #[test]
    fn windows_keeps_user_folder_and_line_as_the_image_has_them() {
        let image = Process {
            user: "ContainerUser".into(),
            entrypoint: vec![r#""C:\a b.exe" /q"#.into(), "x y".into()],
            args_escaped: true,
            ..Process::default()
        };
        let process = spec(Os::Windows, image, &Wanted::default()).unwrap()["process"].clone();
        assert_eq!(
            process,
            json!({"commandLine": r#""C:\a b.exe" /q "x y""#, "env": [], "cwd": "", "user": {"username": "ContainerUser"}})
        );
    }

    #[test]
    fn windows_command_of_flags_is_no_line() {
        let image = Process { args_escaped: true, ..Process::default() };
        let wanted = Wanted { command: words("cmd /c dir"), isolated: true, ..Wanted::default() };
        let spec = spec(Os::Windows, image, &wanted).unwrap();
        assert_eq!(spec["process"]["args"], json!(["cmd", "/c", "dir"]));
        assert_eq!(spec["windows"]["hyperv"], json!({}));
        assert_eq!(spec["windows"]["network"]["networkNamespace"], "NS");
    }

    #[test]
    fn windows_keeps_an_escaped_entrypoint_in_the_line() {
        let image =
            Process { entrypoint: vec![r#""C:\a b.exe""#.into()], args_escaped: true, ..Process::default() };
        let wanted = Wanted { command: vec!["x y".into()], keep_entrypoint: true, ..Wanted::default() };
        let process = spec(Os::Windows, image, &wanted).unwrap()["process"].clone();
        assert_eq!(process["commandLine"], r#""C:\a b.exe" "x y""#);
    }
}
