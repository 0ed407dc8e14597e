//! One thread that waits for all streams and for the end by poll(2): a run of a container calls four plugins, and
//! four threads for each are a tenth of what hcn costs.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::attend::{Attend, Ended, Keep};
use super::pipe::Streams;
use super::{Invocation, STDERR_LIMIT};

/// A process, its end as a descriptor that becomes readable, and its streams as long as they are open.
pub(super) struct Polled {
    /// Until it has been seen.
    exit: Option<OwnedFd>,
    input: Option<Input>,
    stdout: Stream,
    stderr: Stream,
    buffer: Box<[u8]>,
}

/// What is still to be written.
struct Input {
    pipe: PipeWriter,
    rest: Vec<u8>,
}

/// One output stream: what came, and whether it is still as much as it may be.
struct Stream {
    pipe: Option<PipeReader>,
    keep: Keep,
    kept: Vec<u8>,
    within: bool,
}

impl Polled {
    pub(super) fn new(exit: OwnedFd, streams: Streams, invocation: &Invocation) -> io::Result<Self> {
        let input = Some(Input::new(streams.stdin, &invocation.stdin)?);
        let stdout = Stream::new(streams.stdout, Keep::Start(invocation.limit));
        let stderr = Stream::new(streams.stderr, Keep::End(STDERR_LIMIT));
        Ok(Self { exit: Some(exit), input, stdout, stderr, buffer: vec![0; 16 * 1024].into() })
    }

    /// Waits until something can be done or the time is up, and does it.
    fn turn(&mut self, deadline: Instant) -> io::Result<()> {
        let [exited, stdout, stderr, input] = self.wait(deadline)?;
        if exited {
            self.exit = None;
        }
        if stdout {
            self.stdout.read(&mut self.buffer);
        }
        if stderr {
            self.stderr.read(&mut self.buffer);
        }
        if input {
            self.feed();
        }
        Ok(())
    }

    /// Which of the four can be done something about: the end, standard output, standard error, standard input.
    fn wait(&self, deadline: Instant) -> io::Result<[bool; 4]> {
        let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now()));
        let left = left.map_err(io::Error::other)?;
        let input = self.input.as_ref().map(|input| input.pipe.as_fd());
        let all =
            [self.exit.as_ref().map(AsFd::as_fd), self.stdout.descriptor(), self.stderr.descriptor(), input];
        let asked = [PollFlags::IN, PollFlags::IN, PollFlags::IN, PollFlags::OUT];
        let open = || all.iter().zip(asked).filter_map(|(fd, flags)| Some((fd.as_ref()?, flags)));
        let mut waiting: Vec<_> = open().map(|(fd, flags)| PollFd::new(fd, flags)).collect();
        match poll(&mut waiting, Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut ready = waiting.iter().map(|waited| !waited.revents().is_empty());
        Ok(all.map(|fd| fd.is_some() && ready.next() == Some(true)))
    }

    /// Writes what the pipe takes. A process that does not read its input closes the pipe: no error.
    fn feed(&mut self) {
        if self.input.as_mut().is_some_and(|input| !input.write()) {
            self.input = None;
        }
    }
}

impl Attend for Polled {
    fn until_end(&mut self, deadline: Instant) -> io::Result<Ended> {
        loop {
            self.turn(deadline)?;
            if !self.stdout.within {
                return Ok(Ended::TooMuch);
            }
            if self.exit.is_none() {
                return Ok(Ended::ByItself);
            }
            if Instant::now() >= deadline {
                return Ok(Ended::TimedOut);
            }
        }
    }

    fn drain(&mut self, deadline: Instant) -> Ended {
        // It has ended, which would wake every poll.
        self.exit = None;
        while self.stdout.pipe.is_some() || self.stderr.pipe.is_some() {
            if self.turn(deadline).is_err() || Instant::now() >= deadline {
                break;
            }
        }
        if self.stdout.within { Ended::ByItself } else { Ended::TooMuch }
    }

    fn kept(self: Box<Self>) -> (Vec<u8>, Vec<u8>) {
        (self.stdout.kept, self.stderr.kept)
    }
}

impl Input {
    /// Its end is made not to block, so that a process that reads nothing holds up nobody.
    fn new(pipe: PipeWriter, text: &str) -> io::Result<Self> {
        fcntl_setfl(&pipe, fcntl_getfl(&pipe)? | OFlags::NONBLOCK)?;
        Ok(Self { pipe, rest: text.as_bytes().to_vec() })
    }

    /// Is there more to write?
    fn write(&mut self) -> bool {
        match self.pipe.write(&self.rest) {
            Ok(count) => drop(self.rest.drain(..count)),
            Err(error) if is_passing(&error) => {}
            Err(error) => {
                tracing::debug!(%error, "the plugin did not read its standard input");
                return false;
            }
        }
        !self.rest.is_empty()
    }
}

impl Stream {
    fn new(pipe: PipeReader, keep: Keep) -> Self {
        Self { pipe: Some(pipe), keep, kept: Vec::new(), within: true }
    }

    fn descriptor(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Takes what is there, once. At the end, and when it is too much, the pipe is closed.
    fn read(&mut self, buffer: &mut [u8]) {
        let Some(pipe) = &mut self.pipe else { return };
        let open = match pipe.read(buffer) {
            Ok(0) => false,
            Ok(count) => {
                self.within = self.keep.take(&buffer[..count], &mut self.kept);
                self.within
            }
            Err(error) => is_passing(&error),
        };
        if !open {
            self.pipe = None;
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}
