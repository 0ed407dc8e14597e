//! The one place where a runtime is built.

use tokio::runtime::{Builder, Runtime};

use crate::Failure;
use crate::exit::Exit;

/// A runtime of one thread, which is enough for one command.
///
/// # Errors
/// What the system says, with the exit code of the command.
pub fn new(exit: Exit) -> Result<Runtime, Failure> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|why| Failure::new(exit, format!("cannot start: {why}")))
}
