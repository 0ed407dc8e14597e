//! The standard streams: dialled when the task is created, in the shim's order, and relayed while it runs. Outputs may
//! go to a file instead, by its URI.

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use hcn_containerd::CreateTaskRequest;
use tokio::io::{AsyncReadExt, DuplexStream, copy, duplex};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::Status;

use super::play::Console;
use crate::wire::{self, Stream};

/// What a pipe between process and shim holds.
const PIPE: usize = 64 << 10;

/// How long the shim goes on relaying after the exit. The real one takes a second; the machine that runs the tests may
/// be slow.
const AFTER_EXIT: Duration = Duration::from_secs(20);

/// The shim's ends of the client's pipes.
#[derive(Debug)]
pub(super) struct Dialled {
    stdin: Option<Stream>,
    stdout: Option<To>,
    stderr: Option<To>,
}

/// Where an output goes.
#[derive(Debug)]
enum To {
    Pipe(Stream),
    File(File),
}

/// How the URI of a file begins; a whole path follows.
pub(super) const FILE: &str = "file:///";

impl Dialled {
    /// Dials stdin, stdout, stderr, in this order: whoever listens must do so already. An empty name is no stream.
    pub(super) async fn dial(asked: &CreateTaskRequest) -> Result<Self, Status> {
        Ok(Self {
            stdin: dial(&asked.stdin).await?,
            stdout: open(&asked.stdout).await?,
            stderr: open(&asked.stderr).await?,
        })
    }

    /// Pipes to a process, and what carries data between them and the client's.
    pub(super) fn relay(self, input_closed: watch::Receiver<bool>) -> (Console, Relays) {
        let (stdin, input) = self.stdin.map(|from| input(from, input_closed)).unzip();
        let (stdout, out) = self.stdout.map(output).unzip();
        let (stderr, err) = self.stderr.map(output).unzip();
        (Console { stdin, stdout, stderr }, Relays { input, outputs: out.into_iter().chain(err).collect() })
    }
}

async fn open(name: &str) -> Result<Option<To>, Status> {
    let Some(path) = name.strip_prefix(FILE) else { return dial(name).await.map(|pipe| pipe.map(To::Pipe)) };
    let failed = |why| Status::unknown(format!("failed to create shim task: open {path}: {why}: unknown"));
    // Behind the slashes stands a drive; a path of this system's own begins with one of them.
    let path = if cfg!(windows) { path.to_owned() } else { format!("/{path}") };
    let file = File::options().create(true).append(true).open(&path);
    file.map(|file| Some(To::File(file))).map_err(failed)
}

async fn dial(name: &str) -> Result<Option<Stream>, Status> {
    if name.is_empty() {
        return Ok(None);
    }
    let failed = |why| Status::unknown(format!("failed to create shim task: open {name}: {why}: unknown"));
    wire::dial(name).await.map(Some).map_err(failed)
}

/// The process's input ends with the client's, or when the client says so: then the shim closes its end of the pipe at
/// once, and what was not read is lost (hcsshim, `internal/cmd/io_npipe.go`).
fn input(mut from: Stream, mut closed: watch::Receiver<bool>) -> (DuplexStream, JoinHandle<()>) {
    let (near, mut far) = duplex(PIPE);
    let relay = tokio::spawn(async move {
        tokio::select! {
            biased;
            _ = closed.wait_for(|closed| *closed) => {}
            _ = copy(&mut from, &mut far) => {}
        }
    });
    (near, relay)
}

fn output(to: To) -> (DuplexStream, JoinHandle<()>) {
    let (near, mut far) = duplex(PIPE);
    let relay = tokio::spawn(async move {
        let mut to = match to {
            To::Pipe(to) => to,
            To::File(to) => return write_to(to, far).await,
        };
        // Where nobody reads any more the rest is read and dropped, as a full pipe would stop the process.
        if copy(&mut far, &mut to).await.is_err() {
            let _ = copy(&mut far, &mut tokio::io::sink()).await;
        }
    });
    (near, relay)
}

async fn write_to(mut file: File, mut from: DuplexStream) {
    let mut chunk = vec![0; PIPE];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        // A full disk is nobody's business here.
        let _ = file.write_all(&chunk[..length]);
    }
}

/// What carries data while a process runs.
#[derive(Debug)]
pub(super) struct Relays {
    input: Option<JoinHandle<()>>,
    outputs: Vec<JoinHandle<()>>,
}

impl Relays {
    /// The process is gone: no more input; the rest of its output, as far as somebody takes it in time.
    pub(super) async fn end(self) {
        self.input.iter().for_each(JoinHandle::abort);
        for mut output in self.outputs {
            if timeout(AFTER_EXIT, &mut output).await.is_err() {
                output.abort();
            }
        }
    }
}
