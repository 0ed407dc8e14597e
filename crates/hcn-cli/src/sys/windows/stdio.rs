//! Named pipes for a container's standard streams.
//!
//! We are the server of each: made before Tasks/Create, in which the shim dials them and fails where nobody listens.
//! They are duplex, for the shim asks for both directions, whichever it uses. Each has one instance, the first of its
//! name, so that nobody else can be its server, and takes no caller from another machine.

use std::io;
use std::os::windows::io::{AsHandle, AsRawHandle, OwnedHandle};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::thread;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use windows_sys::Win32::Foundation::{ERROR_BROKEN_PIPE, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED};
use windows_sys::Win32::Storage::FileSystem::FlushFileBuffers;

use super::security::{Descriptor, caller, checked};
use crate::run::plan::Stdio;
use crate::sys::{at, sddl};

/// How many bytes are read while nobody takes our output. Many, for the shim gives its copies one second after the end
/// of the process, and only then tells of that end: what is not read by then is lost.
pub(crate) const READ_AHEAD: usize = 256 << 20;

/// What the container writes, to be read.
pub(crate) type Output = Pipe;
/// What the container reads, to be written.
pub(crate) type Input = Pipe;

/// Our ends of the standard streams.
#[derive(Debug)]
pub(crate) struct Ends {
    /// Standard output.
    pub(crate) stdout: Output,
    /// Standard error; absent with a terminal.
    pub(crate) stderr: Option<Output>,
    /// Standard input; absent when it is not passed on.
    pub(crate) stdin: Option<ClosedInput>,
}

/// Standard input, to be opened once Tasks/Create has answered.
pub(crate) type ClosedInput = Pipe;

/// Makes the pipes and listens on them.
pub(crate) fn make_stdio(stdio: &Stdio) -> io::Result<Ends> {
    let descriptor = Descriptor::parse(&sddl::of_pipe(&caller()?))?;
    let listen = |path: &Path| listen(path, &descriptor).map(Pipe::new);
    Ok(Ends {
        stdin: stdio.stdin.as_deref().map(listen).transpose()?,
        stdout: listen(&stdio.stdout)?,
        stderr: stdio.stderr.as_deref().map(listen).transpose()?,
    })
}

/// Named pipes go with the handles that made them.
pub(crate) fn remove_stdio(_: &Stdio) -> io::Result<()> {
    Ok(())
}

fn listen(path: &Path, descriptor: &Descriptor) -> io::Result<NamedPipeServer> {
    let mut options = ServerOptions::new();
    options.first_pipe_instance(true).max_instances(1).reject_remote_clients(true);
    options.access_inbound(true).access_outbound(true);
    let mut attributes = descriptor.attributes();
    // SAFETY: the attributes are whole, and they and the descriptor that they point to outlive the call.
    let made = unsafe { options.create_with_security_attributes_raw(path, (&raw mut attributes).cast()) };
    made.map_err(at("making a named pipe"))
}

/// The server's end of a pipe, which waits for its one caller before it reads or writes.
#[derive(Debug)]
pub(crate) struct Pipe {
    state: State,
    /// Told once the caller has read all that was written.
    taken: Option<oneshot::Receiver<io::Result<()>>>,
}

#[derive(Debug)]
enum State {
    Listening(JoinHandle<io::Result<NamedPipeServer>>),
    Connected(NamedPipeServer),
}

impl Pipe {
    /// The twin of a FIFO's opening: a pipe waits by itself, at the first write.
    pub(crate) async fn open(self) -> io::Result<Input> {
        Ok(self)
    }

    /// Listens at once, on the event loop.
    fn new(pipe: NamedPipeServer) -> Self {
        Self { state: State::Listening(tokio::spawn(accept(pipe))), taken: None }
    }

    fn poll_connected(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<&mut NamedPipeServer>> {
        if let State::Listening(accepting) = &mut self.state {
            let accepted = ready!(Pin::new(accepting).poll(cx));
            self.state = State::Connected(accepted.map_err(io::Error::other).flatten()?);
        }
        match &mut self.state {
            State::Connected(pipe) => Poll::Ready(Ok(pipe)),
            State::Listening(_) => Poll::Pending,
        }
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if let State::Listening(accepting) = &self.state {
            accepting.abort();
        }
    }
}

/// Waits for the caller.
async fn accept(pipe: NamedPipeServer) -> io::Result<NamedPipeServer> {
    match pipe.connect().await {
        // It came and went already; what it wrote can still be read.
        Err(error) if is(&error, ERROR_NO_DATA) => Ok(pipe),
        connected => connected.map(|()| pipe).map_err(at("listening on a named pipe")),
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let pipe = ready!(self.poll_connected(cx))?;
        match ready!(Pin::new(pipe).poll_read(cx, to)) {
            // The caller closed its end: that is how a stream ends.
            Err(error) if is(&error, ERROR_BROKEN_PIPE) || is(&error, ERROR_PIPE_NOT_CONNECTED) => {
                Poll::Ready(Ok(()))
            }
            read => Poll::Ready(read),
        }
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        let pipe = ready!(self.poll_connected(cx))?;
        Pin::new(pipe).poll_write(cx, from)
    }

    /// Nothing is held back.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Waits until all that was written was read: a shim that is told of the end drops what it has not read.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.taken.is_none() {
            let pipe = ready!(self.poll_connected(cx))?.as_handle().try_clone_to_owned()?;
            self.taken = Some(flush_on_a_thread(pipe)?);
        }
        let Some(taken) = &mut self.taken else { return Poll::Pending };
        Pin::new(taken).poll(cx).map(|answer| answer.map_err(io::Error::other).flatten())
    }
}

/// The thread is none of the runtime's pool, whose end would wait for a container that never reads.
fn flush_on_a_thread(pipe: OwnedHandle) -> io::Result<oneshot::Receiver<io::Result<()>>> {
    let (done, taken) = oneshot::channel();
    thread::Builder::new().name("end of input".into()).spawn(move || {
        // SAFETY: the closure owns the handle, so it is open for the length of the call.
        let flushed = checked(unsafe { FlushFileBuffers(pipe.as_raw_handle()) });
        // Closed before the end is told, for it may be the pipe's last handle.
        drop(pipe);
        // Nobody waits any more once the run was given up.
        let _ = done.send(flushed);
    })?;
    Ok(taken)
}

fn is(error: &io::Error, code: u32) -> bool {
    error.raw_os_error() == Some(code.cast_signed())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::windows::named_pipe::ClientOptions;
    use windows_sys::Win32::Security::Authorization::SE_KERNEL_OBJECT;

    use super::super::security::tests::dacl_of;
    use super::*;

    fn stdio(name: &str) -> Stdio {
        let stream =
            |stream: &str| format!(r"\\.\pipe\hcn-test-{}-{name}-{stream}", std::process::id()).into();
        Stdio {
            folder: None,
            stdin: Some(stream("stdin")),
            stdout: stream("stdout"),
            stderr: Some(stream("stderr")),
        }
    }

    /// Dials as the shim does: for both directions.
    fn dial(path: &Path) -> std::fs::File {
        std::fs::File::options().read(true).write(true).open(path).unwrap()
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_refused_and_a_pipe_takes_one_caller() {
        let stdio = stdio("once");
        let _ends = make_stdio(&stdio).unwrap();
        assert!(make_stdio(&stdio).is_err());
        let _caller = ClientOptions::new().open(&stdio.stdout).unwrap();
        assert!(ClientOptions::new().open(&stdio.stdout).is_err());
    }

    #[tokio::test]
    async fn output_arrives_whole_and_the_caller_s_end_ends_it() {
        let stdio = stdio("output");
        let mut ends = make_stdio(&stdio).unwrap();
        let path = stdio.stdout.clone();
        let data: Vec<u8> = (0..1_u32 << 20).map(|at| (at % 251) as u8).collect();
        let sent = data.clone();
        let writer = thread::spawn(move || dial(&path).write_all(&sent).unwrap());
        let mut read = Vec::new();
        ends.stdout.read_to_end(&mut read).await.unwrap();
        writer.join().unwrap();
        assert!(read == data);
    }

    #[tokio::test]
    async fn what_was_written_before_anybody_listened_is_read() {
        let stdio = stdio("early");
        let mut ends = make_stdio(&stdio).unwrap();
        // On this one thread, so that the event loop has not come to listen yet.
        dial(&stdio.stdout).write_all(b"early").unwrap();
        let mut read = String::new();
        ends.stdout.read_to_string(&mut read).await.unwrap();
        assert_eq!(read, "early");
    }

    #[tokio::test]
    async fn the_end_of_the_input_comes_behind_all_of_it() {
        let stdio = stdio("input");
        let mut ends = make_stdio(&stdio).unwrap();
        let path = stdio.stdin.clone().unwrap();
        let mut input = ends.stdin.take().unwrap();
        let reader = thread::spawn(move || {
            let mut read = Vec::new();
            // Windows ends it with an error, which std takes for what it is.
            dial(&path).read_to_end(&mut read).unwrap();
            read
        });
        input.write_all(&[7; 300_000]).await.unwrap();
        input.shutdown().await.unwrap();
        drop(input);
        // Not on this thread: its event loop has to see the handle closed.
        let read = tokio::task::spawn_blocking(|| reader.join().unwrap()).await.unwrap();
        assert!(read == [7; 300_000]);
    }

    #[tokio::test]
    async fn a_pipe_has_the_dacl_that_it_was_given() {
        let descriptor = Descriptor::parse(&sddl::of_pipe(&caller().unwrap())).unwrap();
        let pipe = listen(&stdio("dacl").stdout, &descriptor).unwrap();
        let dacl = dacl_of(&pipe, SE_KERNEL_OBJECT);
        let entries = dacl.strip_prefix("D:P").expect("it is protected").trim_matches(['(', ')']);
        let trustees: Vec<_> = entries.split(")(").filter_map(|entry| entry.rsplit(';').next()).collect();
        // The third is the caller's SID, or a short name for it.
        assert_eq!((trustees.len(), trustees[0], trustees[1]), (3, "SY", "BA"), "{dacl}");
    }
}
