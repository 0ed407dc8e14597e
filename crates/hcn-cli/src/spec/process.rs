//! The spec of an image's container: the system's default, the image's configuration, the flags.

use serde_json::{Value, json};

use super::{linux, windows};
use crate::Failure;
use crate::image::Image;
use crate::os::Os;
use crate::run::options::Wanted;

/// The PATH of an image that sets no environment.
pub(super) const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The largest user and group id that containerd takes.
const LARGEST_ID: u32 = i32::MAX as u32;

/// What the spec of an image's container is made from.
#[derive(Debug)]
pub struct Recipe<'a> {
    /// The system.
    pub os: Os,
    /// The image.
    pub image: &'a Image,
    /// What was asked for.
    pub wanted: &'a Wanted,
    /// On Linux: the path of its cgroup.
    pub cgroup: String,
    /// The namespace that it joins.
    pub network_namespace: &'a str,
    /// On Linux: its labels, which ctr writes as annotations too.
    pub annotations: &'a std::collections::BTreeMap<String, String>,
    /// Its terminal, if it gets one.
    pub terminal: Option<Terminal>,
}

/// A container's terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Letters in a line, and lines; unknown where this command has no terminal itself.
    pub size: Option<(u16, u16)>,
}

impl Recipe<'_> {
    /// Make the spec.
    ///
    /// # Errors
    /// No command, or a user that cannot be looked up.
    pub fn spec(&self) -> Result<Value, Failure> {
        match self.os {
            Os::Linux => self.linux(),
            Os::Windows => self.windows(),
        }
    }

    fn linux(&self) -> Result<Value, Failure> {
        let mut spec = linux::default(&self.cgroup, self.network_namespace);
        let default = [PATH.to_owned()];
        let image = &self.image.configuration.config;
        let base = if image.env.is_empty() { &default[..] } else { &image.env };
        spec["process"]["args"] = json!(self.arguments()?);
        spec["process"]["env"] = json!(self.with_term(merge(base, &self.wanted.env)));
        spec["process"]["cwd"] = json!(self.cwd().unwrap_or("/"));
        spec["process"]["user"] = self.linux_user()?;
        spec["mounts"] = json!(linux::mounts(&self.wanted.mounts));
        if !self.annotations.is_empty() {
            spec["annotations"] = json!(self.annotations);
        }
        self.add_common(&mut spec);
        Ok(spec)
    }

    fn windows(&self) -> Result<Value, Failure> {
        let mut spec = windows::default(self.network_namespace);
        let image = &self.image.configuration.config;
        let words = self.arguments()?;
        if image.args_escaped && self.wanted.command.is_empty() {
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
        if self.wanted.isolated {
            spec["windows"]["hyperv"] = json!({});
        }
        self.add_common(&mut spec);
        Ok(spec)
    }

    /// Programs draw on a terminal of this kind; what was asked for wins.
    fn with_term(&self, mut env: Vec<String>) -> Vec<String> {
        if self.terminal.is_some() && !env.iter().any(|entry| entry.starts_with("TERM=")) {
            env.push("TERM=xterm".to_owned());
        }
        env
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

    /// The command that was asked for replaces the image's, its entrypoint included, as with ctr.
    fn arguments(&self) -> Result<Vec<String>, Failure> {
        let image = &self.image.configuration.config;
        let own = || image.entrypoint.iter().chain(&image.cmd).cloned().collect();
        let words: Vec<_> = if self.wanted.command.is_empty() { own() } else { self.wanted.command.clone() };
        if words.is_empty() {
            return Err(Failure::run(format!(
                "cannot run image `{}`: it has no command of its own; write one behind the id",
                self.image.name
            )));
        }
        Ok(words)
    }

    fn cwd(&self) -> Option<&str> {
        let image = &self.image.configuration.config.working_dir;
        self.wanted.cwd.as_deref().or(Some(image)).filter(|folder| !folder.is_empty())
    }

    fn user(&self) -> Option<&str> {
        let image = &self.image.configuration.config.user;
        self.wanted.user.as_deref().or(Some(image)).filter(|user| !user.is_empty())
    }

    fn linux_user(&self) -> Result<Value, Failure> {
        let name = self.user().unwrap_or("root");
        match numbers(name) {
            // The primary group stands among the additional ones too, or a process could drop out of it.
            Some((uid, gid)) => Ok(json!({"uid": uid, "gid": gid, "additionalGids": [gid]})),
            None => Err(Failure::run(format!(
                "cannot run as user `{name}`: names of the image's /etc/passwd are not looked up; give the numbers, \
                 as in --user 1000:1000"
            ))),
        }
    }
}

/// `uid`, `uid:gid` or root.
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
    use std::collections::BTreeMap;

    use super::*;
    use crate::image::Process;

    fn spec(os: Os, process: Process, wanted: &Wanted) -> Result<Value, Failure> {
        let mut image = Image { name: "busybox".into(), ..Image::default() };
        image.configuration.config = process;
        let annotations = BTreeMap::new();
        let cgroup = "/default/t1".into();
        let recipe = Recipe {
            os,
            image: &image,
            wanted,
            cgroup,
            network_namespace: "NS",
            annotations: &annotations,
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
    fn users_are_numbers_or_root() {
        assert_eq!(numbers("1000:100"), Some((1000, 100)));
        assert_eq!(numbers("7"), Some((7, 0)));
        assert_eq!(numbers("root"), Some((0, 0)));
        assert_eq!(["", "joe", "-1", "+1", "1:2:3", "2147483648", "1:"].map(numbers), [None; 7]);
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
}
