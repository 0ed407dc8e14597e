//! `hcn logs`: the output of a container, where it was kept in a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::sleep;

use super::ps::{namespace, settings};
use crate::args::Global;
use crate::env::Environment;
use crate::exit::Exit;
use crate::os::Os;
use crate::run::known::{Known, Standing, Wanted, find};
use crate::run::log::file_of;
use crate::{Failure, output};

/// How often a file is looked at for more.
const LOOK: Duration = Duration::from_millis(100);

/// What is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// A container that was started with --log-uri file:///PATH writes there; the file stays when it ends.
#[derive(Debug, Clone, clap::Args)]
pub struct LogsArgs {
    /// Go on until the run has ended
    #[arg(short, long)]
    pub follow: bool,
    /// The container's id, or the front of it
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Prints it, as it is.
///
/// # Errors
/// `NotFound`: there is no such run, or no file of its output.
pub async fn run(args: &LogsArgs, global: &Global, environment: &Environment) -> Result<u32, Failure> {
    let settings = settings(global, environment)?;
    let namespace = namespace(global, environment);
    let known = find(&settings.state, Wanted { name: &args.id, namespace: namespace.as_deref() })?;
    let path = file(&known)?;
    let mut log = Log { path, at: 0 };
    loop {
        // Asked first: what was written before the end is there behind it.
        let goes_on = args.follow && known.standing()? == Standing::Lives;
        if !log.print_more()? || !goes_on {
            return Ok(Exit::Success.code());
        }
        sleep(LOOK).await;
    }
}

fn file(known: &Known) -> Result<PathBuf, Failure> {
    let id = &known.plan.container;
    let absent = |why: String| {
        Failure::new(Exit::NotFound, format!("no output of container `{id}` is kept here: {why}"))
    };
    match &known.plan.log {
        None => Err(absent("it was started without --log-uri; start it with --log-uri file:///PATH".into())),
        Some(uri) => file_of(uri, Os::HOST).ok_or_else(|| absent(format!("it goes to {uri}; look there"))),
    }
}

/// A file that grows.
struct Log {
    path: PathBuf,
    at: u64,
}

impl Log {
    /// Prints what came since. Does anybody read it?
    fn print_more(&mut self) -> Result<bool, Failure> {
        let failed = |why: io::Error| {
            Failure::new(Exit::Failure, format!("cannot read `{}`: {why}", self.path.display()))
        };
        let mut file = match File::open(&self.path) {
            // The shim has not made it yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            file => file.map_err(failed)?,
        };
        if file.metadata().map_err(failed)?.len() < self.at {
            // Somebody has cut it.
            self.at = 0;
        }
        file.seek(SeekFrom::Start(self.at)).map_err(failed)?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = file.read(&mut chunk).map_err(failed)?;
            if length == 0 {
                return Ok(true);
            }
            self.at += length as u64;
            if !output::bytes(&chunk[..length]).map_err(failed)? {
                return Ok(false);
            }
        }
    }
}
