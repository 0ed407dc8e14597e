//! Off Windows the emulator does the choosing.

use hcn_emulator::{Environment, SelectError};

pub(crate) use hcn_emulator::Choice;

use super::Service;
use crate::args::Args;

pub(crate) fn select(args: &Args) -> Result<Service, SelectError> {
    let environment = Environment::of_this_process();
    let chosen = hcn_emulator::select(args.hns.as_ref(), &environment)?;
    Ok(Service { hcn: chosen.hcn, name: name(args), notice: chosen.notice })
}

/// What `select` chose: the flag, else the variable, else the emulator.
fn name(args: &Args) -> &'static str {
    let variable = std::env::var(hcn_emulator::HCN_HNS).ok().and_then(|text| text.parse().ok());
    match args.hns.clone().or(variable) {
        Some(Choice::System) => "system",
        Some(Choice::Emulator(_)) | None => "emulator",
    }
}
