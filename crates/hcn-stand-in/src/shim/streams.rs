//! The standard streams: dialled when the task is created, in the shim's order, and relayed while it runs.

use std::time::Duration;

use hcn_containerd::CreateTaskRequest;
use tokio::io::{DuplexStream, copy, duplex};
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
    stdout: Option<Stream>,
    stderr: Option<Stream>,
}

impl Dialled {
    /// Dials stdin, stdout, stderr, in this order: whoever listens must do so already. An empty name is no stream.
    pub(super) async fn dial(asked: &CreateTaskRequest) -> Result<Self, Status> {
        Ok(Self {
            stdin: dial(&asked.stdin).await?,
            stdout: dial(&asked.stdout).await?,
            stderr: dial(&asked.stderr).await?,
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

fn output(mut to: Stream) -> (DuplexStream, JoinHandle<()>) {
    let (near, mut far) = duplex(PIPE);
    let relay = tokio::spawn(async move {
        // Where nobody reads any more the rest is read and dropped, as a full pipe would stop the process.
        if copy(&mut far, &mut to).await.is_err() {
            let _ = copy(&mut far, &mut tokio::io::sink()).await;
        }
    });
    (near, relay)
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
