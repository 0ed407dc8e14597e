//! Copying a container's standard streams: its output to ours, our input to it.
//!
//! Each stream has a thread that does what blocks on our side, for a full pipe or a terminal must not stop the others.
//! While the process runs, reading has a limit, so that it feels it when nobody takes its output; once it has ended, it
//! has none, so that its clean-up does not wait for our reader. When our own output is gone or full, reading goes on and
//! the data is dropped, or the container would hang; that it was full is told at the end.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::thread;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::Failure;
use crate::sys::{self, ClosedInput, Ends, READ_AHEAD};

/// What is read at once, in bytes: as much as a pipe holds.
const CHUNK: usize = 64 << 10;

/// How many chunks of input are read ahead.
const INPUT_AHEAD: usize = 4;

/// Where a container's streams end on our side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ours {
    /// Our own standard streams.
    Standard,
    /// Our terminal, which is raw.
    Terminal,
    /// Nobody: the output is read and dropped, the input stays open.
    Nobody,
}

/// The streams of one task, being copied.
#[derive(Debug)]
pub(crate) struct Streams {
    outputs: Vec<Output>,
    input: Option<JoinHandle<()>>,
}

impl Streams {
    /// Starts to copy. `close` tells the shim of the end of our input, once all of it was passed on.
    pub(crate) fn copy<C>(ends: Ends, ours: Ours, close: C) -> io::Result<Self>
    where
        C: Future<Output = hcn_containerd::Result<()>> + Send + 'static,
    {
        let mut outputs = vec![match ours {
            Ours::Standard => Output::copy("stdout", ends.stdout, sys::stdout()?, READ_AHEAD)?,
            Ours::Terminal => Output::copy("stdout", ends.stdout, sys::terminal_output()?, READ_AHEAD)?,
            Ours::Nobody => Output::copy("stdout", ends.stdout, io::sink(), READ_AHEAD)?,
        }];
        if let Some(stderr) = ends.stderr {
            outputs.push(Output::copy("stderr", stderr, sys::stderr()?, READ_AHEAD)?);
        }
        let input = match (ends.stdin, ours) {
            (None, _) => None,
            (Some(stdin), Ours::Standard) => {
                Some(tokio::spawn(open_and_pass_on(read_ahead(sys::stdin()?)?, stdin, close)))
            }
            (Some(stdin), Ours::Terminal) => {
                Some(tokio::spawn(open_and_pass_on(read_ahead(sys::terminal_input()?)?, stdin, close)))
            }
            (Some(stdin), Ours::Nobody) => Some(tokio::spawn(open_and_hold(stdin))),
        };
        Ok(Self { outputs, input })
    }

    /// The process has ended: no more input, and all output is read now, whoever takes it.
    pub(crate) fn process_ended(&self) {
        self.input.iter().for_each(JoinHandle::abort);
        self.outputs.iter().for_each(|output| output.credit.close());
    }

    /// Waits until all output was read. It may be asked again, also after a wait that was given up.
    pub(crate) async fn ended(&mut self) {
        for output in &mut self.outputs {
            output.ended().await;
        }
    }

    /// Reads no more of a stream that does not end.
    pub(crate) fn stop_reading(&self) {
        self.outputs.iter().for_each(|output| output.reader.abort());
    }

    /// Waits until what was read is written, as far as somebody takes it; and why some of it could not be.
    pub(crate) async fn written(&mut self) -> Vec<Failure> {
        let mut failures = Vec::new();
        for output in &mut self.outputs {
            // An error means that the thread is gone, and with it whatever it had to write.
            let failed = (&mut output.written).await.ok().flatten();
            failures.extend(failed.map(|error| output.cut(&error)));
        }
        failures
    }
}

/// One output.
#[derive(Debug)]
struct Output {
    /// What the stream of ours is called.
    name: &'static str,
    credit: Arc<Semaphore>,
    reader: JoinHandle<()>,
    written: oneshot::Receiver<Option<io::Error>>,
}

impl Output {
    fn copy(
        name: &'static str,
        from: impl AsyncRead + Send + Unpin + 'static,
        to: impl Write + Send + 'static,
        ahead: usize,
    ) -> io::Result<Self> {
        let credit = Arc::new(Semaphore::new(ahead));
        let (chunks, received) = mpsc::unbounded_channel();
        let written = write_on_a_thread(received, to, credit.clone())?;
        let reader = tokio::spawn(read(from, chunks, credit.clone()));
        Ok(Self { name, credit, reader, written })
    }

    fn cut(&self, why: &io::Error) -> Failure {
        let name = self.name;
        Failure::run(format!(
            "cannot write all of the container's output to {name}: {why}; look at where it leads"
        ))
    }

    async fn ended(&mut self) {
        if !self.reader.is_finished() {
            // It neither panics nor is it cancelled while anybody waits.
            let _ = (&mut self.reader).await;
        }
    }
}

/// Reads to the end, as far as the credit of bytes goes; without limit once it is closed.
async fn read(mut from: impl AsyncRead + Unpin, to: mpsc::UnboundedSender<Vec<u8>>, credit: Arc<Semaphore>) {
    let mut chunk = vec![0; CHUNK];
    loop {
        if let Ok(permit) = credit.acquire_many(CHUNK as u32).await {
            permit.forget();
        }
        match from.read(&mut chunk).await {
            Ok(0) => return,
            Ok(length) => {
                credit.add_permits(CHUNK - length);
                if to.send(chunk[..length].to_vec()).is_err() {
                    return;
                }
            }
            Err(error) => return tracing::warn!(%error, "the container's output cannot be read"),
        }
    }
}

/// Writes what comes; once it cannot, drops it. In the end it tells why, but not that nobody takes it any more.
fn write_on_a_thread(
    mut chunks: mpsc::UnboundedReceiver<Vec<u8>>,
    mut to: impl Write + Send + 'static,
    credit: Arc<Semaphore>,
) -> io::Result<oneshot::Receiver<Option<io::Error>>> {
    let (done, written) = oneshot::channel();
    thread::Builder::new().name("output".into()).spawn(move || {
        let mut done_with = Ok(());
        while let Some(chunk) = chunks.blocking_recv() {
            done_with = done_with.and_then(|()| to.write_all(&chunk)).and_then(|()| to.flush());
            credit.add_permits(chunk.len());
        }
        // Nobody waits for it when the run was given up.
        let _ = done.send(done_with.err().filter(|why| why.kind() != io::ErrorKind::BrokenPipe));
    })?;
    Ok(written)
}

/// Reads a little ahead, on a thread that ends with the input, or with this process: a read from a terminal cannot be
/// called off.
fn read_ahead(mut from: impl Read + Send + 'static) -> io::Result<mpsc::Receiver<Vec<u8>>> {
    let (chunks, received) = mpsc::channel(INPUT_AHEAD);
    thread::Builder::new().name("input".into()).spawn(move || {
        let mut buffer = vec![0; CHUNK];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) if chunks.blocking_send(buffer[..length].to_vec()).is_ok() => {}
                Ok(_) => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return tracing::warn!(%error, "standard input cannot be read"),
            }
        }
    })?;
    Ok(received)
}

/// Nothing is written, and the end does not come.
async fn open_and_hold(to: ClosedInput) {
    let _held = to.open().await;
    std::future::pending().await
}

async fn open_and_pass_on<C>(chunks: mpsc::Receiver<Vec<u8>>, to: ClosedInput, close: C)
where
    C: Future<Output = hcn_containerd::Result<()>>,
{
    match to.open().await {
        Ok(to) => pass_on(chunks, to, close).await,
        Err(error) => tracing::warn!(%error, "standard input is not passed on"),
    }
}

/// Passes all input on, then its end: our end of the stream closed, and the shim told, which holds one of its own.
/// `close` comes last, for some shims drop what was not read yet.
async fn pass_on<C>(mut chunks: mpsc::Receiver<Vec<u8>>, mut to: impl AsyncWrite + Unpin, close: C)
where
    C: Future<Output = hcn_containerd::Result<()>>,
{
    while let Some(chunk) = chunks.recv().await {
        if let Err(error) = to.write_all(&chunk).await {
            tracing::debug!(%error, "the container takes no more input");
            break;
        }
    }
    if let Err(error) = to.shutdown().await {
        tracing::debug!(%error, "the container did not take all input");
    }
    drop(to);
    if let Err(error) = close.await {
        tracing::debug!(%error, "the end of the input was not passed on");
    }
}

#[cfg(test)]
mod tests;
