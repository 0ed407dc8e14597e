//! The one emulator of the process, opened by its first call.
//!
//! The single global of the project: a C ABI has nowhere else to keep it. A store that could not be opened is tried
//! again by the next call, so that mending it needs no new process.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

use hcn::{Code, Failure};
use hcn_emulator::{Emulator, Environment, HCN_EMULATOR_STORE as STORE, default_store, refused};

use crate::platform;

static SERVICE: OnceLock<Emulator> = OnceLock::new();
static OPENING: Mutex<()> = Mutex::new(());

/// The emulator, or the failure that says why there is none.
pub(crate) fn service() -> Result<&'static Emulator, Failure> {
    if let Some(service) = SERVICE.get() {
        return Ok(service);
    }
    let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(service) = SERVICE.get() {
        return Ok(service);
    }
    let environment = Environment::of_this_process();
    let path = store(&environment, platform::is_real_windows())?;
    let opened = Emulator::open(&path).map_err(|error| refused(error.code(), error))?;
    Ok(SERVICE.get_or_init(|| opened))
}

/// Where the store is. On a real Windows this DLL must not be taken for Windows' own by accident.
fn store(environment: &Environment<'_>, real_windows: bool) -> Result<PathBuf, Failure> {
    let named: Option<OsString> = (environment.var)(STORE).filter(|path| !path.is_empty());
    match named {
        Some(path) => Ok(path.into()),
        None if real_windows => Err(refused(
            Code::NOT_IMPLEMENTED,
            format_args!(
                "this computenetwork.dll is hcn's emulator, made for Wine; set {STORE} to use it on Windows"
            ),
        )),
        None => default_store(environment).map_err(|error| refused(Code::SERVICE_UNAVAILABLE, error)),
    }
}

/// Let the tests of this crate share a service in memory.
#[cfg(test)]
pub(crate) fn use_memory() {
    SERVICE.get_or_init(Emulator::in_memory);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], real_windows: bool) -> Result<PathBuf, Failure> {
        let var = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into());
        store(&Environment { var: &var, root: true }, real_windows)
    }

    #[test]
    fn a_real_windows_is_refused_unless_the_store_is_named() {
        let refused = with(&[], true).unwrap_err();
        assert_eq!(refused.code, Code::NOT_IMPLEMENTED);
        assert!(refused.record.unwrap().contains("set HCN_EMULATOR_STORE to use it on Windows"));
        assert_eq!(with(&[(STORE, "C:\\s.db")], true), Ok("C:\\s.db".into()));
    }

    #[cfg(unix)]
    #[test]
    fn elsewhere_the_default_store_is_meant() {
        assert_eq!(with(&[(STORE, "")], false), Ok("/var/lib/hcn/hns.db".into()));
    }
}
