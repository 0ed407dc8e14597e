//! A thread for each stream and for the end: works on every system.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Instant;

use super::attend::{Attend, Ended, Keep};
use super::pipe::Streams;
use super::{Invocation, STDERR_LIMIT};
use crate::sys::Family;

/// What comes from the threads around a running process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// The process itself ended.
    Exited,
    /// One of its two output streams ended.
    StreamEnded,
    /// It wrote more than it may.
    TooMuch,
}

/// The threads, as seen by the one that waits for them. They end when the streams do.
pub(super) struct Threads {
    happened: Receiver<Event>,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
    streams_ended: usize,
}

impl Threads {
    pub(super) fn new(family: &Family, streams: Streams, invocation: &Invocation) -> io::Result<Self> {
        let (events, happened) = mpsc::channel();
        feed(streams.stdin, invocation.stdin.clone());
        let stdout = collect(streams.stdout, Keep::Start(invocation.limit), &events);
        let stderr = collect(streams.stderr, Keep::End(STDERR_LIMIT), &events);
        watch(family, &events)?;
        Ok(Self { happened, stdout, stderr, streams_ended: 0 })
    }
}

impl Attend for Threads {
    fn until_end(&mut self, deadline: Instant) -> io::Result<Ended> {
        loop {
            match self.happened.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::Exited) => return Ok(Ended::ByItself),
                Ok(Event::StreamEnded) => self.streams_ended += 1,
                Ok(Event::TooMuch) => return Ok(Ended::TooMuch),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Ok(Ended::TimedOut);
                }
            }
        }
    }

    fn drain(&mut self, deadline: Instant) -> Ended {
        while self.streams_ended < 2 {
            match self.happened.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Event::StreamEnded) => self.streams_ended += 1,
                Ok(Event::TooMuch) => return Ended::TooMuch,
                Ok(Event::Exited) => {}
                Err(_) => break,
            }
        }
        Ended::ByItself
    }

    fn kept(self: Box<Self>) -> (Vec<u8>, Vec<u8>) {
        (lock(&self.stdout).clone(), lock(&self.stderr).clone())
    }
}

/// Write the standard input beside everything else. A process that does not read it closes the pipe: no error.
fn feed(mut stdin: PipeWriter, text: String) {
    thread::spawn(move || {
        if let Err(error) = stdin.write_all(text.as_bytes()) {
            tracing::debug!(%error, "the plugin did not read its standard input");
        }
    });
}

/// Read a stream beside everything else.
fn collect(stream: PipeReader, keep: Keep, events: &Sender<Event>) -> Arc<Mutex<Vec<u8>>> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let (shared, events) = (Arc::clone(&kept), events.clone());
    thread::spawn(move || {
        // Nobody listens any more once the process has been given up on.
        let _ = events.send(read(stream, keep, &shared));
    });
    kept
}

fn read(mut stream: PipeReader, keep: Keep, kept: &Mutex<Vec<u8>>) -> Event {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Event::StreamEnded,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Event::StreamEnded,
        };
        if !keep.take(&buffer[..count], &mut lock(kept)) {
            return Event::TooMuch;
        }
    }
}

/// The bytes are whole at every moment, so a reader that panicked leaves nothing half-done.
fn lock(bytes: &Mutex<Vec<u8>>) -> MutexGuard<'_, Vec<u8>> {
    bytes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Tell of the process's end, beside everything else.
fn watch(family: &Family, events: &Sender<Event>) -> io::Result<()> {
    let (wait, events) = (family.waiter()?, events.clone());
    thread::spawn(move || {
        wait();
        let _ = events.send(Event::Exited);
    });
    Ok(())
}
