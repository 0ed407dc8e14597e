//! The service that a program was told to use, by a flag, by `HCN_HNS`, or by nobody.
//!
//! For programs off Windows, where nothing said means the emulator. Windows' programs carry no emulator, and mean
//! the system's service.

use std::fmt;
use std::path::PathBuf;

use hcn::Hcn;

use crate::{Choice, Emulator, Environment, NoDefaultStore, OpenError, UnknownChoice, default_store};

/// The variable that chooses: `system`, `emulator`, `emulator:PATH`.
pub const HCN_HNS: &str = "HCN_HNS";

/// The service to use.
#[derive(Clone, Debug)]
pub struct Selected {
    /// The service.
    pub hcn: Hcn,
    /// What the user has to know, since nobody chose: that this is the emulator, and where its store is. One line
    /// for stderr, once the work is done, and never in front of an error.
    pub notice: Option<String>,
}

/// The service that `flag` says, else `HCN_HNS`, else the emulator on its default store.
///
/// # Errors
/// A word that names no service, and a store that cannot be found or opened.
pub fn select(flag: Option<&Choice>, environment: &Environment<'_>) -> Result<Selected, SelectError> {
    let (chosen, by_default) = match flag {
        Some(flag) => (flag.clone(), false),
        None => match variable(environment)? {
            Some(variable) => (variable, false),
            None => (Choice::Emulator(None), true),
        },
    };
    match chosen {
        Choice::System => Ok(Selected { hcn: Hcn::system(), notice: None }),
        Choice::Emulator(path) => emulator(path, by_default, environment),
    }
}

/// An empty variable counts as unset.
fn variable(environment: &Environment<'_>) -> Result<Option<Choice>, SelectError> {
    match (environment.var)(HCN_HNS).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(value) => match value.into_string() {
            Ok(text) => text.parse().map(Some).map_err(|error| SelectError(Why::Variable(error))),
            Err(value) => Err(SelectError(Why::NoText(value.to_string_lossy().into_owned()))),
        },
    }
}

fn emulator(
    path: Option<PathBuf>,
    by_default: bool,
    environment: &Environment<'_>,
) -> Result<Selected, SelectError> {
    let path = match path {
        Some(path) => path,
        None => default_store(environment).map_err(|error| SelectError(Why::NoStore(error)))?,
    };
    let emulator = Emulator::open(&path).map_err(|error| SelectError(Why::Store(error)))?;
    let notice = by_default.then(|| {
        format!("this is the emulator, no packet flows; its store is {} ({HCN_HNS} chooses)", path.display())
    });
    Ok(Selected { hcn: Hcn::new(emulator), notice })
}

/// Why no service could be had. Its message names what was said and the fix.
#[derive(Debug)]
pub struct SelectError(Why);

#[derive(Debug)]
enum Why {
    Variable(UnknownChoice),
    NoText(String),
    NoStore(NoDefaultStore),
    Store(OpenError),
}

impl fmt::Display for SelectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Variable(error) => write!(f, "cannot read {HCN_HNS}: {error}"),
            Why::NoText(value) => write!(
                f,
                "cannot read {HCN_HNS}: `{}` is not UTF-8; use a path that is",
                value.escape_debug()
            ),
            Why::NoStore(error) => error.fmt(f),
            Why::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SelectError {}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// Selects where these variables are set.
    fn selected(flag: Option<Choice>, variables: &[(&str, OsString)]) -> Result<Selected, String> {
        let var = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        select(flag.as_ref(), &Environment { var: &var, root: false }).map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_wins_over_the_variable_and_neither_brings_a_notice() {
        let folder = tempfile::tempdir().unwrap();
        let (by_flag, by_variable) = (folder.path().join("flag.db"), folder.path().join("variable.db"));
        let variable = (HCN_HNS, OsString::from(format!("emulator:{}", by_variable.display())));
        let flagged =
            selected(Some(Choice::Emulator(Some(by_flag.clone()))), std::slice::from_ref(&variable));
        assert_eq!((flagged.unwrap().notice, by_flag.exists(), by_variable.exists()), (None, true, false));
        assert_eq!((selected(None, &[variable]).unwrap().notice, by_variable.exists()), (None, true));
    }

    #[cfg(not(windows))]
    #[test]
    fn nobodys_choice_is_the_emulator_and_a_line_that_says_where() {
        let folder = tempfile::tempdir().unwrap();
        let variables = [("XDG_STATE_HOME", folder.path().into()), (HCN_HNS, OsString::new())];
        let notice = selected(None, &variables).unwrap().notice.unwrap();
        let store = folder.path().join("hcn/hns.db");
        assert_eq!(
            notice,
            format!(
                "this is the emulator, no packet flows; its store is {} (HCN_HNS chooses)",
                store.display()
            )
        );
        assert!(store.exists());
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_variables_name() {
        let refused = selected(None, &[(HCN_HNS, "hns".into())]).unwrap_err();
        assert!(
            refused.starts_with("cannot read HCN_HNS: `hns` is no host network service: use "),
            "{refused}"
        );
    }
}
