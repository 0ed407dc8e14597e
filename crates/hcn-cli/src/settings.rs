//! Where everything is: a flag wins over its variable, which wins over the default.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hcn_containerd::Namespace;

use crate::Failure;
use crate::args::{Global, Places};
use crate::daemon_address::{in_one_spelling, relative_socket};
use crate::env::{self, Environment};
use crate::os::Os;

/// The settings of one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// containerd's socket or pipe, in the one way that it is written.
    pub address: String,
    /// The containerd namespace.
    pub containerd_namespace: Namespace,
    /// The snapshotter.
    pub snapshotter: String,
    /// Was it chosen? If not, a label of the containerd namespace may still name another.
    pub snapshotter_is_chosen: bool,
    /// The folder of CNI configurations.
    pub cni_configurations: PathBuf,
    /// Was it chosen? If not, it need not be there.
    pub cni_configurations_are_chosen: bool,
    /// The folders of CNI plugins.
    pub cni_path: Vec<PathBuf>,
    /// libcni's cache folder.
    pub cni_cache: PathBuf,
    /// Where runs keep their journals.
    pub state: PathBuf,
    /// Docker's config.json, with the credentials of registries; `None` where nobody says where it would be.
    pub docker_config: Option<PathBuf>,
    /// Time limit of the whole command; none by default.
    pub timeout: Option<Duration>,
    /// Time limit of connecting to containerd.
    pub connect_timeout: Duration,
}

impl Settings {
    /// The settings of a command that talks to containerd and CNI.
    ///
    /// # Errors
    /// A value that cannot be: a containerd namespace that is no name, a relative path in a folder that is gone.
    pub fn new(global: &Global, places: &Places, env: &Environment, os: Os) -> Result<Self, Failure> {
        let default = Defaults { os, env };
        check_service(global.hns.clone().or_else(|| env.text(env::HCN_HNS)), os)?;
        let text = |flag: &Option<String>, name| flag.clone().or_else(|| env.text(name));
        let snapshotter = text(&places.snapshotter, env::CONTAINERD_SNAPSHOTTER);
        Ok(Self {
            address: match text(&global.address, env::CONTAINERD_ADDRESS) {
                Some(address) => one_address(&address, os)?,
                None => default.address(),
            },
            containerd_namespace: namespace(text(&global.containerd_namespace, env::CONTAINERD_NAMESPACE))?,
            snapshotter_is_chosen: snapshotter.is_some(),
            snapshotter: snapshotter.unwrap_or_else(|| default.snapshotter()),
            cni_configurations: path(
                &places.cni_netconfpath,
                env.get(env::NETCONFPATH),
                default.configurations(),
            )?,
            cni_configurations_are_chosen: places.cni_netconfpath.is_some()
                || env.get(env::NETCONFPATH).is_some(),
            cni_path: cni_path(places, env, &default)?,
            cni_cache: path(&places.cni_cache, env.get(env::HCN_CNI_CACHE), default.cache())?,
            state: path(&global.state, env.get(env::HCN_STATE), default.state())?,
            docker_config: docker_config(env, os),
            timeout: global.timeout.filter(|limit| !limit.is_zero()),
            connect_timeout: global
                .connect_timeout
                .filter(|limit| !limit.is_zero())
                .unwrap_or(Duration::from_secs(10)),
        })
    }
}

/// A run uses what the host has: HCN on Windows, network namespaces on Linux, where the choice says nothing to it.
fn check_service(wanted: Option<String>, os: Os) -> Result<(), Failure> {
    match (wanted.as_deref(), os) {
        (None | Some("system"), _) => Ok(()),
        (Some(other), Os::Linux) if other == "emulator" || other.starts_with("emulator:") => Ok(()),
        (Some(other), Os::Linux) => Err(Failure::run(format!(
            "cannot use the host network service `{other}`: there is none of this name; choose system, emulator or \
             emulator:PATH"
        ))),
        (Some(other), Os::Windows) => Err(Failure::run(format!(
            "cannot run with the host network service `{other}`: containers need the one of Windows; choose system, or \
             leave --hns and HCN_HNS out"
        ))),
    }
}

fn namespace(wanted: Option<String>) -> Result<Namespace, Failure> {
    wanted.map_or_else(|| Ok(Namespace::default()), |name| name.parse().map_err(Failure::run))
}

fn path(flag: &Option<PathBuf>, variable: Option<OsString>, default: PathBuf) -> Result<PathBuf, Failure> {
    match flag.clone().or_else(|| variable.map(PathBuf::from)) {
        Some(path) => absolute(&path),
        None => Ok(default),
    }
}

fn one_address(address: &str, os: Os) -> Result<String, Failure> {
    match relative_socket(address, os) {
        Some(path) => Ok(in_one_spelling(&absolute(path.as_ref())?.to_string_lossy(), os)),
        None => Ok(in_one_spelling(address, os)),
    }
}

/// A plan outlives the folder in which the command was typed.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let wrong =
        |why| Failure::run(format!("cannot use the path `{}`: {why}; write a whole one", path.display()));
    std::path::absolute(path).map_err(wrong)
}

fn cni_path(places: &Places, env: &Environment, default: &Defaults<'_>) -> Result<Vec<PathBuf>, Failure> {
    let split = |value: OsString| std::env::split_paths(&value).collect::<Vec<_>>();
    let given = match &places.cni_path[..] {
        [] => env.get(env::CNI_PATH).map(split),
        folders => Some(folders.iter().flat_map(|folder| split(folder.clone().into_os_string())).collect()),
    };
    match given {
        Some(folders) => {
            folders.iter().filter(|folder| !folder.as_os_str().is_empty()).map(|f| absolute(f)).collect()
        }
        None => Ok(default.plugins()),
    }
}

/// As Docker itself looks for it.
fn docker_config(env: &Environment, os: Os) -> Option<PathBuf> {
    let home = if os == Os::Windows { env::USERPROFILE } else { env::HOME };
    let folder = env.get(env::DOCKER_CONFIG).map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(env.get(home)?).join(".docker")));
    folder.map(|folder| folder.join("config.json"))
}

/// What holds where nothing was said.
struct Defaults<'a> {
    os: Os,
    env: &'a Environment,
}

impl Defaults<'_> {
    fn address(&self) -> String {
        match self.os {
            Os::Linux => "/run/containerd/containerd.sock".into(),
            Os::Windows => r"\\.\pipe\containerd-containerd".into(),
        }
    }

    fn snapshotter(&self) -> String {
        match self.os {
            Os::Linux => "overlayfs".into(),
            Os::Windows => "windows".into(),
        }
    }

    fn configurations(&self) -> PathBuf {
        match self.os {
            Os::Linux => "/etc/cni/net.d".into(),
            Os::Windows => self.below(env::PROGRAM_FILES, r"C:\Program Files", r"containerd\cni\conf"),
        }
    }

    fn plugins(&self) -> Vec<PathBuf> {
        match self.os {
            Os::Linux => vec!["/opt/cni/bin".into(), "/usr/lib/cni".into()],
            Os::Windows => vec![self.below(env::PROGRAM_FILES, r"C:\Program Files", r"containerd\cni\bin")],
        }
    }

    fn cache(&self) -> PathBuf {
        match self.os {
            Os::Linux => "/var/lib/cni".into(),
            Os::Windows => r"C:\var\lib\cni".into(),
        }
    }

    fn state(&self) -> PathBuf {
        match self.os {
            Os::Linux => "/var/lib/hcn".into(),
            Os::Windows => self.below(env::PROGRAM_DATA, r"C:\ProgramData", "hcn"),
        }
    }

    /// A path below one of Windows' known folders.
    fn below(&self, variable: &str, otherwise: &str, path: &str) -> PathBuf {
        let folder = self.env.text(variable).unwrap_or_else(|| otherwise.to_owned());
        format!(r"{folder}\{path}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(
        global: Global,
        places: Places,
        variables: &[(&str, &str)],
        os: Os,
    ) -> Result<Settings, Failure> {
        let lookup =
            |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Settings::new(&global, &places, &Environment::from_lookup(lookup), os)
    }

    #[test]
    fn a_flag_wins_over_its_variable_and_that_over_the_default() {
        let flag = Global { address: Some("/flag".into()), ..Global::default() };
        let variable = [("CONTAINERD_ADDRESS", "/variable")];
        let address = |global, variables: &[_]| {
            settings(global, Places::default(), variables, Os::Linux).map(|settings| settings.address)
        };
        assert_eq!(address(flag, &variable), Ok("/flag".into()));
        assert_eq!(address(Global::default(), &variable), Ok("/variable".into()));
        assert_eq!(address(Global::default(), &[]), Ok("/run/containerd/containerd.sock".into()));
        assert_eq!(
            address(Global::default(), &[("CONTAINERD_ADDRESS", "")]),
            Ok("/run/containerd/containerd.sock".into())
        );
    }

    #[test]
    fn an_address_is_one_however_it_is_written() {
        let address = |text: &str, os| {
            let global = Global { address: Some(text.into()), ..Global::default() };
            settings(global, Places::default(), &[], os).unwrap().address
        };
        assert_eq!(address("unix:///run/c.sock", Os::Linux), "/run/c.sock");
        assert_eq!(address("npipe:////./pipe/C-c", Os::Windows), r"\\.\pipe\c-c");
        assert_eq!(address("tcp://127.0.0.1:1", Os::Linux), "tcp://127.0.0.1:1", "to be refused as written");
    }

    #[cfg(unix)]
    #[test]
    fn an_address_means_the_same_from_every_folder() {
        let global = Global { address: Some("unix://./c.sock".into()), ..Global::default() };
        let found = settings(global, Places::default(), &[], Os::Linux).unwrap().address;
        assert_eq!(Path::new(&found), std::env::current_dir().unwrap().join("c.sock"));
    }

    #[test]
    fn windows_has_its_own_places() {
        let variables = [("ProgramFiles", r"D:\Programs"), ("ProgramData", r"D:\Data")];
        let found = settings(Global::default(), Places::default(), &variables, Os::Windows).unwrap();
        assert_eq!(found.address, r"\\.\pipe\containerd-containerd");
        assert_eq!(found.cni_configurations, Path::new(r"D:\Programs\containerd\cni\conf"));
        assert_eq!(found.cni_path, [Path::new(r"D:\Programs\containerd\cni\bin")]);
        assert_eq!(found.state, Path::new(r"D:\Data\hcn"));
        assert_eq!(
            (found.snapshotter.as_str(), found.cni_cache.to_str()),
            ("windows", Some(r"C:\var\lib\cni"))
        );
    }

    #[test]
    fn a_run_uses_the_service_that_the_host_has() {
        let with = |hns: &str, os| {
            let global = Global { hns: Some(hns.into()), ..Global::default() };
            settings(global, Places::default(), &[], os).map(drop)
        };
        assert_eq!(with("system", Os::Windows), Ok(()));
        assert_eq!(with("emulator:/x", Os::Linux), Ok(()));
        insta::assert_snapshot!(with("emulator", Os::Windows).unwrap_err(), @"cannot run with the host network service `emulator`: containers need the one of Windows; choose system, or leave --hns and HCN_HNS out");
        insta::assert_snapshot!(with("hns", Os::Linux).unwrap_err(), @"cannot use the host network service `hns`: there is none of this name; choose system, emulator or emulator:PATH");
    }

    #[test]
    fn a_containerd_namespace_that_is_no_name_is_refused() {
        let global = Global { containerd_namespace: Some("a/b".into()), ..Global::default() };
        let refused = settings(global, Places::default(), &[], Os::Linux).unwrap_err();
        insta::assert_snapshot!(refused, @"cannot use `a/b` as containerd namespace: it may hold letters and digits, and single `.`, `_` and `-` between them");
    }
}
