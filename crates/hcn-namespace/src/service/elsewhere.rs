//! Off Windows the emulator does the choosing.

use hcn_emulator::{Environment, SelectError, Selected};

pub(crate) fn select() -> Result<Selected, SelectError> {
    hcn_emulator::select(None, &Environment::of_this_process())
}
