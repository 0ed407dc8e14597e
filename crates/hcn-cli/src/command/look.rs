//! `hcn look PATH`, a hidden command: look at a path, and end. `hcn doctor` starts it to learn whether a file system
//! answers at all.

use std::fs;
use std::path::PathBuf;

use crate::exit::Exit;
use crate::sys;

/// Its name.
pub(crate) const LOOK: &str = "look";

/// What to look at.
#[derive(Debug, Clone, clap::Args)]
pub struct LookArgs {
    /// A path, which may be missing.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
}

/// Asks for what no cache of the kernel's knows: the room on the volume.
pub fn run(args: &LookArgs) -> u32 {
    // What is said is asked for again by whoever wants to know it.
    let _ = fs::metadata(&args.path).and_then(|_| sys::free_space(&args.path));
    Exit::Success.code()
}
