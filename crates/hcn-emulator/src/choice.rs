//! Which host network service, and where the emulator's store lies.
//!
//! `--hns` and `HCN_HNS` take `system`, `emulator` and `emulator:PATH`. The environment comes in as a value, so
//! that programs read it once and tests never touch the process's own.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The variable that names the store for `computenetwork.dll` and for `hcn-emulator`.
pub const HCN_EMULATOR_STORE: &str = "HCN_EMULATOR_STORE";

/// What `--hns` or `HCN_HNS` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `system`: the service behind computenetwork.dll.
    System,
    /// `emulator`, or `emulator:PATH` with its store there.
    Emulator(Option<PathBuf>),
}

/// The text names no host network service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownChoice(String);

impl fmt::Display for UnknownChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no host network service: use `system`, `emulator`, or `emulator:PATH` with the path of a store",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for UnknownChoice {}

impl FromStr for Choice {
    type Err = UnknownChoice;

    fn from_str(text: &str) -> Result<Self, UnknownChoice> {
        match (text, text.split_once(':')) {
            ("system", _) => Ok(Self::System),
            ("emulator", _) => Ok(Self::Emulator(None)),
            (_, Some(("emulator", path))) if !path.is_empty() => Ok(Self::Emulator(Some(path.into()))),
            _ => Err(UnknownChoice(text.into())),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Emulator(None) => f.write_str("emulator"),
            Self::Emulator(Some(path)) => write!(f, "emulator:{}", path.display()),
        }
    }
}

/// What the default store depends on.
pub struct Environment<'a> {
    /// Looks a variable up.
    pub var: &'a dyn Fn(&str) -> Option<OsString>,
    /// Is this the superuser? Of no matter on Windows.
    pub root: bool,
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Environment<'static> {
    /// This process's own.
    pub fn of_this_process() -> Self {
        Self { var: &|name| std::env::var_os(name), root: is_root() }
    }
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// No place for the default store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDefaultStore(&'static str);

impl fmt::Display for NoDefaultStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot tell where the emulator's store lies: {} is not set to an absolute path; set it, or name the store with `--hns emulator:PATH`",
            self.0
        )
    }
}

impl std::error::Error for NoDefaultStore {}

/// The store that is used when none is named: `%ProgramData%\hcn\hns.db` on Windows (and Wine),
/// `/var/lib/hcn/hns.db` for root, else `$XDG_STATE_HOME/hcn/hns.db` or `~/.local/state/hcn/hns.db`.
pub fn default_store(environment: &Environment<'_>) -> Result<PathBuf, NoDefaultStore> {
    let folder = if cfg!(windows) {
        absolute(environment, "ProgramData").ok_or(NoDefaultStore("ProgramData"))?
    } else if environment.root {
        "/var/lib".into()
    } else {
        state_home(environment)?
    };
    Ok(folder.join("hcn").join("hns.db"))
}

/// The XDG base directory rules: a relative path counts as unset.
fn state_home(environment: &Environment<'_>) -> Result<PathBuf, NoDefaultStore> {
    let home = || absolute(environment, "HOME").map(|home| home.join(".local/state"));
    absolute(environment, "XDG_STATE_HOME").or_else(home).ok_or(NoDefaultStore("HOME"))
}

fn absolute(environment: &Environment<'_>, name: &str) -> Option<PathBuf> {
    (environment.var)(name).map(PathBuf::from).filter(|path: &PathBuf| Path::is_absolute(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(root: bool, variables: &[(&str, &str)]) -> Result<PathBuf, NoDefaultStore> {
        let var = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into());
        default_store(&Environment { var: &var, root })
    }

    #[test]
    fn the_three_spellings_read_and_print_alike() {
        for text in ["system", "emulator", "emulator:/tmp/a b/hns.db", "emulator:C:\\x\\hns.db"] {
            assert_eq!(text.parse::<Choice>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_spellings_are_refused_by_name() {
        for text in ["", "System", "emulator:", "emulators", "hns", " system"] {
            let refused = text.parse::<Choice>().unwrap_err().to_string();
            assert!(refused.starts_with(&format!("`{text}` is no host network service: use ")), "{refused}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn root_has_the_machines_store_and_others_their_own() {
        let home = ("HOME", "/home/u");
        assert_eq!(store(true, &[home]).unwrap(), Path::new("/var/lib/hcn/hns.db"));
        assert_eq!(store(false, &[home]).unwrap(), Path::new("/home/u/.local/state/hcn/hns.db"));
        assert_eq!(store(false, &[home, ("XDG_STATE_HOME", "/s")]).unwrap(), Path::new("/s/hcn/hns.db"));
    }

    #[cfg(unix)]
    #[test]
    fn relative_and_absent_homes_are_refused_with_the_variables_name() {
        for variables in [&[][..], &[("HOME", "home")], &[("HOME", ""), ("XDG_STATE_HOME", "x")]] {
            assert_eq!(store(false, variables), Err(NoDefaultStore("HOME")));
        }
    }
}
