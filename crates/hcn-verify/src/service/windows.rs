//! On Windows there is the system's service alone.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use hcn::Hcn;

use super::Service;
use crate::args::Args;

/// `system`.
#[derive(Clone, Debug)]
pub(crate) struct Choice;

impl FromStr for Choice {
    type Err = NoEmulator;

    fn from_str(text: &str) -> Result<Self, NoEmulator> {
        if text == "system" { Ok(Self) } else { Err(NoEmulator(text.to_owned())) }
    }
}

/// Something was asked for that this program does not carry.
#[derive(Clone, Debug)]
pub(crate) struct NoEmulator(String);

impl fmt::Display for NoEmulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "on Windows this program judges `system` alone, not `{}`; leave it out",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NoEmulator {}

/// HCN_HNS is for the other programs: what is judged here is the system's service. It is loaded on the first call.
pub(crate) fn select(_: &Args) -> Result<Service, Infallible> {
    Ok(Service { hcn: Hcn::system(), name: "system", notice: None })
}
