//! On Windows there is the system's service alone: this program stays small.

use std::fmt;

use hcn::Hcn;

/// The service to use. Nobody needs to be told that it is the system's.
pub(crate) struct Selected {
    pub(crate) hcn: Hcn,
    pub(crate) notice: Option<String>,
}

pub(crate) fn select() -> Result<Selected, NoEmulator> {
    match std::env::var_os("HCN_HNS") {
        Some(asked) if !asked.is_empty() && asked != "system" => {
            Err(NoEmulator(asked.to_string_lossy().into_owned()))
        }
        _ => Ok(Selected { hcn: Hcn::system(), notice: None }),
    }
}

/// `HCN_HNS` asks for something that this program does not carry.
#[derive(Debug)]
pub(crate) struct NoEmulator(String);

impl fmt::Display for NoEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = self.0.escape_debug();
        write!(
            f,
            "cannot use HCN_HNS={asked}: on Windows this program knows `system` alone; unset the variable"
        )
    }
}

impl std::error::Error for NoEmulator {}
