//! Our own standard streams. Whoever shares them may have made them non-blocking, as ssh and node do; what is not
//! possible now is waited for here.

use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use rustix::io::Errno;

use crate::sys::at;

/// Standard input.
pub(crate) fn stdin() -> io::Result<impl Read + Send + 'static> {
    Ok(Patient(io::stdin()))
}

/// Standard output.
pub(crate) fn stdout() -> io::Result<impl Write + Send + 'static> {
    Ok(Patient(io::stdout()))
}

/// Standard error.
pub(crate) fn stderr() -> io::Result<impl Write + Send + 'static> {
    Ok(Patient(io::stderr()))
}

/// A stream that blocks, whatever its file descriptor does.
struct Patient<S>(S);

impl<S: AsFd> Patient<S> {
    fn until<R>(&mut self, ready: PollFlags, mut act: impl FnMut(&mut S) -> io::Result<R>) -> io::Result<R> {
        loop {
            match act(&mut self.0) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => wait(&self.0, ready)?,
                done => return done.map_err(|error| gone(&self.0, error)),
            }
        }
    }
}

impl<S: Read + AsFd> Read for Patient<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.until(PollFlags::IN, |stream| stream.read(buffer))
    }
}

impl<S: Write + AsFd> Write for Patient<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.until(PollFlags::OUT, |stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.until(PollFlags::OUT, Write::flush)
    }
}

/// Waits until the stream is ready, or broken, which the next attempt tells.
fn wait(stream: &impl AsFd, ready: PollFlags) -> io::Result<()> {
    match poll(&mut [PollFd::new(stream, ready)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(error) => Err(at("poll")(error)),
    }
}

/// A terminal that was hung up answers EIO: nobody is there, as behind a pipe that is broken.
fn gone(stream: &impl AsFd, error: io::Error) -> io::Error {
    let is_device = || {
        fstat(stream).is_ok_and(|facts| FileType::from_raw_mode(facts.st_mode) == FileType::CharacterDevice)
    };
    if Errno::from_io_error(&error) == Some(Errno::IO) && is_device() {
        return ErrorKind::BrokenPipe.into();
    }
    error
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::thread;

    use rustix::pipe::{PipeFlags, pipe_with};

    use super::*;

    #[test]
    fn streams_that_do_not_block_lose_nothing() {
        let (from, to) = pipe_with(PipeFlags::NONBLOCK).unwrap();
        let all: Vec<u8> = (0..1 << 20).map(|at| (at * 7 % 251) as u8).collect();
        let written = all.clone();
        let writing = thread::spawn(move || Patient(File::from(to)).write_all(&written));
        let mut read = Vec::new();
        Patient(File::from(from)).read_to_end(&mut read).unwrap();
        writing.join().unwrap().unwrap();
        assert!(read == all);
    }
}
